"""Write log: each write in one line of a file, before it is sent and after, for runs that die."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provision.org.clock import Clock
from provision.org.written import Outcome
from provision.whole_file import PRIVATE

__all__ = ["WriteLog"]


@dataclass(frozen=True, slots=True)
class WriteLog:
    """A file of JSON lines. ``say`` is told when a line cannot be kept.

    ``org`` stands in each line, where the file is of several orgs.
    """

    path: Path
    clock: Clock
    say: Callable[[str], None]
    org: str = ""

    def note(self, what: str, outcome: Outcome) -> None:
        """Add a line that says what became of ``what``.

        A disk that is full stops no run that has begun to write: what it does matters more.
        """
        moment = datetime.fromtimestamp(self.clock.time(), UTC)
        line = {
            "at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            **({"org": self.org} if self.org else {}),
            "what": what,
            "outcome": outcome.value,
        }
        try:
            _append(self.path, f"{json.dumps(line, ensure_ascii=False)}\n".encode())
        except OSError as error:
            reason = error.strerror or error
            self.say(f"notice: {self.path} cannot be written, which keeps each write: {reason}")


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)
