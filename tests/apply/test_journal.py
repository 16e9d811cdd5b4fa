"""The journal: what it tells of each write, and what it undoes."""

from provision.apply.journal import Journal, LeftAsItIs, Undone
from provision.org.written import Outcome


def noting() -> tuple[Journal, list[tuple[str, Outcome]]]:
    """A journal, and what it notes."""
    noted: list[tuple[str, Outcome]] = []
    return Journal(lambda what, outcome: noted.append((what, outcome))), noted


def refuses() -> None:
    raise LeftAsItIs("somebody else changed it")


def interrupts() -> None:
    raise KeyboardInterrupt


def breaks() -> None:
    raise ValueError("a bug")


def test_undo_begins_with_the_newest_and_continues_after_a_failure() -> None:
    journal, noted = noting()
    for what, take_away in {
        "app A": lambda: None,
        "set S": refuses,
        "set T": interrupts,
        "set U": breaks,
        "grant G": lambda: None,
    }.items():
        journal.intend(what).made(take_away)
    noted.clear()
    assert journal.undo() == Undone(
        taken_away=("grant G", "app A"),
        remains=(
            "set U (ValueError: a bug)",
            "set T (interrupted)",
            "set S (somebody else changed it)",
        ),
    )
    assert noted == [("grant G", Outcome.NOT_MADE), ("app A", Outcome.NOT_MADE)]
    assert journal.undo() == Undone()


def test_only_what_this_run_surely_made_is_removed() -> None:
    journal, _ = noting()
    gone: list[str] = []
    journal.intend("app A").became(Outcome.FOUND)
    journal.intend("set S").became(Outcome.THERE_ALREADY)
    journal.intend("change C", adds=False).made()
    entry = journal.intend("set T")
    entry.made(lambda: gone.append("set T"))
    entry.became(Outcome.NOT_MADE)
    assert journal.undo() == Undone(remains=("app A (perhaps made by another run)",))
    assert gone == []


def test_a_removal_is_listed_as_removed_and_never_as_added() -> None:
    journal, noted = noting()
    entry = journal.intend_removal("grant of the app to profile P")
    assert journal.unknown == ("the removal of the grant of the app to profile P",)
    assert journal.removed == ()
    entry.made()
    assert journal.removed == ("grant of the app to profile P",)
    assert journal.added == ()
    assert [outcome for _, outcome in noted] == [Outcome.INTENDED, Outcome.MADE]


def test_a_seal_counts_as_written() -> None:
    journal, _ = noting()
    journal.intend("set S").became(Outcome.THERE_ALREADY)
    assert not journal.written
    journal.seal()
    assert journal.written
