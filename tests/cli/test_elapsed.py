"""Elapsed: no wait is silent, and nothing is shown where there is no wait."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from provision.cli.elapsed import Elapsed

WIPE = "\r\x1b[K"


@dataclass
class Seconds:
    """A clock that stands until it is moved."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Watched:
    """An Elapsed, its clock, and what it wrote."""

    is_terminal: bool
    written: list[str] = field(default_factory=list)
    clock: Seconds = field(default_factory=Seconds)
    elapsed: Elapsed = field(init=False)

    def __post_init__(self) -> None:
        self.elapsed = Elapsed(self.clock, self.written.append, is_terminal=self.is_terminal)

    def wait(self, seconds: float) -> list[str]:
        """What is shown of a wait, ticked four times a second."""
        before = len(self.written)
        for _ in range(int(seconds * 4)):
            self.clock.sleep(0.25)
            self.elapsed.tick()
        return self.written[before:]


@pytest.fixture(params=[True, False], ids=["terminal", "log"])
def watched(request: pytest.FixtureRequest) -> Watched:
    return Watched(request.param)


def test_a_terminal_counts_each_second_from_the_first() -> None:
    watched = Watched(is_terminal=True)
    watched.elapsed.begin()
    assert watched.wait(0.75) == []
    assert watched.wait(2.25) == [f"{WIPE}waiting: {n} s" for n in (1, 2, 3)]
    watched.elapsed.note_written()
    assert watched.written[-1] == WIPE  # before what is written next
    assert watched.wait(1) == [f"{WIPE}waiting: 1 s"]


def test_a_log_gets_fewer_lines_as_time_goes_by() -> None:
    watched = Watched(is_terminal=False)
    watched.elapsed.begin()
    watched.elapsed.note_written()  # what is waited for
    said = [2, 5, 15, 30, 60, 90]
    assert watched.wait(100) == [f"waiting: {n} s\n" for n in said]
    watched.elapsed.note_written()
    assert watched.wait(3) == ["waiting: 2 s\n"]


def test_a_log_gets_no_line_at_once_where_nothing_says_what_is_waited_for() -> None:
    watched = Watched(is_terminal=False)
    watched.elapsed.begin()
    assert watched.wait(6) == ["waiting: 5 s\n"]


def test_nothing_is_shown_before_it_is_wanted_and_after_its_end(watched) -> None:
    assert watched.wait(70) == []
    watched.elapsed.begin()
    watched.elapsed.note_written()
    assert watched.wait(2) != []
    watched.elapsed.end()
    assert watched.wait(70) == []


def test_what_is_written_often_enough_leaves_no_wait(watched) -> None:
    watched.elapsed.begin()
    for _ in range(20):
        watched.elapsed.note_written()
        assert watched.wait(0.75) == []
