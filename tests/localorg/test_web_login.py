"""The web server flow: authorize, log in, approve, exchange, refresh."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from provision.localorg import RunningOrg
from tests.localorg.caller import Caller, app_components
from tests.localorg.conftest import Call, Start

CALLBACK = "http://localhost:1717/OauthRedirect"
KEY = "AcmeChosenKey1"
USER = "user@localorg.example"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
DAY = 24 * 3600.0


def app(settings: dict[str, Any] | None = None, **policy: Any) -> list[Any]:
    return app_components(
        settings={
            "consumerKey": KEY,
            "isConsumerSecretOptional": True,
            "isSecretRequiredForRefreshToken": False,
            **(settings or {}),
        },
        policy=policy,
    )


def ask(org: RunningOrg, **changes: str) -> requests.Response:
    """The authorize request; what is None is left out."""
    query = {
        "client_id": KEY,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "state": "s1",
        "code_challenge": CHALLENGE.decode(),
        **changes,
    }
    with requests.Session() as browser:
        browser.trust_env = False
        return browser.get(
            f"{org.url}/services/oauth2/authorize",
            params={k: v for k, v in query.items() if v},
            allow_redirects=False,
            timeout=10,
        )


def log_in(org: RunningOrg, username: str = USER, step: str = "allow", **changes: str) -> Any:
    """What a browser does; the query of the redirect that it ends with."""
    page_url = ask(org, **changes).headers["Location"]
    with requests.Session() as browser:
        browser.trust_env = False
        response = browser.get(page_url, timeout=10)
        assert response.status_code == 200
        form = {"username": username, "step": "login", "source": _source(response.text)}
        response = browser.post(page_url, data=form, allow_redirects=False, timeout=10)
        if response.status_code == 200 and "oaapprove" in response.text:
            form = {**form, "step": step}
            response = browser.post(page_url, data=form, allow_redirects=False, timeout=10)
    if response.status_code == 200:
        return response.text
    location = response.headers["Location"]
    assert location.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def _source(page: str) -> str:
    found = re.search(r'name="source" value="([^"]*)"', page)
    assert found
    return unescape(found.group(1))


def exchange(code: str, **changes: str) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": KEY,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    return {name: value for name, value in form.items() if value}


def tokens(caller: Caller, **changes: str) -> dict[str, str]:
    response = caller.token_request(exchange(log_in(caller.org, **changes)["code"]))
    assert response.status_code == 200, response.text
    body: dict[str, str] = response.json()
    return body


def renew(caller: Caller, token: str, **changes: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": KEY, **changes}
    return caller.token_request(form)


# --- the probe


def test_a_good_request_ends_at_the_login_page(admin: Caller) -> None:
    admin.deployed(app())

    response = ask(admin.org)

    assert response.status_code == 302
    page = urlsplit(response.headers["Location"])
    assert page.path == "/setup/secur/RemoteAccessAuthorizationPage.apexp"
    assert page.query.startswith("source=")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client_id"),
        ({"redirect_uri": "http://localhost:1/x"}, "redirect_uri_mismatch"),
        ({"scope": "api wave_api"}, "invalid_scope"),
        ({"response_type": "x"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
def test_a_bad_request_says_why(admin: Caller, changes: dict[str, str], error: str) -> None:
    admin.deployed(app())

    location = ask(admin.org, **changes).headers["Location"]

    assert parse_qs(urlsplit(location).query)["error"] == [error]


def test_several_callbacks(admin: Caller) -> None:
    admin.deployed(app({"callbackUrl": f"https://example.com/cb\n{CALLBACK}"}))

    for uri in ("https://example.com/cb", CALLBACK):
        assert "source=" in ask(admin.org, redirect_uri=uri).headers["Location"]


# --- login


def test_login_approve_exchange(admin: Caller) -> None:
    admin.deployed(app())

    answer = log_in(admin.org)
    body = admin.token_request(exchange(answer["code"])).json()

    assert answer["state"] == "s1"
    assert body["scope"] == "api web refresh_token"
    assert body["refresh_token"]
    user = Caller(admin.org, body["access_token"], http=admin.http)
    assert user.query(f"SELECT Id FROM User WHERE Username = '{USER}'")


def test_nobody_is_asked_twice(admin: Caller) -> None:
    admin.deployed(app())

    assert "code" in log_in(admin.org, step="allow")
    assert "code" in log_in(admin.org, step="nothing")


def test_denial(admin: Caller) -> None:
    admin.deployed(app())

    assert log_in(admin.org, step="deny") == {
        "error": "access_denied",
        "error_description": "end-user denied authorization",
        "state": "s1",
    }


def test_unknown_user_stays_on_the_page(admin: Caller) -> None:
    admin.deployed(app())

    assert "No org here has that user." in log_in(admin.org, "nobody@example.com")


def test_an_app_for_approved_users_only(admin: Caller) -> None:
    admin.deployed(
        app(
            permittedUsersPolicyType="AdminApprovedPreAuthorized",
            commaSeparatedProfile="System Administrator",
        )
    )

    assert log_in(admin.org)["error"] == "OAUTH_APP_ACCESS_DENIED"
    # An approved user is not asked.
    assert "code" in log_in(admin.org, "admin@localorg.example", step="nothing")


def test_the_page_needs_a_source(admin: Caller) -> None:
    page = f"{admin.org.url}/setup/secur/RemoteAccessAuthorizationPage.apexp"

    assert admin.http.get(page, params={"source": "x"}, timeout=10).status_code == 400


def test_the_page_shows_names_as_text(admin: Caller) -> None:
    admin.deployed(app())
    page = ask(admin.org, state='"><script>').headers["Location"]

    assert "<script>" not in admin.http.get(page, timeout=10).text


def test_every_org_has_the_platform_cli(org: RunningOrg, admin: Caller) -> None:
    """`sf org login web` without an app of one's own."""
    callback = "http://localhost:1718/OauthRedirect"
    location = ask(org, client_id="PlatformCLI", redirect_uri=callback).headers["Location"]
    form = {
        "username": USER,
        "step": "allow",
        "source": parse_qs(urlsplit(location).query)["source"][0],
    }

    answer = admin.http.post(location, data=form, allow_redirects=False, timeout=10)

    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    body = admin.token_request(
        exchange(code, client_id="PlatformCLI", redirect_uri=callback)
    ).json()
    assert body["scope"] == "refresh_token api web"
    again = renew(admin, body["refresh_token"], client_id="PlatformCLI")
    assert again.status_code == 200


