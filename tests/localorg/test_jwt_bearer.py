"""The JWT bearer flow: every check, with the platform's messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from provision.localorg import RunningOrg
from tests.localorg.caller import Caller, app_components, assertion
from tests.localorg.conftest import NOW, Call, Start

ADMIN = "admin@localorg.example"
CI = "ci@localorg.example"
KEY = "AcmeChosenKey1"


def app(certificate: str, **policy: Any) -> list[Any]:
    return app_components(
        settings={"certificate": certificate, "consumerKey": KEY},
        policy={
            "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
            "commaSeparatedProfile": "System Administrator",
            **policy,
        },
    )


def claims(**changes: Any) -> Mapping[str, Any]:
    basic = {"iss": KEY, "sub": ADMIN, "aud": "https://login.salesforce.com", "exp": NOW + 60}
    return {**basic, **changes}


def test_login_gives_a_session_that_works(
    admin: Caller, org: RunningOrg, key: str, certificate: str
) -> None:
    admin.deployed(app(certificate))

    response = admin.token_request(assertion(key, claims()))

    body = response.json()
    assert response.status_code == 200, body
    assert body["scope"] == "api web refresh_token"
    assert body["instance_url"] == org.url
    assert body["id"].split("/")[-2] == org.org_id
    assert "refresh_token" not in body
    assert response.headers["Cache-Control"].count("no-store") == 1
    caller = Caller(org, body["access_token"], http=admin.http)
    assert caller.query("SELECT Id FROM Organization")[0]["Id"] == org.org_id


@pytest.mark.parametrize(
    "audience",
    [
        "https://login.salesforce.com",
        "https://test.salesforce.com",
        "https://login.salesforce.com/",
        "{url}",
        "{url}/",
    ],
)
def test_audiences(admin: Caller, key: str, certificate: str, audience: str) -> None:
    admin.deployed(app(certificate))
    aud = audience.format(url=admin.org.url)

    assert admin.token_request(assertion(key, claims(aud=aud))).status_code == 200


@pytest.mark.parametrize("expiry", [NOW * 1000 - 1, str(int(NOW + 60))])
def test_expiry_as_clients_write_it(
    admin: Caller, key: str, certificate: str, expiry: object
) -> None:
    """The sf CLI sends milliseconds, which never expire; simple-salesforce sends a string."""
    admin.deployed(app(certificate))

    # PyJWT does not check the type: simple-salesforce sends a string too.
    assert admin.token_request(assertion(key, claims(exp=expiry))).status_code == 200


def test_a_login_still_works_after_the_orgs_clock_moved(
    admin: Caller, org: RunningOrg, key: str, certificate: str
) -> None:
    """Clients sign with the time of their own clock, which was not moved."""
    admin.deployed(app(certificate))
    org.advance(91 * 86400)

    assert admin.token_request(assertion(key, claims())).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": "https://example.com"}, ("invalid_grant", "audience is invalid")),
        ({"exp": NOW - 1}, ("invalid_grant", "expired authorization code")),
        ({"iss": "NobodysKey"}, ("invalid_client_id", "client identifier invalid")),
        ({"sub": "nobody@x.example"}, ("invalid_grant", "user hasn't approved this consumer")),
        (
            {"sub": CI},
            ("invalid_app_access", "user is not admin approved to access this app"),
        ),
    ],
)
def test_refusals(
    admin: Caller, key: str, certificate: str, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    admin.deployed(app(certificate))

    assert admin.oauth_error(assertion(key, claims(**changes))) == expected


def test_the_signature_is_really_checked(
    admin: Caller, certificate: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    other = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    admin.deployed(app(certificate))

    error = admin.oauth_error(assertion(other.decode(), claims()))

    assert error == ("invalid_client", "invalid client credentials")


def test_only_rs256_is_accepted(admin: Caller, certificate: str) -> None:
    admin.deployed(app(certificate))
    form = assertion("a shared secret of some length..", claims(), "HS256")

    assert admin.oauth_error(form) == ("invalid_grant", "invalid assertion")


@pytest.mark.parametrize("text", ["", "a.b.c", "x"])
def test_no_assertion_at_all(admin: Caller, text: str) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": text}

    assert admin.oauth_error(form) == ("invalid_grant", "invalid assertion")


def test_no_certificate(admin: Caller, key: str) -> None:
    admin.deployed(app("", commaSeparatedPermissionSet="Deployers"))

    assert admin.oauth_error(assertion(key, claims())) == ("invalid_grant", "invalid assertion")


@pytest.mark.parametrize(
    ("quirk", "works"),
    [("omitted_certificate=cleared", False), ("omitted_certificate=kept", True)],
)
def test_a_redeploy_without_the_certificate(
    start: Start, call: Call, key: str, certificate: str, quirk: str, works: bool
) -> None:
    admin = call(start(quirk))
    admin.deployed(app(certificate))
    admin.deployed(app_components()[2:3])

    response = admin.token_request(assertion(key, claims()))

    assert (response.status_code == 200) is works
    assert ("certificate" in admin.settings()) is works


def test_self_authorised_apps_have_no_login_without_a_browser(
    admin: Caller, key: str, certificate: str
) -> None:
    admin.deployed(app(certificate, permittedUsersPolicyType="AllSelfAuthorized"))

    error = admin.oauth_error(assertion(key, claims()))

    assert error == ("invalid_grant", "user hasn't approved this consumer")


def test_the_api_scope_alone_is_not_enough(admin: Caller, key: str, certificate: str) -> None:
    admin.deployed(app(certificate))
    admin.deployed(app_components(oauth={"commaSeparatedOauthScopes": "Api"})[1:2])

    error, description = admin.oauth_error(assertion(key, claims()))

    assert error == "invalid_request"
    assert description.startswith("refresh_token scope is required")


def test_no_scopes_at_all(admin: Caller, key: str, certificate: str) -> None:
    admin.deployed(app(certificate))
    admin.deployed(app_components(oauth={"commaSeparatedOauthScopes": ""})[1:2])

    error = admin.oauth_error(assertion(key, claims()))

    assert error == ("invalid_grant", "no valid scopes defined")


def test_a_scope_that_the_app_does_not_have(admin: Caller, key: str, certificate: str) -> None:
    admin.deployed(app(certificate))

    error = admin.oauth_error({**assertion(key, claims()), "scope": "api chatter_api"})

    assert error == ("invalid_scope", "the requested scope is not allowed")


def test_an_inactive_user(admin: Caller, key: str, certificate: str) -> None:
    admin.deployed(app(certificate, commaSeparatedProfile="Minimum Access - Salesforce"))
    user = admin.id_of("User", f"Username = '{CI}'")
    assert admin.token_request(assertion(key, claims(sub=CI))).status_code == 200

    assert admin.rest("PATCH", f"/sobjects/User/{user}", json={"IsActive": False}).ok

    assert admin.oauth_error(assertion(key, claims(sub=CI))) == ("invalid_grant", "inactive user")


def test_a_blocked_app(admin: Caller, key: str, certificate: str) -> None:
    admin.deployed(app(certificate))
    [name] = admin.names("ExtlClntAppConfigurablePolicies")
    admin.deployed([_disabled(name)])

    error = admin.oauth_error(assertion(key, claims()))

    assert error == ("invalid_app_access", "this app is blocked by admin")


def _disabled(name: str) -> Any:
    from tests.localorg.caller import component

    fields = {"externalClientApplication": "Acme", "isEnabled": False}
    return component("ExtlClntAppConfigurablePolicies", name, fields)


def test_a_permission_set_with_an_assignment_lets_a_user_in(
    admin: Caller, key: str, certificate: str
) -> None:
    admin.deployed(app(certificate, commaSeparatedPermissionSet="Deployers"))
    form = assertion(key, claims(sub=CI))
    assert admin.oauth_error(form)[0] == "invalid_app_access"

    admin.create(
        "PermissionSetAssignment",
        {
            "AssigneeId": admin.id_of("User", f"Username = '{CI}'"),
            "PermissionSetId": admin.id_of("PermissionSet", "Name = 'Deployers'"),
        },
    )

    assert admin.token_request(form).status_code == 200


def test_a_grant_through_the_profile_may_not_be_enough(
    start: Start, call: Call, key: str, certificate: str
) -> None:
    admin = call(start("profile_grant_suffices=no"))
    admin.deployed(app(certificate))

    assert admin.oauth_error(assertion(key, claims()))[0] == "invalid_app_access"


def test_the_error_for_unapproved_users_is_a_switch(
    start: Start, call: Call, key: str, certificate: str
) -> None:
    admin = call(start("unapproved_user=invalid_grant"))
    admin.deployed(app(certificate))

    error = admin.oauth_error(assertion(key, claims(sub=CI)))

    assert error == ("invalid_grant", "user hasn't approved this consumer")


def test_the_error_of_an_app_that_is_switched_off_is_a_switch(
    start: Start, call: Call, key: str, certificate: str
) -> None:
    admin = call(start("switched_off_app=oauth_flow_disabled"))
    admin.deployed(app(certificate))
    [name] = admin.names("ExtlClntAppConfigurablePolicies")
    admin.deployed([_disabled(name)])

    error = admin.oauth_error(assertion(key, claims()))

    assert error == (
        "oauth_flow_disabled",
        "The external client app or the OAuth plugin is disabled.",
    )


def test_propagation_takes_time(start: Start, call: Call, key: str, certificate: str) -> None:
    org = start("propagation_seconds=600")
    admin = call(org)
    admin.deployed(app(certificate))
    later = assertion(key, claims(exp=NOW + 3600))

    assert admin.oauth_error(later)[0] == "invalid_client_id"
    org.advance(599)
    assert admin.oauth_error(later)[0] == "invalid_client_id"
    org.advance(1)
    assert admin.token_request(later).status_code == 200


def test_a_restriction_ends_the_sessions_of_the_app(
    admin: Caller, org: RunningOrg, key: str, certificate: str
) -> None:
    admin.deployed(app(certificate))
    token = admin.token_request(assertion(key, claims())).json()["access_token"]
    admin.deployed(app(certificate, permittedUsersPolicyType="AllSelfAuthorized"))
    robot = Caller(org, token, http=admin.http)
    assert robot.rest("GET", "/limits").status_code == 200

    admin.deployed(app(certificate))

    assert robot.rest("GET", "/limits").status_code == 401


def test_deleting_the_app_revokes_its_tokens(
    admin: Caller, org: RunningOrg, key: str, certificate: str
) -> None:
    admin.deployed(app(certificate))
    token = admin.token_request(assertion(key, claims())).json()["access_token"]
    admin.deploy_files(
        {
            "package.xml": b"<Package><version>67.0</version></Package>",
            "destructiveChanges.xml": b"<Package><types><members>Acme</members>"
            b"<name>ExternalClientApplication</name></types></Package>",
        }
    )

    assert Caller(org, token, http=admin.http).rest("GET", "/limits").status_code == 401
    assert admin.oauth_error(assertion(key, claims()))[0] == "invalid_client_id"
