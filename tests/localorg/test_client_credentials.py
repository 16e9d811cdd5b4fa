"""The client credentials flow."""

from __future__ import annotations

import pytest

from tests.localorg.caller import Caller, app_components
from tests.localorg.conftest import Call, Start

CI = "ci@localorg.example"
KEY = "AcmeChosenKey1"
SECRET = "ASECRET"


@pytest.fixture
def robot(start: Start, call: Call) -> Caller:
    """An org whose app acts as the CI user."""
    caller = call(start("supplied_secret=stored"))
    caller.deployed(app())
    return caller


def app(settings: dict[str, object] | None = None, policy: dict[str, object] | None = None):
    return app_components(
        settings={
            "consumerKey": KEY,
            "consumerSecret": SECRET,
            "isClientCredentialsFlowEnabled": True,
            **(settings or {}),
        },
        policy={
            "clientCredentialsFlowUser": CI,
            "isClientCredentialsFlowEnabled": True,
            **(policy or {}),
        },
    )


FORM = {"grant_type": "client_credentials", "client_id": KEY, "client_secret": SECRET}


def test_credentials_in_the_form(robot: Caller) -> None:
    body = robot.token_request(FORM).json()

    robot.token = body["access_token"]
    assert (
        robot.http.get(
            f"{robot.org.url}/services/oauth2/userinfo",
            headers={"Authorization": f"Bearer {robot.token}"},
            timeout=10,
        ).json()["preferred_username"]
        == CI
    )


def test_credentials_in_the_header(robot: Caller) -> None:
    response = robot.token_request({"grant_type": "client_credentials"}, auth=(KEY, SECRET))

    assert response.status_code == 200, response.text


def test_a_scope_must_not_be_asked_for(robot: Caller) -> None:
    error = robot.oauth_error({**FORM, "scope": "api"})

    assert error == ("invalid_request", "scope parameter not supported")


def test_wrong_secret_and_wrong_key(robot: Caller) -> None:
    assert robot.oauth_error({**FORM, "client_secret": "x"}) == (
        "invalid_client",
        "invalid client credentials",
    )
    assert robot.oauth_error({**FORM, "client_id": "x"})[0] == "invalid_client_id"


def test_no_user_to_run_as(robot: Caller) -> None:
    robot.deployed(app(policy={"clientCredentialsFlowUser": ""})[3:])

    assert robot.oauth_error(FORM) == ("invalid_grant", "no client credentials user enabled")


def test_flow_switched_off(robot: Caller) -> None:
    robot.deployed(app({"isClientCredentialsFlowEnabled": False})[2:3])

    assert robot.oauth_error(FORM)[0] == "unsupported_grant_type"


def test_the_user_to_run_as_must_be_approved(robot: Caller) -> None:
    restriction = {
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "commaSeparatedProfile": "System Administrator",
    }
    robot.deployed(app(policy=restriction)[3:])

    assert robot.oauth_error(FORM)[0] == "invalid_app_access"


def test_unknown_grant(robot: Caller) -> None:
    assert robot.oauth_error({"grant_type": "x"}) == (
        "unsupported_grant_type",
        "grant type not supported",
    )
