"""A gate at which answers of the local org wait until a test has seen who asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import pytest

from provision.localorg.http.request_log import RequestLog, RequestRecord

__all__ = ["HANGS_AFTER", "Gate", "closed_gate"]

HANGS_AFTER = 60
"""Seconds until something that does not happen is given up."""


class Gate:
    """What was asked for has happened in the org; the answers wait until the gate opens."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[str] = SimpleQueue()
        self._open = threading.Event()

    def arrive(self, org: str) -> None:
        self._asked.put(org)
        self._open.wait(HANGS_AFTER)

    def first(self) -> str:
        """The org whose answer was the first to wait."""
        return self._asked.get(timeout=HANGS_AFTER)

    def open(self) -> None:
        self._open.set()


@contextmanager
def closed_gate(monkeypatch: pytest.MonkeyPatch, operation: str) -> Iterator[Gate]:
    """A gate in the way of the answers to an operation. It opens at the end of the block."""
    gate = Gate()
    add = RequestLog.add

    def noted(log: RequestLog, record: RequestRecord) -> None:
        add(log, record)
        if record.operation == operation:
            gate.arrive(record.org)

    with monkeypatch.context() as patch:
        patch.setattr(RequestLog, "add", noted)
        try:
            yield gate
        finally:
            gate.open()
