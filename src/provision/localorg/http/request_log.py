"""The request log: in memory for tests, and as JSON lines beside the database."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

__all__ = ["RequestLog", "RequestRecord"]

_KEPT: Final = 100_000
_LONGEST_FILE: Final = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request: what it asked for, its HTTP status, and whether it writes.

    ``at`` is the org's time in seconds since 1970; ``seconds`` is how long the response took. A
    ``status`` of 0 means that the connection was closed without a response.
    """

    method: str
    path: str
    operation: str
    status: int
    write: bool
    org: str = ""
    at: float = 0.0
    seconds: float = 0.0


class RequestLog:
    """The last 100 000 requests since the server started."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)
        # A long log is started again, so that it does not grow without limit.
        long = path.exists() and path.stat().st_size > _LONGEST_FILE
        self._file = path.open("w" if long else "a", encoding="utf-8")
        path.chmod(0o600)

    def add(self, record: RequestRecord) -> None:
        """Record a request. The path has no query string, so no code or token is kept."""
        with self._guard:
            self._records.append(record)
            self._file.write(json.dumps(asdict(record)) + "\n")
            self._file.flush()

    def snapshot(self) -> tuple[RequestRecord, ...]:
        """All records so far."""
        with self._guard:
            return tuple(self._records)

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._file.close()
