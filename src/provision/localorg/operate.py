"""Query and reset a local org from another process, whether its server runs or not."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from provision.errors import CannotError, OrgUnreachable

__all__ = [
    "ServerState",
    "Status",
    "read_state",
    "reset",
    "state_file",
    "status",
]


@dataclass(frozen=True, slots=True)
class ServerState:
    """A server's process id and addresses."""

    pid: int
    http_url: str
    https_url: str


def _path(database: Path) -> Path:
    return database.with_suffix(".server.json")


@contextmanager
def state_file(database: Path, state: ServerState) -> Iterator[None]:
    """Keep a server's state in a file beside its database while it runs.

    If another server runs on the database already, the file stays as it is: the embedded org may
    start and stop beside a served one.
    """
    if read_state(database) is not None:
        yield
        return
    path = _path(database)
    # Written under another name and then renamed, so that nobody reads half of it.
    partial = path.with_suffix(f".{state.pid}.tmp")
    partial.write_text(json.dumps(asdict(state)), encoding="utf-8")
    partial.replace(path)
    try:
        yield
    finally:
        if read_state(database) == state:
            path.unlink(missing_ok=True)


def read_state(database: Path) -> ServerState | None:
    """The state of the server that runs on a database, or ``None``."""
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
_SUFFIXES: Final = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a local org: its server, if one runs, and the details that it reports."""

    database: Path
    server: ServerState | None
    details: dict[str, Any]


def status(database: Path) -> Status:
    """The state of a database's local org. Raises :class:`OrgUnreachable` if it does not answer."""
    server = read_state(database)
    details = _call(server, "GET", "/__localorg__/status") if server else {}
    return Status(database, server, details)


def reset(database: Path) -> None:
    """Reset the orgs of a database to their seed. If no server runs, delete the file.

    Raises :class:`CannotError` if the file is not the database of a local org or cannot be deleted,
    :class:`OrgUnreachable` if the server does not answer.
    """
    server = read_state(database)
    if server is not None:
        _call(server, "POST", "/__localorg__/reset")
        return
    if database.exists() and not _is_local_org(database):
        raise CannotError(
            f"{database} is not the database of a local org, so it is not deleted",
            next_step="Name the file that `provision localorg status` shows.",
        )
    try:
        for suffix in _SUFFIXES:
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise CannotError(f"{database}: {error.strerror}") from error


def _is_local_org(database: Path) -> bool:
    """Whether a file is a database with the tables of a local org."""
    try:
        with closing(
            sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
        ) as opened:
            opened.execute("SELECT 1 FROM org").fetchone()
    except sqlite3.Error:
        return False
    return True


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
