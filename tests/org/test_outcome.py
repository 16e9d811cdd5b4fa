"""Asking an org what became of a write: for how long, and what is known afterwards."""

from collections.abc import Callable, Iterator

import pytest

from provision.errors import CannotError, OrgRefused, OrgUnreachable, WriteUnknown
from provision.org.outcome import (
    MOST_REFUSALS,
    SETTLED,
    InterruptedBefore,
    find_out,
    not_made,
    settled,
)
from provision.org.write import INTERRUPTED

AWAY = OrgUnreachable("nobody answers")
REFUSED = OrgRefused("INVALID_TYPE: no such thing", code="INVALID_TYPE")
CLOSED = CannotError("the org's setting is closed")


class Clock:
    """Time that passes by sleeping alone. ``interrupt_at``: somebody presses Ctrl-C then."""

    def __init__(self, interrupt_at: float = 1e9) -> None:
        self.now = 0.0
        self.interrupt_at = interrupt_at

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self.interrupt_at:
            self.interrupt_at = 1e9
            raise KeyboardInterrupt


def lost(*, interrupted: bool = False) -> WriteUnknown:
    return WriteUnknown(
        "the creation of X", "no answer", interrupted=interrupted, next_step="Look."
    )


def answers(*said: str | BaseException) -> Callable[[], str]:
    """What the org says, one after the other; the last one again and again."""
    left: Iterator[str | BaseException] = iter(said)
    last = said[-1]

    def ask() -> str:
        now = next(left, last)
        if isinstance(now, BaseException):
            raise now
        return now

    return ask


@pytest.mark.parametrize(
    "said",
    [
        ["0PS1"],
        ["", "", "0PS1"],
        [AWAY, AWAY, "", "0PS1"],
        [ValueError("a bug"), "0PS1"],
        [*MOST_REFUSALS * [REFUSED], "0PS1"],
        [*MOST_REFUSALS * [REFUSED], "", *MOST_REFUSALS * [REFUSED], "0PS1"],
    ],
)
def test_a_write_that_the_org_shows_in_the_end_was_made(said) -> None:
    assert find_out(lost(), answers(*said), bool, Clock(), 600) == "0PS1"


@pytest.mark.parametrize("said", [[""], [AWAY, ""], [*7 * [AWAY], ""]])
def test_a_write_that_the_org_does_not_show_after_a_minute_was_not_made(said) -> None:
    clock = Clock()
    assert find_out(lost(), answers(*said), bool, clock, 600) == ""
    assert SETTLED <= clock.now < SETTLED + 10


@pytest.mark.parametrize("wait", [0, 5, SETTLED - 20])
def test_a_time_that_is_too_short_to_be_sure_leaves_it_unknown(wait) -> None:
    with pytest.raises(
        WriteUnknown, match=r"does not show it after .* \(--deploy-wait\)"
    ) as raised:
        find_out(lost(), answers(""), bool, Clock(), wait)
    assert raised.value.what == "the creation of X"
    assert raised.value.next_step == "Look."


@pytest.mark.parametrize("error", [AWAY, ValueError("a bug"), OrgUnreachable("HTTP 503")])
def test_an_org_that_does_not_answer_is_asked_until_the_time_is_over(error) -> None:
    clock = Clock()
    with pytest.raises(WriteUnknown, match="and the org does not tell"):
        find_out(lost(), answers(error), bool, clock, 300)
    assert 300 <= clock.now < 310


@pytest.mark.parametrize("error", [REFUSED, CLOSED])
def test_an_org_that_keeps_refusing_is_believed(error) -> None:
    clock = Clock()
    with pytest.raises(WriteUnknown, match="and the org does not tell"):
        find_out(lost(), answers(error), bool, clock, 600)
    assert clock.now < 30


@pytest.mark.parametrize("said", [[""], [AWAY], [KeyboardInterrupt()]])
def test_an_interruption_of_the_asking_leaves_it_unknown(said) -> None:
    with pytest.raises(WriteUnknown) as raised:
        find_out(lost(), answers(*said), bool, Clock(interrupt_at=10), 600)
    assert raised.value.interrupted


def test_that_the_write_was_interrupted_is_not_forgotten() -> None:
    with pytest.raises(WriteUnknown) as raised:
        find_out(lost(interrupted=True), answers(AWAY), bool, Clock(), 60)
    assert raised.value.interrupted


def test_a_write_that_was_answered_is_read_back_until_it_shows() -> None:
    assert settled(answers("", AWAY, "0PS1"), bool, Clock(), 600) == "0PS1"
    assert settled(answers(""), bool, Clock(), 600) == ""
    with pytest.raises(OrgUnreachable):
        settled(answers(AWAY), bool, Clock(), 600)


def test_a_write_that_was_not_made_fails_with_its_reason() -> None:
    error = not_made(lost())
    assert isinstance(error, OrgUnreachable)
    assert "the creation of X failed: no answer" in error.message
    assert "did not do it" in error.message


def test_an_interruption_of_a_write_that_was_not_made_is_not_a_failure() -> None:
    lost_by_us = WriteUnknown("the creation of X", INTERRUPTED, interrupted=True)
    assert isinstance(not_made(lost_by_us), InterruptedBefore)
