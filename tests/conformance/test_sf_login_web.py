"""`sf org login web`: a person in a real browser."""

from __future__ import annotations

from provision.localorg.server import RunningOrg
from tests.conformance.app import ADMIN, App
from tests.conformance.clients.browser import Browser
from tests.conformance.clients.sf import Sf

OUTSIDER = "user@localorg.example"


def test_login_with_the_clis_own_app(sf: Sf, org: RunningOrg, browser: Browser) -> None:
    result = sf.where(**browser.environ(ADMIN)).login_web(org.http_url).checked()
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
    assert user.login_web(org.http_url, app.consumer_key).checked()["username"] == ADMIN
    assert len(browser.visit().pages) == 1


def test_denied(sf: Sf, org: RunningOrg, browser: Browser) -> None:
    answer = sf.where(**browser.environ(ADMIN, "deny")).login_web(org.http_url)
    assert answer.exit_code == 1
    assert answer.name == "access_denied"
    assert browser.visit().ended_at == "/OauthError"


def test_a_user_whom_nobody_approved_is_refused(
    sf: Sf, org: RunningOrg, app: App, browser: Browser
) -> None:
    user = sf.where(**browser.environ(OUTSIDER))
    answer = user.login_web(org.http_url, app.consumer_key)
    assert answer.exit_code == 1
    assert answer.name == "OAUTH_APP_ACCESS_DENIED"
