"""Write log: a line of a file for each write, before it is sent and after it, for killed runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provision.org.clock import Clock
from provision.org.written import Outcome
from provision.redaction import redacted
from provision.whole_file import PRIVATE

__all__ = ["WriteLog"]


@dataclass(frozen=True, slots=True)
class WriteLog:
    """A file of JSON lines, without secrets. ``say`` is called if a line cannot be kept.

    ``org`` is in each line if the file is about several orgs.
    """

    path: Path
    clock: Clock
    say: Callable[[str], None]
    org: str = ""

    def note(self, what: str, outcome: Outcome) -> None:
        """Add a line that says what became of ``what``.

        A full disk does not stop a run that has begun to write: the rest of the writes matter more.
        """
        moment = datetime.fromtimestamp(self.clock.time(), UTC)
        line = {
            "at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            **({"org": self.org} if self.org else {}),
            "what": redacted(what),
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
