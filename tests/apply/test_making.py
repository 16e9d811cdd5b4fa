"""Removals: a deletion is repeated after a lost answer, a limited number of times."""

import pytest

from provision.apply.journal import Journal
from provision.apply.making import Making
from provision.errors import WriteUnknown
from provision.plan.names import Wanted
from tests.apply.test_run import OPEN
from tests.network import interrupted_after, meddling

LOST = {"operation": "rest:delete", "kind": "drop_before"}
WHAT = "permission set Spare"


@pytest.fixture
def making(work) -> Making:
    org = work.org.writable()
    return Making(org.access_writer, Journal(), org.clock, 60)


@pytest.fixture
def spare(making) -> str:
    """The id of a permission set that nobody needs."""
    return making.writer.create_permission_set("Spare", "Spare").id


def is_there(making) -> bool:
    return (
        making.writer.find(Wanted(permission_sets=("Spare",))).permission_set("Spare") is not None
    )


def test_a_removal_tells_that_nobody_interrupted_it(making, spare) -> None:
    assert making.remove(WHAT, "PermissionSet", spare) is False
    assert not is_there(making)


def test_a_deletion_is_repeated_after_lost_answers(work, making, spare) -> None:
    work.org.set_faults({**LOST, "times": 2})
    before = work.org.clock.monotonic()
    assert making.remove(WHAT, "PermissionSet", spare) is False
    assert not is_there(making)
    assert work.org.clock.monotonic() - before == pytest.approx(3, abs=0.5)  # 1 s, then 2 s


def test_after_the_third_lost_answer_the_outcome_is_unknown(work, making, spare) -> None:
    work.org.set_faults({**LOST, "times": 3})
    with pytest.raises(WriteUnknown) as raised:
        making.remove(WHAT, "PermissionSet", spare)
    assert raised.value.what == f"the removal of {WHAT}"
    assert is_there(making)


def test_an_interruption_takes_effect_after_the_removal(making, spare) -> None:
    with meddling("DELETE", "/sobjects/PermissionSet", interrupted_after):
        assert making.remove(WHAT, "PermissionSet", spare) is True
    assert not is_there(making)


def test_an_interruption_is_remembered_after_a_lost_answer(work, making, spare) -> None:
    work.org.set_faults({**LOST, "after": 1})
    with meddling("DELETE", "/sobjects/PermissionSet", interrupted_after):
        assert making.remove(WHAT, "PermissionSet", spare) is True


def test_a_permission_set_that_somebody_uses_meanwhile_stays(work, making) -> None:
    made = making.record(
        WHAT,
        "PermissionSet",
        lambda: making.writer.create_permission_set("Spare", "Spare").id,
        lambda: "",
    )
    work.apply(OPEN)
    users = making.writer.find(Wanted(users=("ci@localorg.example",)))
    spare = making.writer.find(Wanted(permission_sets=("Spare",))).permission_set("Spare")
    assert spare is not None
    assert spare.id == made
    making.writer.assign(spare, users.users["ci@localorg.example"])
    making.writer.grant(spare.id, work.org.readable().app_id("Robot"))
    undone = making.journal.undo()
    assert undone.taken_away == ()
    [remains] = undone.remains
    assert remains == f"{WHAT} (somebody is assigned it, something is granted to it)"
    assert is_there(making)


def test_what_an_undoing_may_have_left_is_named(work, making) -> None:
    making.record(
        WHAT,
        "PermissionSet",
        lambda: making.writer.create_permission_set("Spare", "Spare").id,
        lambda: "",
    )
    work.org.set_faults({**LOST, "times": 3})
    [remains] = making.journal.undo().remains
    assert f"the removal of {WHAT}" in remains
