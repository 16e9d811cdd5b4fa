"""Runs over many orgs, with an executor whose work ends when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from provision.errors import CannotError, ExitCode
from provision.fleet import scheduler
from provision.fleet.amount import amount_of
from provision.fleet.rollout import Rollout
from provision.fleet.scheduler import Ended, Scheduler
from provision.runs.rows import OrgRow

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OK, FAILED = ExitCode.OK, ExitCode.APPLY_FAILED


def row(org: str, code: ExitCode = OK, summary: str = "") -> OrgRow:
    return OrgRow(org, code, 0.0, 0, summary, NOW, NOW, {})


@dataclass
class Scripted:
    """Real futures. Work ends when as much is under way as can be, the oldest first.

    ``most`` is how much can be; ``codes`` are the ends that are not OK, or what is raised instead.
    """

    most: int
    codes: dict[str, ExitCode | Exception] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    under_way: dict[str, Future[OrgRow]] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)

    def submit(self, org: str) -> Future[OrgRow]:
        self.begun.append(org)
        future: Future[OrgRow] = Future()
        self.under_way[org] = future
        self.counts.append(len(self.under_way))
        if len(self.under_way) >= self.most:
            self.end(next(iter(self.under_way)))
        return future

    def end(self, org: str) -> None:
        future = self.under_way.pop(org)
        code = self.codes.get(org, OK)
        if isinstance(code, Exception):
            future.set_exception(code)
        else:
            future.set_result(row(org, code))

    def end_all(self) -> None:
        for org in list(self.under_way):
            self.end(org)


@dataclass
class Foot:
    """A stop. ``at`` is what happens at which look whether it is pulled, counted from 1."""

    pulled: bool = False
    paused: bool = False
    at: dict[int, Callable[[Foot], None]] = field(default_factory=dict)
    looks: int = 0

    def is_stopped(self) -> bool:
        self.looks += 1
        if self.looks in self.at:
            self.at[self.looks](self)
        return self.pulled

    def is_paused(self) -> bool:
        return self.paused


@dataclass
class Run:
    """One run over orgs, one after the other unless said otherwise."""

    rollout: Rollout
    executor: Scripted
    stop: Foot = field(default_factory=Foot)
    rows: list[OrgRow] = field(default_factory=list)
    on_row: Callable[[OrgRow], None] = lambda _: None

    def over(self, orgs: Sequence[str]) -> Ended:
        def told(each: OrgRow) -> None:
            self.rows.append(each)
            self.on_row(each)

        def lost(org: str, error: Exception) -> OrgRow:
            return row(org, ExitCode.BUG, str(error))

        return Scheduler(self.rollout, self.executor, self.stop, told, lost).run(orgs)

    @property
    def done(self) -> list[str]:
        return [each.org for each in self.rows]


def run(
    waves: Sequence[str] = (),
    stop_after: str = "",
    concurrency: int = 1,
    **codes: ExitCode | Exception,
) -> Run:
    stop = amount_of(stop_after) if stop_after else None
    rollout = Rollout(concurrency, tuple(map(amount_of, waves)), stop)
    return Run(rollout, Scripted(concurrency, codes))


def test_all_orgs_once_and_in_order() -> None:
    one = run()
    assert one.over("abcd") == Ended()
    assert one.done == list("abcd")
    assert one.executor.begun == list("abcd")


def test_no_org_is_no_run() -> None:
    assert run(waves=["1"]).over([]) == Ended()


def test_as_many_at_once_as_the_course_says_and_no_more() -> None:
    one = run(concurrency=3)
    one.on_row = lambda _: one.executor.end_all() if len(one.executor.begun) == 10 else None
    assert one.over("abcdefghij") == Ended()
    assert sorted(one.done) == list("abcdefghij")
    assert max(one.executor.counts) == 3


def test_a_wave_ends_before_the_next_begins() -> None:
    one = run(waves=["3"], concurrency=2)
    at_start_of_d: list[list[str]] = []
    submit = one.executor.submit

    def watched(org: str) -> Future[OrgRow]:
        if org == "d":
            at_start_of_d.append(one.done.copy())
        future = submit(org)
        if org in "ce":  # the last of its wave
            one.executor.end_all()
        return future

    one.executor.submit = watched  # type: ignore[method-assign]
    assert one.over("abcde") == Ended()
    assert [sorted(done) for done in at_start_of_d] == [["a", "b", "c"]]


def test_a_failure_ends_the_run_with_its_wave() -> None:
    one = run(waves=["2"], a=FAILED)
    assert one.over("abcd") == Ended("1 of 2 orgs of wave 1 failed")
    assert one.done == ["a", "b"]


def test_a_failure_in_a_wave_of_one() -> None:
    assert run(waves=["1"], a=FAILED).over("ab") == Ended("1 of 1 org of wave 1 failed")


def test_a_failure_in_the_last_wave_ends_nothing() -> None:
    one = run(waves=["1"], b=FAILED)
    assert one.over("abc") == Ended()
    assert one.done == ["a", "b", "c"]


def test_differences_found_end_nothing() -> None:
    assert run(waves=["1"], a=ExitCode.FOUND).over("ab") == Ended()


@pytest.mark.parametrize(
    ("stop_after", "done", "ended"),
    [
        ("1", "a", Ended("1 org failed")),
        ("2", "abc", Ended("2 orgs failed")),
        ("3", "abcdefgh", Ended()),
        ("10%", "a", Ended("1 org failed")),
        ("25%", "abc", Ended("2 orgs failed")),
    ],
)
def test_so_many_failures_end_the_run_wherever_they_are(stop_after, done, ended) -> None:
    one = run(waves=["1"], stop_after=stop_after, a=FAILED, c=FAILED)
    assert one.over("abcdefgh") == ended
    assert one.done == list(done)


def test_that_it_stopped_is_said_though_work_was_under_way_when_it_did() -> None:
    """One org fails while others are under way, in the last wave: those behind are not begun."""
    one = run(stop_after="1", concurrency=3, a=FAILED)
    one.on_row = lambda _: (
        one.executor.under_way and one.executor.end(next(iter(one.executor.under_way)))
    )
    assert one.over("abcdefgh") == Ended("1 org failed")
    assert one.done == ["a", "b", "c"]


def test_a_stopped_brake_finishes_what_is_under_way() -> None:
    one = run(waves=["4"], concurrency=3)

    def pull(_: OrgRow) -> None:
        one.stop.pulled = True
        if one.executor.under_way:
            one.executor.end(next(iter(one.executor.under_way)))

    one.on_row = pull
    assert one.over("abcdefgh") == Ended("interrupted")
    assert one.executor.begun == one.done == ["a", "b", "c"]


def test_a_brake_stopped_before_the_start_begins_nothing() -> None:
    one = run()
    one.stop.pulled = True
    assert one.over("ab") == Ended("interrupted")
    assert one.executor.begun == []


def test_a_brake_stopped_when_nothing_is_left_to_begin_interrupts_nothing() -> None:
    one = run()
    one.on_row = lambda each: setattr(one.stop, "pulled", each.org == "b")
    assert one.over("ab") == Ended()


def test_a_pause_begins_nothing_until_it_ends(monkeypatch) -> None:
    monkeypatch.setattr(scheduler, "_LOOK_SECONDS", 0.001)
    one = run()
    begun: list[list[str]] = []

    def go_on(stop: Foot) -> None:
        begun.append(one.executor.begun.copy())
        stop.paused = False

    one.on_row = lambda _: setattr(one.stop, "paused", True)
    one.stop.at = {5: go_on, 9: go_on}
    assert one.over("abc") == Ended()
    assert begun == [["a"], ["a", "b"]]
    assert one.done == ["a", "b", "c"]


def test_a_pause_can_end_by_stopping(monkeypatch) -> None:
    monkeypatch.setattr(scheduler, "_LOOK_SECONDS", 0.001)
    one = run()
    one.stop.paused = True
    one.stop.at = {3: lambda stop: setattr(stop, "pulled", True)}
    assert one.over("abc") == Ended("interrupted")
    assert one.rows == []


def test_work_that_ends_without_a_row_is_a_row() -> None:
    one = run(b=RuntimeError("its process died"))
    assert one.over("abc") == Ended()
    assert [(each.org, each.exit_code, each.summary) for each in one.rows] == [
        ("a", OK, ""),
        ("b", ExitCode.BUG, "its process died"),
        ("c", OK, ""),
    ]


def test_work_without_a_row_is_a_failure() -> None:
    assert run(waves=["1"], a=OSError("gone")).over("ab").reason == "1 of 1 org of wave 1 failed"


def test_work_that_cannot_even_be_begun_is_a_row() -> None:
    one = run()

    def refuse(org: str) -> Future[OrgRow]:
        raise RuntimeError(f"no more work for {org}")

    one.executor.submit = refuse  # type: ignore[method-assign]
    assert one.over("ab") == Ended()
    assert [each.summary for each in one.rows] == ["no more work for a", "no more work for b"]


def test_a_second_interruption_waits_no_longer() -> None:
    one = run(concurrency=3)
    kept: list[str] = []

    def interrupted(each: OrgRow) -> None:
        if len(one.rows) == 1:
            raise KeyboardInterrupt
        kept.append(each.org)

    one.on_row = interrupted
    assert one.over("abcdef") == Ended("interrupted twice", ("b", "c"))
    assert kept == ["a"]  # it came while that was being kept


def test_a_second_interruption_loses_nothing_that_is_over() -> None:
    one = run(concurrency=3)

    def interrupted(each: OrgRow) -> None:
        if len(one.rows) == 1:
            one.executor.end("b")
            raise KeyboardInterrupt

    one.on_row = interrupted
    ended = one.over("abcdef")
    assert ended == Ended("interrupted twice", ("c",))
    assert set(one.done) == {"a", "b"}


@pytest.mark.parametrize("waves", [["1"], []])
def test_a_row_that_cannot_be_kept_ends_the_run_once_all_is_over(waves) -> None:
    """A disk that is full: whatever is under way must not be left, least of all half-way."""
    one = run(waves=waves, concurrency=3)

    def full(each: OrgRow) -> None:
        for org in list(one.executor.under_way):
            one.executor.end(org)
        if each.org == "a":
            raise CannotError("no space left")

    one.on_row = full
    if waves:
        one.executor.most = 1
    assert one.over("abcdef") == Ended("no space left")
    assert one.executor.under_way == {}
    assert one.done == one.executor.begun == (["a"] if waves else ["a", "b", "c"])


def test_the_last_row_cannot_be_kept() -> None:
    one = run()

    def full(each: OrgRow) -> None:
        if each.org == "b":
            raise CannotError("no space left")

    one.on_row = full
    assert one.over("ab") == Ended("no space left")
