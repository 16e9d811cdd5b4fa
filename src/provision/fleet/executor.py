"""Executor: where the work of each org is done. What travels there is the org's name."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from provision.fleet.record import OrgRow

__all__ = ["Executor", "Order", "Orders", "Pending", "ThreadExecutor"]

Order = Callable[[], OrgRow]
"""The work of one org. Whatever happens to the org is a row, and no exception."""

Orders = Callable[[str], Order]
"""What is to be done in the org of a name: plain values, which can travel to another machine."""


class Pending(Protocol):
    """Work that was begun. As a future of Python's, or of an engine's."""

    def add_done_callback(self, callback: Callable[..., object], /) -> object:
        """Call ``callback`` once, from any thread, when the work is over."""
        ...

    def result(self) -> OrgRow:
        """The row. Raises what ended the work otherwise: its process, as a rule."""
        ...


class Executor(Protocol):
    """Something that does work. The caller bounds how much it is given at a time."""

    def submit(self, org: str) -> Pending:
        """Begin the work of an org."""
        ...


class ThreadExecutor:
    """Threads of this process: the work waits for orgs nearly all of its time."""

    def __init__(self, orders: Orders, threads: int) -> None:
        self._orders = orders
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="org")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A conductor has waited for all that it began, unless somebody interrupted twice: who does
        # that does not want to wait.
        self._pool.shutdown(wait=False, cancel_futures=True)

    def submit(self, org: str) -> Pending:
        """Begin the work of an org, in a thread of its own."""
        return self._pool.submit(self._orders(org))
