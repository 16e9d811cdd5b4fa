"""The web server flow: authorize, log in, approve, exchange the code."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from provision.localorg import RunningOrg
from tests.localorg.caller import Caller, app_components
from tests.localorg.conftest import Call, Start
from tests.localorg.web_login import CALLBACK, KEY, USER, app, ask, exchange, log_in, renew, tokens

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

    assert "No org of this server has that user." in log_in(admin.org, "nobody@example.com")


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
    """`sf org login web` uses it."""
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


def test_pkce_may_be_left_out_if_it_is_not_required(start: Start, call: Call) -> None:
    admin = call(start("pkce_sticky=honoured"))
    admin.deployed(app({"isPkceRequired": False}))
    code = log_in(admin.org, code_challenge="")["code"]

    assert admin.token_request(exchange(code, code_verifier="")).status_code == 200


def test_a_token_with_fewer_scopes_allows_less(admin: Caller) -> None:
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


# --- tokens


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
