"""Executor: where the work of each org is done. What travels there is the org's name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self

from provision.runs.rows import OrgRow

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

    def done(self) -> bool:
        """Whether the work is over."""
        ...

    def result(self) -> OrgRow:
        """The row. Raises what ended the work otherwise: its process, as a rule."""
        ...


class Executor(Protocol):
    """Something that does work. The caller bounds how much it is given at a time."""

    @property
    def at_once(self) -> int:
        """How many orgs it works on at a time; what it is given beyond that has to wait."""
        ...

    def submit(self, org: str) -> Pending:
        """Begin the work of an org."""
        ...


class ThreadExecutor:
    """Threads of this process: the work waits for orgs nearly all of its time.

    Each org has one of its own. The program does not wait for them at its end, as it would for
    those of a pool: who interrupts twice does not want to wait for what is under way.
    """

    def __init__(self, orders: Orders, threads: int) -> None:
        self.at_once = threads
        self._orders = orders
        self._free = threading.BoundedSemaphore(threads)
        self._pending: set[Future[OrgRow]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pending in tuple(self._pending):
            pending.cancel()  # which what has begun does not heed

    def submit(self, org: str) -> Pending:
        """Begin the work of an org, as soon as there is a thread for it."""
        pending: Future[OrgRow] = Future()
        self._pending.add(pending)
        pending.add_done_callback(self._pending.discard)
        work = (self._orders(org), pending)
        threading.Thread(target=self._do, args=work, name=f"org {org}", daemon=True).start()
        return pending

    def _do(self, order: Order, pending: Future[OrgRow]) -> None:
        with self._free:
            if not pending.set_running_or_notify_cancel():
                return
            try:
                row = order()
            except BaseException as error:  # noqa: BLE001  # raised where the result is awaited
                pending.set_exception(error)
            else:
                pending.set_result(row)