# --- exchange


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_verifier": "x"}, ("invalid_grant", "invalid code verifier")),
        ({"code_verifier": ""}, ("invalid_grant", "invalid code verifier")),
        ({"code": "x"}, ("invalid_grant", "invalid authorization code")),
        (
            {"redirect_uri": "http://localhost:1/x"},
            ("redirect_uri_mismatch", "redirect_uri must match configuration"),
        ),
        ({"client_secret": "x"}, ("invalid_client", "invalid client credentials")),
        ({"client_id": "PlatformCLI"}, ("invalid_grant", "invalid authorization code")),
    ],
)
def test_bad_exchanges(admin: Caller, changes: dict[str, str], expected: tuple[str, str]) -> None:
    admin.deployed(app())
    code = log_in(admin.org)["code"]

    assert admin.oauth_error({**exchange(code), **changes}) == expected


def test_a_code_works_once(admin: Caller) -> None:
    admin.deployed(app())
    form = exchange(log_in(admin.org)["code"])

    assert admin.token_request(form).status_code == 200
    assert admin.oauth_error(form) == ("invalid_grant", "invalid authorization code")


def test_a_code_expires(admin: Caller) -> None:
    admin.deployed(app())
    form = exchange(log_in(admin.org)["code"])
    admin.org.advance(15 * 60 + 1)

    assert admin.oauth_error(form) == ("invalid_grant", "expired authorization code")


def test_a_secret_is_needed_unless_it_is_optional(admin: Caller) -> None:
    admin.deployed(app({"isConsumerSecretOptional": False}))
    form = exchange(log_in(admin.org)["code"])

    assert admin.oauth_error(form) == ("invalid_client", "invalid client credentials")


def test_pkce_may_be_left_out_where_it_is_not_required(start: Start, call: Call) -> None:
    admin = call(start("pkce_sticky=honoured"))
    admin.deployed(app({"isPkceRequired": False}))
    code = log_in(admin.org, code_challenge="")["code"]

    assert admin.token_request(exchange(code, code_verifier="")).status_code == 200


def test_fewer_scopes_mean_less(admin: Caller) -> None:
    admin.deployed(app())
    token = tokens(admin, scope="web refresh_token")["access_token"]

    response = Caller(admin.org, token, http=admin.http).rest("GET", "/limits")
    fault = Caller(admin.org, token, http=admin.http).fault("listMetadata")

    assert (response.status_code, admin.rest_error(response)) == (401, "INVALID_SESSION_ID")
    assert "not valid for use with the REST API" in response.text
    assert fault == "sf:INVALID_SESSION_ID"


