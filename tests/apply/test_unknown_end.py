"""Writes of unknown end: every kind of lost answer at every write of an apply.

What the org did is found and used; what it did not do is undone as a whole; and nobody who could
use the app before, and may use it after, is ever locked out.
"""

import pytest

from provision.apply.run import apply_plan
from provision.errors import ApplyFailed, OrgUnreachable, WriteUnknown
from provision.org.written import Outcome
from tests.apply.test_failures import restricted
from tests.apply.test_run import APP, OPEN, assignees, granted
from tests.network import interrupted_after, interrupted_before, meddling

pytestmark = pytest.mark.slow

RESTRICTING = APP.replace(
    "profiles: [System Administrator]",
    "profiles: [System Administrator, "
    "{name: Robot Runners, create: true, clone_of: Standard User}]",
)
ALL = {"System Administrator", "Robot Runners", "Robots"}

# In the order in which they are sent: which of the creations it is, or the deploy after validation.
WRITES = {
    "profile": ("rest:create", 0),
    "permission set": ("rest:create", 1),
    "assignment": ("rest:create", 2),
    "second assignment": ("rest:create", 3),
    "grant": ("rest:create", 4),
    "second grant": ("rest:create", 5),
    "last grant": ("rest:create", 6),
    "deploy": ("rest:deployRequest", 1),
}
DONE = [
    "drop_after",
    "error_after",
    "html_error_after",
    "503_after",
    "garbled",
    "empty",
    "truncated",
]
NOT_DONE = ["drop_before", "error_before", "html_error", "503"]
INTERRUPTIONS = {"before": interrupted_before, "after": interrupted_after}


def all_there(work) -> bool:
    return (
        restricted(work)
        and granted(work) == ALL
        and assignees(work) == {"admin@localorg.example", "ci@localorg.example"}
        and work.plan(RESTRICTING).is_empty
    )


def as_before(work) -> bool:
    access = work.org.readable().access
    return (
        not restricted(work)
        and granted(work) == set()
        and "Robots" not in access.permission_set_names()
        and "Robot Runners" not in access.profile_names()
    )


@pytest.mark.parametrize("kind", DONE)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_the_org_made_is_found_and_the_run_continues(work, write, kind) -> None:
    work.apply(OPEN)
    operation, after = WRITES[write]
    prepared = work.prepare(RESTRICTING)
    work.org.set_faults({"operation": operation, "kind": kind, "after": after})
    applied = apply_plan(prepared, work.org.writable(), work.messages.append)
    assert applied.consumer_key
    assert all_there(work)


@pytest.mark.parametrize("kind", NOT_DONE)
@pytest.mark.parametrize("write", WRITES)
def test_everything_is_undone_if_the_org_did_not_make_a_write(work, write, kind) -> None:
    work.apply(OPEN)
    operation, after = WRITES[write]
    prepared = work.prepare(RESTRICTING)
    work.org.set_faults({"operation": operation, "kind": kind, "after": after})
    with pytest.raises((ApplyFailed, OrgUnreachable), match=r"failed: .* did not do it") as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    first = write == "profile"  # nothing was written before it
    assert raised.value.exit_code == (3 if first else 5)
    assert ("The org is as before." in raised.value.message) is not first
    assert as_before(work)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
@pytest.mark.parametrize("write", [write for write in WRITES if write != "deploy"])
def test_until_it_is_known_nothing_is_undone(work, write, kind) -> None:
    """The org does not answer the question what became of a record that it was to create."""
    work.apply(OPEN)
    prepared = work.prepare(RESTRICTING)
    operation, after = WRITES[write]
    kept: list[tuple[str, Outcome]] = []

    def deaf(what: str, outcome: Outcome) -> None:
        kept.append((what, outcome))
        intended = [each for _, each in kept if each is Outcome.INTENDED]
        if outcome is Outcome.INTENDED and len(intended) == after + 1:
            work.org.set_faults(
                {"operation": operation, "kind": kind},
                {"operation": "rest:query", "kind": "503", "times": 0},
            )

    with pytest.raises(WriteUnknown, match="it is not known whether the org did it") as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append, deaf)
    work.org.set_faults()
    assert kept[-1][1] is Outcome.UNKNOWN
    assert "as before" not in raised.value.message
    assert all(outcome is not Outcome.NOT_MADE for _, outcome in kept)
    made = [what for what, outcome in kept if outcome is Outcome.MADE]
    assert all(what in raised.value.message for what in made)
    assert not restricted(work)
    work.apply(RESTRICTING)
    assert all_there(work)


