"""Token requests: what becomes of a secret when they fail."""

from __future__ import annotations

import traceback

import pytest
import requests

from provision.errors import LoginRefused, OrgError, OrgUnreachable
from provision.org.http_retry import OrgBusy
from provision.org.oauth import client_credentials_grant
from provision.secret.secret import Secret
from tests.localorg.caller import app_components
from tests.orgs import org_under_test

SECRET = "5EEKRET-OF-THE-APP"


@pytest.fixture
def org(tmp_path):
    with org_under_test(tmp_path) as org:
        settings = {"consumerKey": "ChosenKey1", "isClientCredentialsFlowEnabled": True}
        org.deploy(*app_components(settings=settings))
        yield org


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (None, LoginRefused),
        ("drop_before", OrgUnreachable),
        ("drop_after", OrgUnreachable),
        ("html_error", OrgUnreachable),
        ("truncated", OrgUnreachable),
        ("429", OrgBusy),
    ],
)
def test_no_error_of_a_login_contains_its_secret(org, fault, error) -> None:
    if fault:
        org.set_faults({"operation": "token:client-credentials", "kind": fault, "times": 0})
    with pytest.raises(OrgError) as raised:
        client_credentials_grant(org.http, org.local.https_url, "ChosenKey1", Secret(SECRET))
    assert isinstance(raised.value, error)
    failure = raised.value
    told = traceback.TracebackException.from_exception(failure, capture_locals=True)
    assert SECRET not in "".join(told.format())
    frames = [frame for frame, _ in traceback.walk_tb(failure.__traceback__)]
    held = [value for frame in frames for value in frame.f_locals.values()]
    assert not any(isinstance(value, requests.PreparedRequest) for value in held)  # it has a body
    assert failure.__cause__ is None
    assert failure.__context__ is None
