"""``provision localorg status`` and ``reset``, with the server running or not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from provision.errors import CannotError, OrgUnreachable
from provision.localorg.running_file import ServerState, read_state

__all__ = ["Status", "reset", "status"]

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