@pytest.mark.parametrize("write", [write for write in WRITES if write != "deploy"])
def test_an_org_that_stops_answering_after_a_creation_is_exit_5_and_names_it(work, write) -> None:
    work.apply(OPEN)
    prepared = work.prepare(RESTRICTING)
    made: list[str] = []

    def note(what: str, outcome: Outcome) -> None:
        if outcome is Outcome.MADE:
            made.append(what)
        if len(made) == WRITES[write][1] + 1:
            work.org.set_faults(
                {"operation": "rest:*", "kind": "503", "times": 0},
                {"operation": "soap:*", "kind": "503", "times": 0},
            )

    with pytest.raises((ApplyFailed, WriteUnknown)) as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append, note)
    work.org.set_faults()
    assert raised.value.exit_code == 5
    assert all(what in raised.value.message for what in made)
    assert "as before" not in raised.value.message
    assert not restricted(work)
    work.apply(RESTRICTING)
    assert all_there(work)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_nothing_is_undone_if_the_org_does_not_list_its_deploys(work, kind) -> None:
    work.apply(OPEN)
    prepared = work.prepare(RESTRICTING)
    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": kind, "after": 1},
        {"operation": "rest:toolingQuery", "kind": "503", "times": 0},
    )
    with pytest.raises(WriteUnknown, match="the deploy of Robot") as raised:
        apply_plan(prepared, work.org.writable(), work.messages.append)
    work.org.set_faults()
    assert "This run added, and left: profile Robot Runners" in raised.value.message
    assert "as before" not in raised.value.message
    assert raised.value.exit_code == 5
    assert granted(work) == ALL
    assert restricted(work) is (kind == "drop_after")
    work.apply(RESTRICTING)
    assert all_there(work)


@pytest.mark.parametrize("moment", INTERRUPTIONS)
@pytest.mark.parametrize("write", WRITES)
def test_the_outcome_of_a_write_that_ctrl_c_interrupted_is_found_out(work, write, moment) -> None:
    work.apply(OPEN)
    prepared = work.prepare(RESTRICTING)
    operation, after = WRITES[write]
    part = "/sobjects/" if operation == "rest:create" else "/metadata/deployRequest"
    act = INTERRUPTIONS[moment]
    with (
        pytest.raises(ApplyFailed, match=r"interrupted|the run ended after it") as raised,
        meddling("POST", part, act, nth=after + 1),
    ):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    if write == "deploy" and moment == "after":
        assert "The deploy had succeeded" in raised.value.message
        assert restricted(work)
        assert granted(work) == ALL
        return
    found = write != "deploy" and moment == "after"  # what may be another run's is left
    assert ("perhaps made by another run" in raised.value.message) is found
    assert not restricted(work)
    if not found:
        assert as_before(work)
    work.apply(RESTRICTING)
    assert all_there(work)


@pytest.mark.parametrize("kind", [*DONE, *NOT_DONE])
def test_a_removal_whose_answer_is_lost_is_repeated(work, kind) -> None:
    work.org.set_quirks("permission_lists=add")
    work.apply(APP.replace("[System Administrator]", "[System Administrator, Standard User]"))
    work.org.set_faults({"operation": "rest:delete", "kind": kind})
    work.apply(APP.replace("[System Administrator]", "[Standard User]"))
    assert granted(work) == {"Standard User", "Robots"}


def test_a_removal_whose_outcome_stays_unknown_is_reported(work) -> None:
    work.org.set_quirks("permission_lists=add")
    work.apply(APP.replace("[System Administrator]", "[System Administrator, Standard User]"))
    work.org.set_faults({"operation": "rest:delete", "kind": "503", "times": 0})
    with pytest.raises(WriteUnknown, match="removal of the grant of Robot to System Admin"):
        work.apply(APP.replace("[System Administrator]", "[Standard User]"))


@pytest.mark.parametrize("kind", DONE)
@pytest.mark.parametrize("write", ["permission set", "app", "assignment"])
def test_a_new_app_is_made_once_whatever_answer_is_lost(work, write, kind) -> None:
    operation = {"app": "rest:deployRequest"}.get(write, "rest:create")
    prepared = work.prepare(APP)
    after = 1 if write == "assignment" else 0
    work.org.set_faults({"operation": operation, "kind": kind, "after": after})
    applied = apply_plan(prepared, work.org.writable(), work.messages.append)
    assert applied.consumer_key
    assert work.plan(APP).is_empty


def test_each_write_is_noted_before_it_is_sent_and_after(work) -> None:
    work.apply(OPEN)
    kept: list[tuple[str, Outcome, int]] = []

    with work.org.noting():
        before = len(work.org.local.requests)

        def note(what: str, outcome: Outcome) -> None:
            writes = sum(1 for each in list(work.org.local.requests)[before:] if each.write)
            kept.append((what, outcome, writes))

        apply_plan(work.prepare(RESTRICTING), work.org.writable(), work.messages.append, note)
    outcomes = [(what, outcome) for what, outcome, _ in kept]
    whats = [what for what, outcome in outcomes if outcome is Outcome.INTENDED]
    assert len(whats) == len(WRITES)
    assert outcomes == [(what, o) for what in whats for o in (Outcome.INTENDED, Outcome.MADE)]
    assert [writes for _, _, writes in kept] == [n + d for n in range(len(WRITES)) for d in (0, 1)]
