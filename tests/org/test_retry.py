"""When a call is made again, how long it waits before that, and when it gives up."""

import math

import pytest

from provision.org.retry import Retry, Waits, retried


class Clock:
    """A clock that steps when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return math.fsum(self.slept)

    def time(self) -> float:
        return self.monotonic()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def failing(times: int):
    """A call that fails so many times before it succeeds."""
    left = [ValueError(f"number {number}") for number in range(1, times + 1)]

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


def any_error(_: Exception) -> bool:
    return True


def test_waits_grow_up_to_the_longest() -> None:
    clock = Clock()
    retry = Retry(clock, Waits(1.0, factor=3.0, longest=5.0))
    assert retried(failing(4), retry, any_error) == "done"
    assert clock.slept == [1.0, 3.0, 5.0, 5.0]


def test_the_error_of_the_last_attempt_is_raised() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="number 3"):
        retried(failing(9), Retry(clock, Waits(1.0), attempts=3), any_error)
    assert clock.slept == [1.0, 2.0]


def test_an_error_that_does_not_pass_is_raised_at_once() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="number 1"):
        retried(failing(9), Retry(clock, Waits(1.0)), lambda error: isinstance(error, OSError))
    assert clock.slept == []


def test_the_last_attempt_is_made_when_the_time_is_over() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="number 4"):
        retried(failing(9), Retry(clock, Waits(1.0), within=5.0), any_error)
    assert clock.slept == [1.0, 2.0, 2.0]


def test_without_time_there_is_one_attempt() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="number 1"):
        retried(failing(9), Retry(clock, Waits(1.0), within=0.0), any_error)


def test_an_org_may_ask_for_a_longer_wait_but_not_past_the_end() -> None:
    clock = Clock()
    retry = Retry(clock, Waits(1.0), within=60.0)
    retry.wait(at_least=20.0)
    retry.wait(at_least=0.5)
    retry.wait(at_least=300.0)
    assert clock.slept == [20.0, 2.0, 38.0]
    assert retry.is_last_attempt


def test_an_interrupted_wait_counts_as_an_attempt() -> None:
    class Interrupted(Clock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    retry = Retry(Interrupted(), Waits(1.0), attempts=2)
    with pytest.raises(KeyboardInterrupt):
        retry.wait()
    assert retry.is_last_attempt


def test_a_skipped_wait_counts_as_an_attempt_too() -> None:
    clock = Clock()
    retry = Retry(clock, Waits(1.0), attempts=2)
    retry.skip_wait()
    assert retry.is_last_attempt
    assert clock.slept == []


def test_jitter_is_added_to_each_wait() -> None:
    waits = Waits(1.0, longest=2.0, jitter=0.5)
    assert all(1.0 <= waits.after(1) <= 1.5 for _ in range(20))
    assert all(2.0 <= waits.after(9) <= 2.5 for _ in range(20))