def test_no_refresh_token_without_its_scope_or_with_policy_zero(admin: Caller) -> None:
    admin.deployed(app())
    assert "refresh_token" not in tokens(admin, scope="api web")

    admin.deployed(app(refreshTokenPolicyType="Zero"))
    assert "refresh_token" not in tokens(admin)


def test_openid_gives_an_id_token_that_the_published_key_verifies(admin: Caller) -> None:
    import jwt

    admin.deployed(app())
    admin.deployed(
        app_components(oauth={"commaSeparatedOauthScopes": "OpenID, Api, RefreshToken"})[1:2]
    )
    token = tokens(admin)["id_token"]
    [published] = admin.http.get(f"{admin.org.url}/id/keys", timeout=10).json()["keys"]

    claims = jwt.decode(
        token,
        jwt.PyJWK(published).key,
        ["RS256"],
        audience=KEY,
        options={"verify_exp": False, "verify_iat": False},
    )

    assert claims["exp"] - claims["iat"] == 120
    assert claims["sub"].startswith(admin.org.url + "/id/")


# --- refresh


@pytest.mark.parametrize(
    ("policy", "works_until", "fails_at"),
    [
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 90},
         90 * DAY - 1, 90 * DAY),
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 4,
          "refreshTokenValidityUnit": "Hours"}, 4 * 3600 - 1, 4 * 3600),
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 1,
          "refreshTokenValidityUnit": "Months"}, 28 * DAY, 31 * DAY),
        ({}, 365 * DAY - 1, 365 * DAY),
    ],
)  # fmt: skip
def test_lifetimes(
    admin: Caller, policy: dict[str, Any], works_until: float, fails_at: float
) -> None:
    admin.deployed(app(**policy))
    token = tokens(admin)["refresh_token"]

    admin.org.advance(works_until)
    assert renew(admin, token).status_code == 200
    admin.org.advance(fails_at - works_until)
    assert renew(admin, token).json() == {
        "error": "invalid_grant",
        "error_description": "expired access/refresh token",
    }


def test_inactivity(admin: Caller) -> None:
    admin.deployed(app(refreshTokenPolicyType="SpecificInactivity", refreshTokenValidityPeriod=30))
    token = tokens(admin)["refresh_token"]

    for _ in range(3):
        admin.org.advance(29 * DAY)
        assert renew(admin, token).status_code == 200
    admin.org.advance(30 * DAY)
    assert renew(admin, token).status_code == 400


def test_infinite(admin: Caller) -> None:
    admin.deployed(app(refreshTokenPolicyType="Infinite"))
    token = tokens(admin)["refresh_token"]
    admin.org.advance(10 * 365 * DAY)

    assert renew(admin, token).status_code == 200


def test_rotation(admin: Caller) -> None:
    admin.deployed(app({"isRefreshTokenRotationEnabled": True}))
    first = tokens(admin)["refresh_token"]

    second = renew(admin, first).json()["refresh_token"]

    assert second != first
    assert renew(admin, second).status_code == 200


def identity(admin: Caller, access_token: str) -> int:
    """How the org answers an access token."""
    return requests.get(
        f"{admin.org.url}/services/oauth2/userinfo",
        headers={"Authorization": f"Bearer {access_token}"},
        timeout=10,
    ).status_code


@pytest.mark.parametrize("generations", [1, 3])
def test_reuse_of_a_rotated_token_revokes_the_family(admin: Caller, generations: int) -> None:
    """Whatever came of it since: the current refresh token and its access tokens."""
    admin.deployed(app({"isRefreshTokenRotationEnabled": True}))
    bystander = tokens(admin)
    first = tokens(admin)["refresh_token"]
    current = {"refresh_token": first}
    for _ in range(generations):
        current = renew(admin, current["refresh_token"]).json()
    assert identity(admin, current["access_token"]) == 200

    assert renew(admin, first).json()["error"] == "invalid_grant"

    assert renew(admin, current["refresh_token"]).json()["error"] == "invalid_grant"
    assert identity(admin, current["access_token"]) != 200
    assert renew(admin, bystander["refresh_token"]).status_code == 200


def test_without_rotation_a_refresh_token_may_be_used_again(admin: Caller) -> None:
    admin.deployed(app())
    first = tokens(admin)["refresh_token"]
    access = renew(admin, first).json()["access_token"]
    assert renew(admin, first).status_code == 200
    assert identity(admin, access) == 200


