"""State store: where last-applied records are kept, read, and shared. Never required."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError

from provision.errors import CannotError
from provision.plan.last_applied import LastApplied, last_applied_json, last_applied_of
from provision.whole_file import read_bounded, write_whole

__all__ = ["DirectoryState", "HttpState", "StateStore", "state_store"]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS: Final = 10.0
_SHARED: Final = 0o666  # less what the umask takes
_MOST_BYTES: Final = 4 * 1024 * 1024

Say = Callable[[str], None]


class StateStore(Protocol):
    """Where last-applied records are. What fails is said, and stops nothing."""

    def read(self, host: str, app: str) -> LastApplied | None:
        """The record of ``app`` in the org at ``host``, ``None`` if there is none to be had."""
        ...

    def write(self, record: LastApplied) -> None:
        """Keep ``record`` in place of the one that was there."""
        ...


@dataclass(frozen=True, slots=True)
class DirectoryState:
    """A directory: ``HOST/APP.json`` in it. Teams may share one over a network file system."""

    directory: Path
    say: Say

    def read(self, host: str, app: str) -> LastApplied | None:
        """The record, or ``None``; one that cannot be read is said to be so."""
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
        """Keep the record; where that fails, say so. Others who share the directory may read it."""
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
    """A web address, read alone: what is published by whoever runs apply.

    A user and a password, or a signature in the query, are sent and never shown.
    """

    url: str = field(repr=False)
    say: Say
    timeout: float = _SECONDS

    def read(self, host: str, app: str) -> LastApplied | None:
        """The record, or ``None``; an answer that is none is said to be so."""
        url = _below(self.url, host, app)
        try:
            return self._read(url)
        except CannotError as error:
            self.say(_unknown(error.message))
        except requests.exceptions.Timeout:
            self.say(_unknown(f"{_shown(url)} did not answer in time"))
        except (requests.exceptions.RequestException, HTTPError, ValueError):
            # Their own words have the whole URL in them, with what is not to be shown.
            self.say(_unknown(f"{_shown(url)} cannot be read"))
        return None

    def write(self, record: LastApplied) -> None:
        """Keep nothing: the place is for reading alone, which is said."""
        self.say(
            f"notice: {_shown(self.url)} is for reading alone: the record of {record.app} was not "
            "written to it"
        )

    def _read(self, url: str) -> LastApplied | None:
        # No redirects: they could lead to a place that is not what was named, or not https.
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
    except ValueError:  # its text quotes the address, and with it what may be a password
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


def _below(url: str, host: str, app: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/{quote(host, safe='')}/{quote(app, safe='')}.json"
    return urlunsplit(parts._replace(path=path))


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _unknown(said: str) -> str:
    return f"notice: who moved is unknown: {said}"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
