"""Pool: the results of calls that are made at the same time."""

import signal
import threading
from collections.abc import Callable

import pytest

from provision.org.pool import MANY_AT_ONCE, Pool

HANGS_AFTER = 20  # seconds until a test that hangs is broken off


def failing(error: Exception) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def test_results_come_in_the_order_of_the_calls() -> None:
    last_is_done = threading.Event()

    def first() -> str:
        assert last_is_done.wait(HANGS_AFTER)
        return "first"

    def last() -> str:
        last_is_done.set()
        return "last"

    assert MANY_AT_ONCE.run([first, last]) == ["first", "last"]


def test_calls_are_under_way_at_the_same_time() -> None:
    meeting = threading.Barrier(4)
    places = MANY_AT_ONCE.run([lambda: meeting.wait(HANGS_AFTER)] * 4)
    assert sorted(places) == [0, 1, 2, 3]


def test_no_more_calls_than_the_size_run_at_once() -> None:
    guard = threading.Lock()
    under_way: list[int] = []
    most: list[int] = []

    def call() -> None:
        with guard:
            under_way.append(1)
            most.append(len(under_way))
        with guard:
            under_way.pop()

    Pool(2).run([call] * 50)
    assert len(most) == 50
    assert max(most) <= 2


def test_a_pool_of_one_makes_all_calls_in_the_callers_thread() -> None:
    made = Pool(1).run([lambda n=n: (n, threading.current_thread()) for n in range(3)])
    assert made == [(n, threading.current_thread()) for n in range(3)]


@pytest.mark.parametrize("pool", [Pool(1), MANY_AT_ONCE], ids=["one", "many"])
def test_the_first_error_in_order_wins_however_late_it_comes(pool: Pool) -> None:
    second_failed = threading.Event()

    def slow() -> None:
        if pool.size > 1:
            assert second_failed.wait(HANGS_AFTER)
        raise ValueError("first in order")

    def quick() -> None:
        second_failed.set()
        raise ValueError("first in time")

    with pytest.raises(ValueError, match="first in order"):
        pool.run([slow, quick])


@pytest.mark.parametrize("pool", [Pool(1), Pool(2)], ids=["one", "two"])
def test_after_an_error_no_call_begins(pool: Pool) -> None:
    begun: list[str] = []
    meeting = threading.Barrier(pool.size)

    def fail() -> None:
        meeting.wait(HANGS_AFTER)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        pool.run([fail, fail, lambda: begun.append("third")])
    assert begun == []


def test_no_thread_is_left_whether_calls_succeed_or_fail() -> None:
    before = threading.active_count()
    MANY_AT_ONCE.run([lambda: None] * 4)
    with pytest.raises(ValueError, match="broken"):
        MANY_AT_ONCE.run([failing(ValueError("broken")), lambda: None, lambda: None])
    assert threading.active_count() == before


@pytest.mark.usefixtures("_interruptible")
def test_an_interruption_does_not_wait_for_a_silent_org() -> None:
    answered = threading.Event()
    both_asked = threading.Barrier(2)
    begun: list[str] = []
    left: list[threading.Thread] = []

    def silent() -> None:
        both_asked.wait(HANGS_AFTER)
        if threading.current_thread() is threading.main_thread():
            signal.raise_signal(signal.SIGINT)
        left.append(threading.current_thread())
        answered.wait(HANGS_AFTER)

    with pytest.raises(KeyboardInterrupt):
        Pool(2).run([silent, silent, lambda: begun.append("third")])
    assert not answered.is_set()
    answered.set()
    for thread in left:
        thread.join(HANGS_AFTER)
        assert not thread.is_alive()
    assert begun == []


def test_two_calls_of_two_types() -> None:
    assert MANY_AT_ONCE.both(lambda: 1, lambda: "two") == (1, "two")


def test_a_call_may_use_the_pool_itself() -> None:
    meeting = threading.Barrier(4)
    inner = [lambda: meeting.wait(HANGS_AFTER)] * 2
    found = Pool(2).both(lambda: Pool(2).run(inner), lambda: Pool(2).run(inner))
    assert sorted(place for places in found for place in places) == [0, 1, 2, 3]
