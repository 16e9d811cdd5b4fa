"""`sf org login`: with a token, and with a certificate."""

from __future__ import annotations

import pytest

from provision.localorg import RunningOrg
from tests.conformance.app import ADMIN, ROBOT, App
from tests.conformance.clients.provision import Provision
from tests.conformance.clients.sf import Sf

OUTSIDER = "user@localorg.example"


def test_login_with_an_access_token(sf: Sf, org: RunningOrg) -> None:
    session = org.session()
    result = sf.login_token(org.url, session.access_token).checked()
    assert result["username"] == session.username
    assert result["orgId"] == org.org_id


def test_login_with_a_wrong_access_token_is_refused(sf: Sf, org: RunningOrg) -> None:
    wrong = org.session().access_token[:-8] + "AAAAAAAA"
    answer = sf.login_token(org.url, wrong)
    assert answer.exit_code == 1


@pytest.mark.parametrize("username", [ADMIN, ROBOT])
def test_login_jwt(sf: Sf, org: RunningOrg, app: App, username: str) -> None:
    result = sf.login_jwt(
        org.url, username, app.consumer_key, app.private_key
    ).checked()  # fmt: skip
    assert result["username"] == username
    assert result["orgId"] == org.org_id
    assert sf("org", "display").checked()["connectedStatus"] == "Connected"


def test_login_jwt_over_https(sf: Sf, org: RunningOrg, app: App) -> None:
    trusting = sf.where(NODE_EXTRA_CA_CERTS=str(org.ca_file))
    trusting.login_jwt(org.https_url, ROBOT, app.consumer_key, app.private_key).checked()
    result = trusting("org", "display").checked()
    assert result["connectedStatus"] == "Connected"
    assert result["instanceUrl"].startswith("https://")


def test_login_jwt_of_a_user_whom_nobody_approved_is_refused(
    sf: Sf, org: RunningOrg, app: App
) -> None:
    answer = sf.login_jwt(org.url, OUTSIDER, app.consumer_key, app.private_key)
    assert answer.exit_code == 1
    assert "user is not admin approved to access this app" in answer.message


def test_login_jwt_with_another_key_is_refused(
    sf: Sf, org: RunningOrg, app: App, provision: Provision
) -> None:
    answer = sf.login_jwt(org.url, ROBOT, app.consumer_key, provision.new_key("other"))
    assert answer.exit_code == 1
    assert answer.name == "JwtGrantError"


def test_login_jwt_with_an_unknown_consumer_key_is_refused(
    sf: Sf, org: RunningOrg, app: App
) -> None:
    answer = sf.login_jwt(org.url, ROBOT, f"{app.consumer_key}x", app.private_key)
    assert answer.exit_code == 1
    assert "client identifier invalid" in answer.message
