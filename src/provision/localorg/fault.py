"""Faults and latency: what goes wrong on purpose, from a YAML file.

Each kind is a failure that real clients meet (``facts/org-protocol.md`` 3.8 and 7).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from provision.errors import CannotError

__all__ = ["Fault", "FaultFile", "FaultKind", "FaultPlan", "Latency", "faults_of", "load_faults"]


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


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fault(_Model):
    """One fault: on which operations (a pattern as of file names), which, and how often.

    Operations are called as in the request log. (``on`` would be ``True`` to YAML.)

    ``after`` requests pass unharmed, then ``times`` fail (0: all from then on). ``seconds`` is
    how long a slow answer takes, or the Retry-After of a 429; ``retry_after`` is that header's
    text, of a 503 as well. A component failure hits ``component`` (any, if empty) with
    ``problem``.
    """

    operation: str
    kind: FaultKind
    after: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=0)] = 1
    seconds: Annotated[float, Field(ge=0)] = 1.0
    retry_after: str = ""
    component: str = ""
    problem: str = "An unexpected error occurred."


class Latency(_Model):
    """Seconds that answers of some operations take longer."""

    operation: str = "*"
    seconds: Annotated[float, Field(ge=0)]


class FaultFile(_Model):
    """A faults file."""

    faults: tuple[Fault, ...] = ()
    latency: tuple[Latency, ...] = ()


class FaultPlan:
    """Faults with a count of the requests that each has seen. Safe to use from many threads."""

    def __init__(self, content: FaultFile | None = None) -> None:
        self._guard = threading.Lock()
        self._content = content or FaultFile()
        self._seen: dict[int, int] = {}

    @property
    def content(self) -> FaultFile:
        """The faults as they were given."""
        return self._content

    def replace(self, content: FaultFile) -> None:
        """Other faults, counted from now on."""
        with self._guard:
            self._content = content
            self._seen = {}

    def take(self, operation: str) -> Fault | None:
        """The fault that the next request of an operation meets, or ``None``.

        Every fault whose pattern fits counts the request; the first one that is due hits.
        """
        hit: Fault | None = None
        with self._guard:
            for place, fault in enumerate(self._content.faults):
                if not fnmatchcase(operation, fault.operation):
                    continue
                seen = self._seen[place] = self._seen.get(place, 0) + 1
                due = seen > fault.after and (fault.times == 0 or seen <= fault.after + fault.times)
                if due and hit is None:
                    hit = fault
        return hit

    def latency(self, operation: str) -> float:
        """How many seconds longer an operation takes."""
        return sum(
            entry.seconds
            for entry in self._content.latency
            if fnmatchcase(operation, entry.operation)
        )


def load_faults(path: Path | None) -> FaultFile:
    """The faults in a YAML file, none without one. Raises :class:`CannotError`."""
    if path is None:
        return FaultFile()
    try:
        return faults_of(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise CannotError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise CannotError(f"{path}: not YAML: {error}") from error


def faults_of(content: Mapping[str, Any]) -> FaultFile:
    """The faults in a mapping. Raises :class:`CannotError` naming each problem."""
    try:
        return FaultFile.model_validate(content)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
        raise CannotError("faults: " + "; ".join(problems)) from error
