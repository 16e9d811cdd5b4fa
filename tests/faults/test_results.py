"""Results are kept and continued, and say when a sweep is whole; samples are the same each time."""

import dataclasses
from pathlib import Path

import pytest

from tests.faults.bench import Case
from tests.faults.door import Position
from tests.faults.kinds import KINDS
from tests.faults.results import Line, Results, Tally
from tests.faults.sweep import sampled

GOOD = Line(
    kind="refused",
    position="POST deploy #1",
    met=True,
    code=3,
    untruths=(),
    converged=True,
    seconds=0.5,
    said="much",
)
UNTRUE = dataclasses.replace(GOOD, untruths=("it is not so",))
STUCK = dataclasses.replace(GOOD, converged=False)
CASES = [Case(kind, Position(f"GET {n}", 1)) for kind in KINDS for n in range(20)]


def test_lines_of_all_shards_come_back(tmp_path: Path) -> None:
    results = Results(tmp_path / "kept")
    results.add("apply-new", 0, UNTRUE)
    results.add("apply-new", 1, STUCK)
    results.add("apply-newer", 0, UNTRUE)
    assert list(results.lines("apply-new")) == [UNTRUE, STUCK]


def test_what_was_said_is_kept_only_of_runs_in_which_something_was_found(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.add("apply-new", 0, GOOD)
    assert [line.said for line in results.lines("apply-new")] == [""]


def test_a_scenario_is_whole_once_all_its_shards_are(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.complete("rollback", 0, 2)
    assert not results.is_complete("rollback")
    results.complete("rollback", 0, 2)
    assert not results.is_complete("rollback")
    results.complete("rollback-new", 1, 2)
    assert not results.is_complete("rollback")
    results.complete("rollback", 1, 2)
    assert results.is_complete("rollback")


def test_a_tally_counts_untruths_and_reruns_that_do_not_converge() -> None:
    tally = Tally()
    for line in (GOOD, UNTRUE, STUCK):
        tally.count(line)
    assert tally == Tally(runs=3, untrue=1, stuck=1)
    assert [line.is_found for line in (GOOD, UNTRUE, STUCK)] == [False, True, True]


@pytest.mark.parametrize("count", [1, 50, len(CASES)])
def test_a_sample_is_the_same_for_the_same_seed(count: int) -> None:
    assert sampled(CASES, "a", count) == sampled(CASES, "a", count)
    assert len(set(map(id, sampled(CASES, "a", count)))) == count


def test_a_sample_has_each_fault_as_often_as_the_others() -> None:
    counts = [
        sum(case.kind is kind for case in sampled(CASES, "a", 2 * len(KINDS))) for kind in KINDS
    ]
    assert set(counts) == {2}
