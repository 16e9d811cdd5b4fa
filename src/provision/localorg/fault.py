"""Faults and latency: a YAML file says what goes wrong on purpose.

Each kind is a failure that clients of real orgs meet (``facts/org-protocol.md`` 3.8 and 7).
"""

from __future__ import annotations

import threading
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from provision.localorg.yaml_model import YamlModel, read_model

__all__ = ["Fault", "FaultFile", "FaultKind", "FaultPlan", "Latency", "load_faults"]


class FaultKind(StrEnum):
    """How a request fails."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    HTML_ERROR_AFTER = "html_error_after"
    SERVER_UNAVAILABLE_AFTER = "503_after"
    SERVER_UNAVAILABLE = "503"
    TOO_MANY_REQUESTS = "429"
    REQUEST_LIMIT_EXCEEDED = "request_limit_exceeded"
    UNABLE_TO_LOCK_ROW = "unable_to_lock_row"
    INVALID_SESSION_ID = "invalid_session_id"
    SLOW = "slow"
    SLOW_AFTER = "slow_after"
    TRUNCATED = "truncated"
    GARBLED = "garbled"
    EMPTY = "empty"
    ODD_STATUS = "odd_status"
    HTML_ERROR = "html_error"
    COMPONENT_FAILURE = "component_failure"
    STUCK = "stuck"


class Fault(YamlModel):
    """One fault: what fails, how, and how often.

    ``operation`` is a name from the request log; ``*`` and ``?`` are wildcards. (The key is not
    called ``on``, because YAML reads that as ``True``.) The first ``after`` requests succeed, and
    the next ``times`` fail (0: all others). ``seconds`` is how long a slow response takes, or the
    Retry-After of a 429; ``retry_after`` is the text of that header, for a 503 as well. A
    component failure refuses ``component`` (any, if empty) with the message ``problem``.
    """

    operation: str
    kind: FaultKind
    after: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=0)] = 1
    seconds: Annotated[float, Field(ge=0)] = 1.0
    retry_after: str = ""
    component: str = ""
    problem: str = "An unexpected error occurred."


class Latency(YamlModel):
    """How many seconds are added to the responses of some operations."""

    operation: str = "*"
    seconds: Annotated[float, Field(ge=0)]


class FaultFile(YamlModel):
    """The content of a faults file."""

    faults: tuple[Fault, ...] = ()
    latency: tuple[Latency, ...] = ()


class FaultPlan:
    """The faults, and how many requests each of them has counted. Safe to use from many threads."""

    def __init__(self, content: FaultFile | None = None) -> None:
        self._guard = threading.Lock()
        self._content = content or FaultFile()
        self._seen: dict[int, int] = {}

    @property
    def content(self) -> FaultFile:
        """The faults and latencies that are in force."""
        return self._content

    def replace(self, content: FaultFile) -> None:
        """Put other faults in force. They count requests from now on."""
        with self._guard:
            self._content = content
            self._seen = {}

    def take(self, operation: str) -> Fault | None:
        """The fault that this request of an operation meets, or ``None``.

        Every fault whose pattern fits counts the request. If several are due, the first applies.
        """
        met: Fault | None = None
        with self._guard:
            for index, fault in enumerate(self._content.faults):
                if not fnmatchcase(operation, fault.operation):
                    continue
                seen = self._seen[index] = self._seen.get(index, 0) + 1
                due = seen > fault.after and (fault.times == 0 or seen <= fault.after + fault.times)
                if due and met is None:
                    met = fault
        return met

    def latency(self, operation: str) -> float:
        """How many seconds are added to a response of an operation."""
        return sum(
            entry.seconds
            for entry in self._content.latency
            if fnmatchcase(operation, entry.operation)
        )


def load_faults(path: Path | None) -> FaultFile:
    """The faults in a YAML file; no faults without a file. Raises :class:`CannotError`."""
    return FaultFile() if path is None else read_model(path, FaultFile)
