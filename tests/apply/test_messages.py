"""Messages of a run that fails: what it left, what it removed again, and the next step."""

from contextlib import ExitStack

import pytest

from provision.apply.freshness import RecordLearned, check_known
from provision.apply.run import apply_plan
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.catalogue.component import Component
from provision.errors import ApplyFailed, OrgRefused
from provision.plan.facts import ActualApp
from tests.apply.test_run import APP, OPEN
from tests.network import answered, interrupted_before, meddling

LOCKED = {"operation": "rest:create", "kind": "unable_to_lock_row", "times": 0}
REFUSED = {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck"}
AGAIN = "Apply again: what is done is not done twice."
ASSIGNMENT = "/sobjects/PermissionSetAssignment"


def failed(work, prepared) -> ApplyFailed:
    with pytest.raises(ApplyFailed) as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    return raised.value


def restricts_meanwhile(work):
    """Somebody who restricts the app to the permission set that this run just made."""

    def act(request):
        policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
        theirs = {
            **policy.fields,
            "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
            "commaSeparatedPermissionSet": "Robots",
        }
        work.org.deploy(Component(policy.type, policy.full_name, theirs))
        work.org.set_faults(LOCKED)
        return request.deliver()

    return act


def test_what_was_removed_again_is_listed_after_the_reason(work) -> None:
    work.apply(OPEN)
    work.org.set_faults({**REFUSED, "after": 1})
    error = failed(work, work.prepare(APP))
    first, *_, taken, last = error.message.splitlines()
    assert first == "the org refused to deploy it:"
    assert taken.startswith("Taken away again: ")
    assert taken.endswith("permission set Robots.")
    assert taken.count(", ") == 4  # two grants, two assignments, the permission set
    assert last == "The org is as before."
    assert error.next_step == ("Change what the message names, and apply again.")


def test_what_remains_comes_first(work) -> None:
    work.apply(OPEN)
    work.org.set_faults(
        {**REFUSED, "after": 1},
        {"operation": "rest:delete", "kind": "unable_to_lock_row", "times": 0},
    )
    error = failed(work, work.prepare(APP))
    first, *rest = error.message.splitlines()
    assert first.startswith("Remains in the org: ")
    assert first.count("; ") == 4
    assert "No luck" in error.message
    assert "The org is as before." not in rest


def test_nothing_is_removed_if_somebody_restricted_the_app_meanwhile(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)
    with meddling("POST", ASSIGNMENT, restricts_meanwhile(work)):
        error = failed(work, prepared)
    left, kept, reason = error.message.splitlines()
    assert left == "This run added, and left: permission set Robots."
    assert kept == (
        "It is not taken away: somebody restricted the app since the plan was made, and may rely "
        "on it."
    )
    assert "UNABLE_TO_LOCK_ROW" in reason
    assert error.next_step.endswith("Run `provision diff`. " + AGAIN)
    assert error.next_step == error.next_step.strip()
    assert "Robots" in work.org.readable().access.permission_set_names()


def test_nothing_is_removed_if_the_check_for_others_is_interrupted(work) -> None:
    prepared = work.prepare(APP)

    def then_interrupted(request):
        work.org.set_faults(LOCKED)
        stack.enter_context(meddling("GET", "/query", interrupted_before))
        return request.deliver()

    with ExitStack() as stack:
        stack.enter_context(meddling("POST", ASSIGNMENT, then_interrupted))
        error = failed(work, prepared)
    assert (
        "It is not taken away: others may rely on it, and the check for that was interrupted."
        in error.message
    )
    assert work.org.readable().find_app("Robot").exists


def test_the_error_names_a_learned_record_and_the_next_step() -> None:
    learned = RecordLearned(
        "A", [Component(OAUTH_SETTINGS, "x", {}), Component(GLOBAL_OAUTH_SETTINGS, "y", {})]
    )
    assert learned.message == (
        "stale gate: A has ExtlClntAppOauthSettings x, ExtlClntAppGlobalOauthSettings y in the "
        "org, which no read had shown, and which the plan does not know"
    )
    assert learned.next_step == (
        "Run `provision apply` with the spec and this org alone: it reads what is there, and plans "
        "again."
    )
    assert learned.notice.endswith(" y are there already; planning again")


def test_a_record_that_the_next_read_does_not_show_either_ends_the_run() -> None:
    record = Component(OAUTH_SETTINGS, "x", {})
    learned = RecordLearned("A", [record])
    check_known(ActualApp("A", {record.type.name: record}), learned)
    with pytest.raises(RecordLearned) as raised:
        check_known(ActualApp("A", {}), learned)
    assert raised.value is learned


def test_a_refusal_before_the_first_write_says_that_nothing_was_written(work) -> None:
    work.apply(OPEN)
    work.org.set_faults(REFUSED)
    error = failed(work, work.prepare(APP))
    assert error.message.endswith("\nNothing was written.")
    assert error.next_step == "Change what the message names, and apply again."


def test_a_refused_read_before_the_first_write_is_raised_unchanged(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)
    refusal = answered(400, [{"errorCode": "INVALID_TYPE", "message": "no such object"}])
    with (
        meddling("GET", "FROM+ExternalClientApplication", refusal),
        pytest.raises(OrgRefused) as raised,
    ):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert not isinstance(raised.value, ApplyFailed)
    assert "Nothing was written" not in raised.value.message
