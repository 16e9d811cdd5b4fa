"""An app that somebody changes during a run keeps the change, or the run stops."""

from collections.abc import Callable

import pytest

from provision.apply.run import apply_plan
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.errors import ApplyFailed, GateRefused
from tests.apply.test_failures import restricted
from tests.apply.test_run import APP, OPEN, granted

MOMENTS = {
    "while the deploy is validated": "validating",
    "while the app is granted": "granting",
    "before the deploy is sent": "deploying",
}


def somebody_else(work, moment: str) -> Callable[[str], None]:
    """Somebody who changes the policies' start page at ``moment``."""

    def say(text: str) -> None:
        work.messages.append(text)
        if text.startswith(moment):
            policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
            theirs = {**policy.fields, "startUrl": "https://colleague.example"}
            work.org.deploy(Component(policy.type, policy.full_name, theirs))

    return say


def theirs(work) -> str:
    policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    return policy.text("startUrl")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_restriction_never_overwrites_what_changed_meanwhile(work, moment) -> None:
    work.apply(OPEN + "    policies: {permitted_users: self_authorized}\n")
    prepared = work.prepare(APP)
    with pytest.raises((GateRefused, ApplyFailed), match="Policies was changed in the org since"):
        apply_plan(prepared, work.org.writable(), somebody_else(work, MOMENTS[moment]))
    assert theirs(work) == "https://colleague.example"
    assert not restricted(work)
    assert granted(work) == set()


@pytest.mark.parametrize("moment", ["deploying"])
def test_a_new_app_that_somebody_creates_meanwhile_is_not_taken_over(work, moment) -> None:
    prepared = work.prepare(APP)

    def say(text: str) -> None:
        if text.startswith(moment):
            work.apply(OPEN)

    with pytest.raises(ApplyFailed, match="ExternalClientApplication was created in the org"):
        apply_plan(prepared, work.org.writable(), say)
    assert work.plan(OPEN).is_empty
    assert not restricted(work)
    assert "Robots" not in work.org.readable().access.permission_set_names()
