"""Ask and reset a local org from another process, whether its server runs or not."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from provision.errors import CannotError, OrgUnreachable

__all__ = [
    "ServerState",
    "Status",
    "noted",
    "read_state",
    "reset",
    "status",
]


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


_SECONDS: Final = 10
_BESIDE: Final = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Status:
    """A local org's state: its server (``None``: none runs), and what that says of itself."""

    database: Path
    server: ServerState | None
    details: dict[str, Any]


def status(database: Path) -> Status:
    """What runs on a database. Raises :class:`OrgUnreachable` if it runs and does not answer."""
    server = read_state(database)
    details = _call(server, "GET", "/__localorg__/status") if server else {}
    return Status(database, server, details)


def reset(database: Path) -> None:
    """Bring the orgs of a database back to their seed; without a server, delete the file.

    Raises :class:`CannotError` if the file cannot be deleted, :class:`OrgUnreachable` if the
    server does not answer.
    """
    server = read_state(database)
    if server is not None:
        _call(server, "POST", "/__localorg__/reset")
        return
    try:
        for suffix in _BESIDE:
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise CannotError(f"{database}: {error.strerror}") from error


def _call(server: ServerState, method: str, path: str) -> dict[str, Any]:
    address = urlsplit(server.http_url).netloc
    connection = HTTPConnection(address, timeout=_SECONDS)
    try:
        connection.request(method, path, b"{}", {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = json.loads(response.read() or b"{}")
    except (OSError, HTTPException, ValueError) as error:
        raise OrgUnreachable(f"the local org at {server.http_url} does not answer") from error
    finally:
        connection.close()
    if response.status >= 400:
        raise OrgUnreachable(f"the local org at {server.http_url} answered {response.status}")
    return dict(content)
