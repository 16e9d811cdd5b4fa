"""`sf` when a session has ended: what can log in again does, what cannot is refused."""

from __future__ import annotations

from datetime import timedelta

from provision.localorg import RunningOrg
from tests.conformance.app import ADMIN, ROBOT, App
from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView

LONGER_THAN_ANY_SESSION = timedelta(days=2).total_seconds()
QUERY = ("data", "query", "--query", "SELECT Id FROM Organization")


def test_expired_token_is_refused(admin_sf: Sf, org: RunningOrg) -> None:
    admin_sf(*QUERY).checked()
    org.advance(LONGER_THAN_ANY_SESSION)
    answer = admin_sf(*QUERY)
    assert answer.exit_code == 1
    assert answer.name == "INVALID_SESSION_ID"


def test_expired_token_deploys_nothing(admin_sf: Sf, org: RunningOrg, state: OrgView) -> None:
    org.advance(LONGER_THAN_ANY_SESSION)
    answer = admin_sf("project", "deploy", "start")
    assert answer.exit_code == 1
    assert answer.name == "sf:INVALID_SESSION_ID"
    assert state.names("ExternalClientApplication") == set()


def test_session_ends_when_the_policy_says_so(sf: Sf, org: RunningOrg, app: App) -> None:
    sf.login_jwt(org.url, ROBOT, app.consumer_key, app.private_key).checked()
    before = _jwt_logins(org)
    org.advance(timedelta(minutes=14).total_seconds())
    sf(*QUERY).checked()
    assert _jwt_logins(org) == before
    org.advance(timedelta(minutes=16).total_seconds())
    sf(*QUERY).checked()
    assert _jwt_logins(org) == before + 1


def test_expired_certificate_login_is_renewed_over_soap(sf: Sf, org: RunningOrg, app: App) -> None:
    sf.login_jwt(org.url, ADMIN, app.consumer_key, app.private_key).checked()
    org.advance(LONGER_THAN_ANY_SESSION)
    sf("org", "list", "metadata", "-m", "ExternalClientApplication").checked()


def _jwt_logins(org: RunningOrg) -> int:
    return sum(record.operation == "token:jwt-bearer" for record in org.requests)
