"""Two runs that create one app at the same moment: there is one app in the end."""

from contextlib import nullcontext

import pytest

from provision.apply.destroy import destroy_app, prepare_removal
from provision.apply.prepare import Prepared
from provision.apply.run import Applied, apply_plan
from provision.errors import ApplyFailed
from tests.apply.test_run import APP, assignees
from tests.network import Request, meddling

DEPLOY = "/metadata/deployRequest"
ASSIGNMENT = "/sobjects/PermissionSetAssignment"
LOCKED = {"operation": "rest:create", "kind": "unable_to_lock_row", "times": 0}


@pytest.fixture
def two(work) -> tuple[Prepared, Prepared]:
    """Two plans that were made before either was applied."""
    plans = work.prepare(APP), work.prepare(APP)
    assert all(each.plan.creates_app for each in plans)
    return plans


def applied(work, prepared: Prepared) -> Applied:
    """A run on a machine of its own: it waits for no other run's deploy."""
    org = work.org.writable()
    org.deployer.lock = nullcontext()
    return apply_plan(prepared, org, work.messages.append)


def test_two_runs_end_with_one_app(work, two) -> None:
    """The other run does all of its own while this one sends its deploy."""
    mine, other = two
    keys = []

    def meanwhile(request: Request):
        keys.append(applied(work, other).consumer_key)
        return request.deliver()

    with meddling("POST", DEPLOY, meanwhile):
        keys.append(applied(work, mine).consumer_key)
    assert len(set(keys)) == 1
    assert work.plan(APP).is_empty


def test_a_run_that_changed_the_others_app_never_deletes_it(work, two) -> None:
    mine, other = two

    def meanwhile(request: Request):
        applied(work, other)
        work.org.set_faults(LOCKED)
        return request.deliver()

    with (
        meddling("POST", DEPLOY, meanwhile),
        pytest.raises(ApplyFailed, match="UNABLE_TO_LOCK_ROW") as raised,
    ):
        applied(work, mine)
    assert "as before" not in raised.value.message
    assert "Taken away again" not in raised.value.message
    work.org.set_faults()
    assert work.plan(APP).is_empty


def test_a_run_leaves_its_new_app_if_somebody_deployed_since(work, two) -> None:
    mine, _ = two

    def meanwhile(request: Request):
        work.apply(APP.replace("15 minutes", "10 minutes"))
        work.org.set_faults(LOCKED)
        return request.deliver()

    with (
        meddling("POST", ASSIGNMENT, meanwhile),
        pytest.raises(ApplyFailed, match="It is not taken away: others may rely on it") as raised,
    ):
        applied(work, mine)
    assert "This run added, and left: permission set Robots, app Robot." in raised.value.message
    assert work.org.readable().find_app("Robot").exists
    assert assignees(work) == {"admin@localorg.example", "ci@localorg.example"}


def test_another_app_of_the_same_name_is_not_deleted(work, two) -> None:
    mine, _ = two

    def replaced(request: Request):
        org = work.org.writable()
        destroy_app(prepare_removal(mine.spec, org), org, work.messages.append)
        work.apply(APP)
        work.org.set_faults(LOCKED)
        return request.deliver()

    with (
        meddling("POST", ASSIGNMENT, replaced),
        pytest.raises(ApplyFailed, match="another app of this name by now"),
    ):
        applied(work, mine)
    work.org.set_faults()
    assert work.plan(APP).is_empty


def test_an_app_whose_deploy_was_found_after_a_lost_answer_is_not_deleted(work, two) -> None:
    """It may be the equal deploy of another run: an app is never deleted on a belief."""
    mine, _ = two
    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": "drop_after"}, {**LOCKED, "after": 1}
    )
    with pytest.raises(ApplyFailed, match="UNABLE_TO_LOCK_ROW") as raised:
        applied(work, mine)
    assert "app Robot (perhaps not by it)" in raised.value.message
    assert work.org.readable().find_app("Robot").exists
