"""The org grants a token and its API refuses it: the error is final, and lists the reasons."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from provision.apply.propagation import lag_refusals
from provision.apply.prover import Prover
from provision.catalogue.component import Component
from provision.catalogue.org_settings import CONNECTED_APP_SETTINGS
from provision.errors import NotProven
from provision.org.credentials_setting import OpenedSetting
from tests.apply.conftest import Work
from tests.apply.test_login_attempt import ROBOT, WITH_SECRET, note_secret
from tests.apply.test_run import APP
from tests.localorg.caller import Caller
from tests.orgs import org_under_test

ORDER = ["API Access Control", "API Enabled", "policies.ip_relaxation", "login IP ranges"]
OF_CI = APP.replace(
    "private_key: keys/app.key", "private_key: keys/app.key, prove_as: ci@localorg.example"
)
SEED = """\
orgs:
- name: acme
  profiles:
  - {name: System Administrator, permissions: [ModifyAllData, ApiEnabled,
      CustomizeApplication, ViewClientSecret, ExternalClientAppDeveloper]}
  - {name: No API}
  - {name: Standard User, permissions: [ApiEnabled]}
  permission_sets:
  - {name: Any_Client, permissions: [UseAnyApiClient], assign_to: [admin@localorg.example]}
  users:
  - {username: admin@localorg.example, profile: System Administrator}
  - {username: ci@localorg.example, profile: %s}
"""


def not_proven(work, text: str) -> NotProven:
    applied = work.apply(text)
    prover = Prover(work.org.readable(), work.org.clock, 600, work.messages.append)
    with pytest.raises(NotProven) as raised:
        prover.prove(work.spec_of(text), applied.actual, lag_refusals(applied.plan))
    return raised.value


def check(work, error: NotProven) -> None:
    assert "the token was granted" in error.message
    places = [error.next_step.index(word) for word in ORDER]
    assert places == sorted(places)
    assert "Do not give Use Any API Client" in error.next_step
    assert "provision prove" not in error.next_step  # no waiting cures it
    assert work.org.clock.slept == []


def test_a_jwt_login_whose_token_the_api_refuses(work) -> None:
    work.org.set_faults({"operation": "rest:resources", "kind": "invalid_session_id", "times": 0})
    check(work, not_proven(work, APP))


@pytest.mark.parametrize(("kind", "status"), [("503", 503), ("html_error", 500)])
def test_an_org_that_is_down_after_the_token_is_not_called_a_refusal(work, kind, status) -> None:
    work.org.set_faults({"operation": "rest:resources", "kind": kind, "times": 0})
    error = not_proven(work, APP)
    assert f"failed with HTTP {status}: the org is busy, or down" in error.message
    assert "<html" not in error.message
    assert error.next_step.startswith("Run `provision prove` again later")


def test_a_client_credentials_login_whose_token_the_api_refuses(work, tmp_path) -> None:
    path = tmp_path / "robot.secret"
    path.write_text("not yet")
    work.apply(WITH_SECRET)
    note_secret(work, path)
    work.org.set_faults({"operation": "rest:resources", "kind": "invalid_session_id", "times": 0})
    check(work, not_proven(work, WITH_SECRET))


@pytest.fixture
def seeded(tmp_path, spec_of):
    """An org of one's own, by the profile of `ci@localorg.example`."""
    with ExitStack() as stack:

        def start(profile: str) -> Work:
            path = tmp_path / "seed.yaml"
            path.write_text(SEED % profile)
            return Work(stack.enter_context(org_under_test(tmp_path / "own", seed=path)), spec_of)

        yield start


def test_a_user_without_api_enabled(seeded) -> None:
    work = seeded("No API")
    check(work, not_proven(work, OF_CI))


def test_a_user_whom_api_access_control_does_not_admit(seeded) -> None:
    """The app is self-authorized: nobody has approved it for the user."""
    work = seeded("Standard User")
    switch = Component(
        CONNECTED_APP_SETTINGS, "ConnectedApp", {"enableAdminApprovedAppsOnly": True}
    )
    Caller(work.org.local, work.org.local.session().access_token).deployed([switch])
    text = ROBOT.replace(
        "    oauth:", "    policies: {permitted_users: self_authorized}\n    oauth:"
    )
    work.apply(text)
    with OpenedSetting(work.org.writable(), work.messages.append):
        check(work, not_proven(work, f"{text}    label: Another\n"))