@pytest.mark.parametrize("enforced", [True, False])
def test_rotation_and_the_age_of_the_chain(admin: Caller, enforced: bool) -> None:
    admin.deployed(
        app({"isRefreshTokenRotationEnabled": True, "isEnforceRefreshTokenTTL": enforced},
            refreshTokenValidityPeriod=90)
    )  # fmt: skip
    token = tokens(admin)["refresh_token"]
    admin.org.advance(60 * DAY)
    token = renew(admin, token).json()["refresh_token"]
    admin.org.advance(60 * DAY)

    assert (renew(admin, token).status_code == 200) is not enforced


def test_refresh_may_need_the_secret(admin: Caller) -> None:
    admin.deployed(app({"isSecretRequiredForRefreshToken": True}))
    token = tokens(admin)["refresh_token"]

    assert renew(admin, token).json()["error"] == "invalid_client"


def test_refresh_can_narrow_but_not_widen(admin: Caller) -> None:
    admin.deployed(app())
    token = tokens(admin, scope="api refresh_token")["refresh_token"]

    assert renew(admin, token, scope="api").json()["scope"] == "api"
    assert renew(admin, token, scope="api web").json()["error"] == "invalid_scope"


def test_a_refresh_after_the_user_lost_the_app(admin: Caller) -> None:
    admin.deployed(app())
    token = tokens(admin)["refresh_token"]
    admin.deployed(
        app(
            permittedUsersPolicyType="AdminApprovedPreAuthorized",
            commaSeparatedProfile="System Administrator",
        )
    )

    assert renew(admin, token).status_code == 400


def test_revoking_the_refresh_token_ends_its_sessions(admin: Caller) -> None:
    admin.deployed(app())
    body = tokens(admin)
    url = f"{admin.org.url}/services/oauth2/revoke"

    admin.http.post(url, data={"token": body["refresh_token"]}, timeout=10)

    user = Caller(admin.org, body["access_token"], http=admin.http)
    assert user.rest("GET", "/limits").status_code == 401


# --- session timeouts


def test_the_apps_session_timeout(admin: Caller) -> None:
    admin.deployed(app(sessionTimeoutInMinutes=15))
    user = Caller(admin.org, tokens(admin)["access_token"], http=admin.http)

    admin.org.advance(15 * 60 - 1)
    assert user.rest("GET", "/limits").status_code == 200
    admin.org.advance(15 * 60)
    assert user.rest("GET", "/limits").status_code == 401


def test_the_profiles_session_timeout(start: Start, call: Call, tmp_path: Any) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "orgs:\n- profiles:\n  - {name: System Administrator, permissions: [ModifyAllData],"
        " session_minutes: 30}\n  users:\n"
        "  - {username: a@example.com, profile: System Administrator}\n"
    )
    admin = call(start(seed=seed), "a@example.com")
    admin.org.advance(30 * 60)

    assert admin.rest("GET", "/limits").status_code == 401


def test_jwt_tokens_end_when_they_say(admin: Caller) -> None:
    admin.deployed(
        app({"isNamedUserJwtEnabled": True}, namedUserJwtTimeout=5, sessionTimeoutInMinutes=60)
    )
    token = tokens(admin)["access_token"]
    user = Caller(admin.org, token, http=admin.http)
    assert token.count(".") == 2

    admin.org.advance(4 * 60)
    assert user.rest("GET", "/limits").status_code == 200
    admin.org.advance(60)
    assert user.rest("GET", "/limits").status_code == 401


def test_listing_with_jwt_tokens_may_be_empty(start: Start, call: Call) -> None:
    admin = call(start("list_jwt_tokens_empty=yes"))
    admin.deployed(app({"isNamedUserJwtEnabled": True}))
    token = admin.token_request(
        exchange(log_in(admin.org, "admin@localorg.example")["code"])
    ).json()["access_token"]
    with_jwt = Caller(admin.org, token, http=admin.http)

    assert with_jwt.names("ExternalClientApplication") == []
    assert admin.names("ExternalClientApplication") == ["Acme"]
    with_jwt.version = 68
    assert with_jwt.names("ExternalClientApplication") == ["Acme"]


def test_tokens_are_records(admin: Caller) -> None:
    admin.deployed(app())
    tokens(admin)

    [row] = admin.query("SELECT Id, User.Username FROM OauthToken WHERE AppName = 'Acme'")

    assert row["User"]["Username"] == USER
    assert admin.query("SELECT Id FROM OauthToken WHERE AppName = 'PlatformCLI'")
