"""State store: keeps, reads and shares last-applied records. It is never required."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError

from provision.apply.prepare import Prepared, identified
from provision.errors import CannotError
from provision.org.org import ReadableOrg
from provision.plan.last_applied import (
    LastApplied,
    host_of,
    last_applied_json,
    last_applied_of,
    with_moved,
)
from provision.whole_file import read_bounded, write_whole

__all__ = ["DirectoryState", "HttpState", "StateStore", "remembered", "state_store"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS: Final = 10.0
_SHARED: Final = 0o666  # less what the umask takes
_MOST_BYTES: Final = 4 * 1024 * 1024

Say = Callable[[str], None]


class StateStore(Protocol):
    """Where last-applied records are. Failures become notices, and stop nothing."""

    def read(self, host: str, app: str) -> LastApplied | None:
        """The record of ``app`` in the org at ``host``, ``None`` if there is none."""
        ...

    def write(self, record: LastApplied) -> None:
        """Keep ``record`` instead of the one before."""
        ...


@dataclass(frozen=True, slots=True)
class DirectoryState:
    """A directory: ``HOST/APP.json`` in it. Teams may share one over a network file system."""

    directory: Path
    say: Say

    def read(self, host: str, app: str) -> LastApplied | None:
        """The record, or ``None``. A record that cannot be read causes a notice."""
        path = self._path(host, app)
        try:
            return last_applied_of(read_bounded(path), str(path))
        except FileNotFoundError:
            return None
        except CannotError as error:
            self.say(_unknown(error.message))
        except (OSError, ValueError) as error:
            self.say(_unknown(f"{path} cannot be read: {_reason(error)}"))
        return None

    def write(self, record: LastApplied) -> None:
        """Keep the record, readable by all who share the directory. A failure causes a notice."""
        path = self._path(record.host, record.app)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, last_applied_json(record).encode(), _SHARED)
        except OSError as error:
            self.say(
                f"notice: {path} cannot be written, so the next diff cannot say who moved: "
                f"{_reason(error)}"
            )

    def _path(self, host: str, app: str) -> Path:
        return self.directory / quote(host, safe="") / f"{quote(app, safe='')}.json"


@dataclass(frozen=True, slots=True)
class HttpState:
    """A web address, only for reading: whoever runs apply publishes the records there.

    A user and a password, or a signature in the query, are sent, but never shown.
    """

    url: str = field(repr=False)
    say: Say
    timeout: float = _SECONDS

    def read(self, host: str, app: str) -> LastApplied | None:
        """The record, or ``None``. An answer that is no record causes a notice."""
        url = _below(self.url, host, app)
        try:
            return self._read(url)
        except CannotError as error:
            self.say(_unknown(error.message))
        except requests.exceptions.Timeout:
            self.say(_unknown(f"{_shown(url)} did not answer in time"))
        except (requests.exceptions.RequestException, HTTPError, ValueError):
            # Their messages contain the whole URL, with what must not be shown.
            self.say(_unknown(f"{_shown(url)} cannot be read"))
        return None

    def write(self, record: LastApplied) -> None:
        """Keep nothing, since the address is only for reading, and give a notice."""
        self.say(
            f"notice: {_shown(self.url)} is only for reading: the record of {record.app} was not "
            "written to it"
        )

    def _read(self, url: str) -> LastApplied | None:
        # No redirects: they could lead to another host, or to http.
        with requests.get(
            url, timeout=self.timeout, allow_redirects=False, stream=True
        ) as response:
            if response.status_code == requests.codes.not_found:
                return None
            if response.status_code != requests.codes.ok:
                self.say(_unknown(f"{_shown(url)} answered HTTP {response.status_code}"))
                return None
            content: bytes = response.raw.read(_MOST_BYTES, decode_content=True)
        return last_applied_of(content.decode("utf-8"), _shown(url))


def state_store(uri: str, default: Path, say: Say) -> StateStore:
    """The store at ``uri``: a directory, or a web address; ``default`` if ``uri`` is empty.

    Raises :class:`CannotError` for a URI of another kind.
    """
    if not uri:
        return DirectoryState(default, say)
    try:
        parts = urlsplit(uri)
    except ValueError:  # its message quotes the address, which may have a password
        raise CannotError(
            "--state is not an address",
            next_step="Name a directory that is shared, or an https:// address to read from.",
        ) from None
    match parts.scheme:
        case "":
            return DirectoryState(Path(uri), say)
        case "file" if parts.netloc in {"", "localhost"} and parts.path:
            return DirectoryState(Path(unquote(parts.path)), say)
        case "https" if parts.hostname:
            return HttpState(uri, say)
        case "http" if parts.hostname in _LOOPBACK:
            return HttpState(uri, say)
        case _:
            raise CannotError(
                f"--state {_shown(uri)} is neither a directory, nor file:///, nor https://",
                next_step="Name a directory that is shared, or an https:// address to read from.",
            )


def remembered(prepared: Prepared, org: ReadableOrg, state: StateStore) -> Prepared:
    """``prepared`` with who moved, according to the last-applied record in ``state``.

    Without a record that can be read, it is unchanged.
    """
    plan = prepared.plan
    last = state.read(host_of(plan.org.instance_url), plan.app)
    if last is None:
        return prepared
    named = replace(plan, org=identified(plan.org, org))
    return replace(prepared, plan=with_moved(named, last))


def _below(url: str, host: str, app: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{quote(host, safe='')}/{quote(app, safe='')}.json"
    return urlunsplit(parts._replace(path=path))


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _unknown(reason: str) -> str:
    return f"notice: who moved is unknown: {reason}"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
