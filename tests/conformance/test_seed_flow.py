"""From a spec to a login, and to its end: the flow that this project began with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from provision.localorg import RunningOrg
from tests.conformance.app import ADMIN, ROBOT, App
from tests.conformance.clients.browser import Browser
from tests.conformance.clients.sf import Sf

QUERY = ("data", "query", "--query", "SELECT Id FROM Organization")


def test_apply_log_in_and_be_refused_when_the_refresh_token_is_too_old(
    org: RunningOrg, app: App, new_sf: Callable[[str], Sf], browser: Browser
) -> None:
    """`app` is `provision keys new` and `provision apply`: 90 days for the refresh token."""
    person = new_sf("person").where(**browser.environ(ADMIN))
    person.login_web(org.url, app.consumer_key).checked()
    assert person("org", "display").checked()["connectedStatus"] == "Connected"

    pipeline = new_sf("pipeline")
    pipeline.login_jwt(org.url, ROBOT, app.consumer_key, app.private_key).checked()
    pipeline(*QUERY).checked()

    org.advance(timedelta(days=89).total_seconds())
    person(*QUERY).checked()
    assert _refreshes(org) == [200]

    org.advance(timedelta(days=2).total_seconds())
    refused = person(*QUERY)
    assert refused.exit_code == 1
    assert "expired access/refresh token" in refused.message
    assert _refreshes(org)[-1] == 400
    assert person("org", "display").checked()["connectedStatus"] != "Connected"


def _refreshes(org: RunningOrg) -> list[int]:
    return [record.status for record in org.requests if record.operation == "token:refresh"]
