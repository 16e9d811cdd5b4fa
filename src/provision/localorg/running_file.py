"""Where a running server says where it is, for the other commands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["ServerState", "noted", "read_state"]


@dataclass(frozen=True, slots=True)
class ServerState:
    """A server's process, and its addresses."""

    pid: int
    http_url: str
    https_url: str


def _path(database: Path) -> Path:
    return database.with_suffix(".server.json")


@contextmanager
def noted(database: Path, state: ServerState) -> Iterator[None]:
    """Keep a server's state beside its database while it runs.

    Where one runs already, its state stays: the embedded org comes and goes beside it.
    """
    if read_state(database) is not None:
        yield
        return
    path = _path(database)
    # Written aside and moved into place, so that nobody reads half of it.
    aside = path.with_suffix(f".{state.pid}.tmp")
    aside.write_text(json.dumps(asdict(state)), encoding="utf-8")
    aside.replace(path)
    try:
        yield
    finally:
        if read_state(database) == state:
            path.unlink(missing_ok=True)


def read_state(database: Path) -> ServerState | None:
    """The state of the server of a database, or ``None`` where none runs."""
    try:
        state = ServerState(**json.loads(_path(database).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return state if _alive(state.pid) else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
