from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial

import pytest

from provision.errors import ExitCode
from provision.fleet.executor import ThreadExecutor
from provision.runs.rows import OrgRow

HANGS_AFTER = 20
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def row(org: str) -> OrgRow:
    return OrgRow(org, ExitCode.OK, 0.0, 0, threading.current_thread().name, NOW, NOW, {})


def test_work_is_done_in_as_many_threads_as_it_is_given() -> None:
    together = threading.Barrier(3)

    def work(org: str) -> OrgRow:
        together.wait(HANGS_AFTER)
        return row(org)

    with ThreadExecutor(lambda org: partial(work, org), 3) as executor:
        rows = [pending.result() for pending in [executor.submit(name) for name in "abc"]]
    assert [each.org for each in rows] == ["a", "b", "c"]
    assert len({each.summary for each in rows}) == 3


def test_what_work_raises_comes_out_of_its_result() -> None:
    def work(org: str) -> OrgRow:
        raise ValueError(org)

    with (
        ThreadExecutor(lambda org: partial(work, org), 1) as executor,
        pytest.raises(ValueError, match="acme"),
    ):
        executor.submit("acme").result()


def test_leaving_waits_for_nobody_and_begins_nothing_more() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def work(org: str) -> OrgRow:
        begun.set()
        assert go_on.wait(HANGS_AFTER)
        done.append(org)
        return row(org)

    with ThreadExecutor(lambda org: partial(work, org), 1) as executor:
        first, second = executor.submit("first"), executor.submit("second")
        assert begun.wait(HANGS_AFTER)
    assert done == []  # and yet we are out of the block
    go_on.set()
    assert first.result().org == "first"
    assert second.cancelled()  # type: ignore[attr-defined]
    assert done == ["first"]
