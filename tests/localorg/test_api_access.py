"""Who may use the API: API Access Control, API Enabled, Use Any API Client, frozen users."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.catalogue.component import Component
from provision.catalogue.org_settings import CONNECTED_APP_SETTINGS, OAUTH_OIDC_SETTINGS
from provision.localorg import RunningOrg
from provision.org.http import http_session
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import TokenLogin
from provision.org.org import ReadableOrg
from provision.org.usage import app_users
from tests.localorg.caller import Caller, app_components, assertion
from tests.localorg.conftest import NOW, Call, Start

ADMIN = "admin@localorg.example"
USER = "user@localorg.example"
KEY = "AcmeChosenKey1"
PEOPLE = f"""
    users:
    - {{username: {ADMIN}, profile: System Administrator}}
    - {{username: {USER}, profile: %s, frozen: %s}}
"""
HOLDER = f"""
    permission_sets:
    - {{name: Any_Client, permissions: [UseAnyApiClient], assign_to: [{USER}]}}
"""


def seeded(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "seed.yaml"
    path.write_text(f"orgs:\n  - name: localorg{text}", encoding="utf-8")
    return path


def login(org: RunningOrg, admin: Caller, key: str, username: str) -> Caller:
    claims = {"iss": KEY, "sub": username, "aud": org.url, "exp": NOW + 60}
    response = admin.token_request(assertion(key, claims))
    assert response.status_code == 200, response.text
    return Caller(org, response.json()["access_token"], http=admin.http)


def refusal(admin: Caller, key: str, username: str) -> tuple[str, str]:
    claims = {"iss": KEY, "sub": username, "aud": admin.org.url, "exp": NOW + 60}
    return admin.oauth_error(assertion(key, claims))


def refused(caller: Caller) -> str:
    response = caller.rest("GET", "/query", params={"q": "SELECT Id FROM Organization"})
    return str(response.json()[0]["errorCode"])


def deploy(admin: Caller, certificate: str, profile: str = "System Administrator") -> None:
    policy = {
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "commaSeparatedProfile": profile,
    }
    settings = {"certificate": certificate, "consumerKey": KEY}
    admin.deployed(app_components(settings=settings, policy=policy))


def test_use_any_api_client_needs_no_admin_approval(
    start: Start, call: Call, tmp_path: Path, key: str, certificate: str
) -> None:
    org = start(seed=seeded(tmp_path, HOLDER))
    admin = call(org)
    deploy(admin, certificate)
    assert login(org, admin, key, USER).query("SELECT Id FROM Organization")
    assert refusal(admin, key, "ci@localorg.example")[0] == "invalid_app_access"


def test_a_user_with_use_any_api_client_is_not_locked_out(
    start: Start, call: Call, tmp_path: Path, key: str, certificate: str
) -> None:
    org = start(seed=seeded(tmp_path, HOLDER))
    admin = call(org)
    deploy(admin, certificate)
    for username in (ADMIN, USER):
        login(org, admin, key, username)
    app_id = admin.query("SELECT Id FROM ExternalClientApplication")[0]["Id"]
    with http_session(10, org.ca_file) as http:
        session = TokenLogin(InstanceUrl(org.https_url), admin.token, "a test").open(http)
        users = app_users(ReadableOrg("local", session, http, 67).rest, app_id)
    assert users is not None
    assert {user.username: user.uses_any_client for user in users} == {ADMIN: False, USER: True}


def test_a_frozen_user_is_refused_although_active(
    start: Start, call: Call, tmp_path: Path, key: str, certificate: str
) -> None:
    admin = call(start(seed=seeded(tmp_path, PEOPLE % ("Standard User", "true"))))
    deploy(admin, certificate, "Standard User")
    assert refusal(admin, key, USER) == ("invalid_grant", "inactive user")
    [row] = admin.query(
        f"SELECT IsFrozen, User.IsActive FROM UserLogin WHERE User.Username = '{USER}'"
    )
    assert row["IsFrozen"] is True
    assert row["User"]["IsActive"] is True


def test_a_user_without_api_enabled_gets_a_token_that_the_api_refuses(
    start: Start, call: Call, tmp_path: Path, key: str, certificate: str
) -> None:
    profiles = """
    profiles:
    - {name: System Administrator, permissions: [ModifyAllData, ApiEnabled]}
    - {name: No API}
"""
    org = start(seed=seeded(tmp_path, profiles + PEOPLE % ("No API", "false")))
    admin = call(org)
    deploy(admin, certificate, "No API")
    caller = login(org, admin, key, USER)
    assert refused(caller) == "INVALID_SESSION_ID"


def test_api_access_control_lets_only_approved_apps_call_the_api(
    start: Start, call: Call, tmp_path: Path, key: str, certificate: str
) -> None:
    """The administrator's own session is one of PlatformCLI, which nobody has approved."""
    seed = seeded(
        tmp_path,
        f"""
    permission_sets:
    - {{name: Any_Client, permissions: [UseAnyApiClient], assign_to: [{ADMIN}]}}
""",
    )
    org = start(seed=seed)
    admin = call(org)
    deploy(admin, certificate, "Standard User")
    approved, other = login(org, admin, key, USER), call(org, USER)
    assert other.query("SELECT Id FROM Organization")
    switch = {"enableAdminApprovedAppsOnly": True}
    admin.deployed([Component(CONNECTED_APP_SETTINGS, "ConnectedApp", switch)])
    assert approved.query("SELECT Id FROM Organization")
    assert refused(other) == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    ("settings", "member", "name"),
    [
        (CONNECTED_APP_SETTINGS, "ConnectedApp", "enableAdminApprovedAppsOnlyForExternalUser"),
        (OAUTH_OIDC_SETTINGS, "OauthOidc", "isPkceRequired"),
    ],
)
def test_settings_come_back_as_they_were_deployed(
    admin: Caller, settings, member: str, name: str
) -> None:
    admin.deployed([Component(settings, member, {name: True})])
    files = admin.retrieve({"Settings": member})
    [content] = [text for path, text in files.items() if path.endswith(f"{member}.settings")]
    assert f"<{name}>true</{name}>" in content.decode()
