"""`sf org login web`: a person in a real browser."""

from __future__ import annotations

from datetime import timedelta

from provision.localorg import RunningOrg
from tests.conformance.app import ADMIN, App
from tests.conformance.clients.browser import Browser
from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView

SHOW_SECRETS = """<?xml version="1.0" encoding="UTF-8"?>
<ExternalClientAppSettings xmlns="http://soap.sforce.com/2006/04/metadata">
    <enableClientSecretInRestApiAccess>true</enableClientSecretInRestApiAccess>
</ExternalClientAppSettings>
"""
OUTSIDER = "user@localorg.example"


def test_login_with_the_clis_own_app(sf: Sf, org: RunningOrg, browser: Browser) -> None:
    result = sf.where(**browser.environ(ADMIN)).login_web(org.url).checked()
    assert result["username"] == ADMIN
    assert result["orgId"] == org.org_id
    visit = browser.visit()
    assert len(visit.pages) == 2  # log in, then allow
    assert visit.ended_at == "/OauthSuccess"
    assert sf("org", "display").checked()["connectedStatus"] == "Connected"


def test_nobody_is_asked_about_an_app_that_an_admin_approved(
    sf: Sf, org: RunningOrg, app: App, browser: Browser
) -> None:
    user = sf.where(**browser.environ(ADMIN))
    assert user.login_web(org.url, app.consumer_key).checked()["username"] == ADMIN
    assert len(browser.visit().pages) == 1


def test_denied(sf: Sf, org: RunningOrg, browser: Browser) -> None:
    answer = sf.where(**browser.environ(ADMIN, "deny")).login_web(org.url)
    assert answer.exit_code == 1
    assert answer.name == "access_denied"
    assert browser.visit().ended_at == "/OauthError"


def test_a_user_whom_nobody_approved_is_refused(
    sf: Sf, org: RunningOrg, app: App, browser: Browser
) -> None:
    user = sf.where(**browser.environ(OUTSIDER))
    answer = user.login_web(org.url, app.consumer_key)
    assert answer.exit_code == 1
    assert answer.name == "OAUTH_APP_ACCESS_DENIED"


def test_an_app_that_demands_its_secret(
    admin_sf: Sf, org: RunningOrg, state: OrgView, browser: Browser
) -> None:
    """The CLI asks for it, keeps it, and gives it again with the refresh token."""
    _deploy_with_secret(admin_sf)
    user = admin_sf.where(**browser.environ(ADMIN))
    secret = state.consumer_secret("Acme_CI")
    user.login_web(org.url, state.consumer_key("Acme_CI"), secret).checked()
    org.advance(timedelta(hours=1).total_seconds())
    user("data", "query", "--query", "SELECT Id FROM Organization").checked()
    assert [record.status for record in org.requests if record.operation == "token:refresh"] == [
        200
    ]


def test_a_wrong_secret_is_refused(
    admin_sf: Sf, org: RunningOrg, state: OrgView, browser: Browser
) -> None:
    _deploy_with_secret(admin_sf)
    user = admin_sf.where(**browser.environ(ADMIN))
    answer = user.login_web(org.url, state.consumer_key("Acme_CI"), "wrong")
    assert answer.exit_code == 1
    assert answer.name == "AuthCodeExchangeError"


def _deploy_with_secret(sf: Sf) -> None:
    """The project's app, with its secret demanded, in an org that shows secrets."""
    [settings] = sf.folder.rglob("*.ecaGlblOauth-meta.xml")
    settings.write_text(settings.read_text().replace("SecretOptional>true", "SecretOptional>false"))
    file = sf.folder / "force-app/main/default/settings/ExternalClientApp.settings-meta.xml"
    file.parent.mkdir()
    file.write_text(SHOW_SECRETS)
    sf("project", "deploy", "start").checked()
