"""Failures during an apply: what is removed again, what stays, and the message."""

import pytest

from provision.apply.run import apply_plan
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.errors import ApplyFailed, GateRefused, OrgUnreachable
from tests.apply.test_run import APP, OPEN, assignees, granted


def restricted(work) -> bool:
    policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    return policy.fields["permittedUsersPolicyType"] == "AdminApprovedPreAuthorized"


def test_a_failed_assignment_removes_the_new_app_too(work) -> None:
    prepared = work.prepare(APP)
    work.org.set_faults({"operation": "rest:create", "kind": "unable_to_lock_row", "after": 2})
    with pytest.raises(ApplyFailed, match="The org is as before") as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert "Taken away again: app Robot" not in raised.value.message  # the newest goes first
    assert "app Robot" in raised.value.message
    assert not work.org.readable().find_app("Robot").exists
    assert assignees(work) == set()
    assert "Robots" not in work.org.readable().access.permission_set_names()


def test_a_refused_restriction_removes_the_grants_again(work) -> None:
    work.apply(OPEN)
    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck",
         "after": 1},
    )  # fmt: skip
    with pytest.raises(ApplyFailed, match="No luck") as raised:
        work.apply(APP)
    assert "The org is as before." in raised.value.message
    assert granted(work) == set()
    assert assignees(work) == set()
    assert not restricted(work)


def test_a_failure_after_the_restriction_removes_nothing(work) -> None:
    """Those who were granted the app need it now: it is restricted."""
    work.org.set_quirks("permission_lists=add")
    work.apply(APP.replace("[System Administrator]", "[System Administrator, Standard User]"))
    work.org.set_faults({"operation": "rest:delete", "kind": "unable_to_lock_row"})
    with pytest.raises(ApplyFailed, match="The deploy had succeeded") as raised:
        work.apply(APP.replace("[System Administrator]", "[Standard User]"))
    assert "withdrawing the app" in raised.value.message
    assert "as before" not in raised.value.message
    assert "Apply again: what is done is not done twice." in raised.value.next_step
    assert granted(work) == {"System Administrator", "Standard User", "Robots"}
    work.apply(APP.replace("[System Administrator]", "[Standard User]"))


def test_a_poll_that_drops_is_asked_again(work) -> None:
    work.org.set_faults({"operation": "rest:deployStatus", "kind": "drop_before", "times": 3})
    work.apply(OPEN)
    assert work.plan(OPEN).is_empty


def test_a_read_back_that_fails_says_that_the_deploy_succeeded(work) -> None:
    prepared = work.prepare(OPEN)
    work.org.set_faults({"operation": "soap:readMetadata", "kind": "503", "after": 1, "times": 0})
    with pytest.raises(ApplyFailed, match="the deploy succeeded, and the app could not be read"):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    work.org.set_faults()
    assert work.org.readable().find_app("Robot").exists


def test_an_interruption_of_a_running_deploy_cancels_it_first(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)
    work.org.set_quirks("deploy_polls=50")
    org = work.org.writable()
    interrupt_sleeps(work, after=60)
    with pytest.raises(ApplyFailed, match="interrupted") as raised:
        apply_plan(prepared, org, work.messages.append)
    assert "The org is as before." in raised.value.message
    assert not restricted(work)
    assert granted(work) == set()


def test_an_interruption_of_a_deploy_that_still_succeeds_undoes_nothing(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)
    work.org.set_quirks("deploy_polls=2")
    work.org.set_faults({"operation": "rest:cancelDeploy", "kind": "unable_to_lock_row"})
    interrupt_sleeps(work, after=3)  # the validation takes two
    with pytest.raises(ApplyFailed, match="The deploy had succeeded") as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert "This run added, and left:" in raised.value.message
    assert restricted(work)
    assert granted(work) == {"System Administrator", "Robots"}


def interrupt_sleeps(work, after: int) -> None:
    """Press Ctrl-C once, in the sleep after so many others."""
    clock, sleep, count = work.org.clock, type(work.org.clock).sleep, 0

    def pressed(seconds: float) -> None:
        nonlocal count
        count += 1
        if count == after:
            raise KeyboardInterrupt
        sleep(clock, seconds)

    clock.sleep = pressed


def test_a_cancellation_that_comes_too_late_is_no_failure(work) -> None:
    """The deploy ends between the last look and the cancelling, which the org then refuses."""
    work.apply(OPEN)
    prepared = work.prepare(APP)
    work.org.set_quirks("deploy_polls=12")
    work.org.set_faults(
        {"operation": "rest:cancelDeploy", "kind": "unable_to_lock_row", "times": 0}
    )
    org = work.org.writable()
    org.deployer.wait = 1
    applied = apply_plan(prepared, org, work.messages.append)
    assert applied.consumer_key
    assert restricted(work)


def test_a_deploy_that_is_stuck_is_cancelled(work) -> None:
    prepared = work.prepare(OPEN)
    work.org.set_faults({"operation": "rest:deployRequest", "kind": "stuck"})
    with pytest.raises(ApplyFailed, match="Canceled"):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert not work.org.readable().find_app("Robot").exists


def test_a_validation_that_is_stuck_is_not_called_a_deploy(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)
    work.org.set_faults({"operation": "rest:deployRequest", "kind": "stuck"})
    with pytest.raises(ApplyFailed, match="the org did not validate it within") as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert "nothing of it was written" in raised.value.message


def test_an_app_that_changed_since_the_plan_is_refused_and_keeps_the_change(work) -> None:
    work.apply(APP)
    prepared = work.prepare(APP.replace("15 minutes", "10 minutes"))
    policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    theirs = {**policy.fields, "startUrl": "https://colleague.example"}
    work.org.deploy(Component(policy.type, policy.full_name, theirs))
    with pytest.raises(GateRefused, match="Policies was changed in the org since"):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    kept = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    assert kept.fields["startUrl"] == "https://colleague.example"


def test_an_app_that_somebody_created_meanwhile_is_not_taken_over(work) -> None:
    prepared = work.prepare(APP)
    work.apply(OPEN)
    with pytest.raises(GateRefused, match="ExternalClientApplication was created in the org"):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert work.plan(OPEN).is_empty


@pytest.mark.parametrize("kind", ["html_error", "truncated", "request_limit_exceeded"])
def test_a_failure_before_any_write_is_raised_unchanged(work, kind) -> None:
    work.org.set_faults({"operation": "soap:readMetadata", "kind": kind, "times": 0})
    with pytest.raises((OrgUnreachable, Exception)) as raised:
        work.prepare(APP)
    assert raised.value.next_step
    assert raised.value.exit_code == 3


def test_a_busy_org_is_asked_again(work) -> None:
    work.org.set_faults(
        {"operation": "rest:query", "kind": "503", "times": 2},
        {"operation": "soap:readMetadata", "kind": "drop_before", "times": 2},
    )
    assert work.plan(APP).creates_app
