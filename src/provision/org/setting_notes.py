"""Setting notes: files that say in which orgs we opened a setting, in case a run is killed.

A note is written before the setting is opened, and deleted once it is closed again. Its run keeps a
lock on it, which the system releases however the run ends. So a note without a lock was left
behind.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

from provision.errors import CannotError
from provision.whole_file import PRIVATE, make_private_directory

if sys.platform != "win32":
    import fcntl

__all__ = ["LockedNote", "SettingNotes"]


@dataclass(frozen=True, slots=True)
class LockedNote:
    """A note of this run, which has the lock on it."""

    path: Path
    handle: int

    def delete(self) -> None:
        """Delete the note: the setting is closed."""
        with suppress(OSError):
            self.path.unlink()
        self.release()

    def release(self) -> None:
        """Leave the note for the next run: the setting may be open."""
        with suppress(OSError):
            os.close(self.handle)


@dataclass(frozen=True, slots=True)
class SettingNotes:
    """The notes in one directory, which is made with the first note."""

    directory: Path

    def add(self, instance_url: str, seconds: float) -> LockedNote:
        """Note that the setting of the org is about to be opened, at ``seconds`` since 1970.

        Raises :class:`CannotError` if the note cannot be written.
        """
        moment = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
        content = json.dumps({"instance_url": instance_url, "opened": moment}) + "\n"
        path = self.directory / f"{_host(instance_url)}.{uuid4().hex}.json"
        try:
            make_private_directory(self.directory)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            _lock(handle)
            _write(path, handle, content.encode())
        except OSError as error:
            raise CannotError(
                f"no note of the setting to be opened can be written to {self.directory}: "
                f"{error.strerror or error}; without one, a killed run would leave it open",
                next_step="Make room on the disk, or run it in a folder that you can write to. "
                "Nothing was written to the org.",
            ) from error
        return LockedNote(path, handle)

    def left(self, instance_url: str) -> Sequence[Path]:
        """The notes about the org that earlier runs left, without closing its setting."""
        found = sorted(self.directory.glob(f"{_host(instance_url)}.*.json"))
        return [path for path in found if not _is_locked(path)]

    def delete_left(self, instance_url: str) -> None:
        """Delete the notes that were left: the setting is closed."""
        for path in self.left(instance_url):
            with suppress(OSError):
                path.unlink()


def _write(path: Path, handle: int, content: bytes) -> None:
    try:
        os.write(handle, content)
        os.fsync(handle)
    except OSError:
        os.close(handle)
        path.unlink(missing_ok=True)
        raise


def _host(instance_url: str) -> str:
    return quote(urlsplit(instance_url).netloc or instance_url, safe="")


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return True  # it is gone by now, or not ours
    try:
        _lock(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _lock(handle: int) -> None:
    """Lock a file until its handle is closed. Raises OSError if another handle has the lock.

    Windows has no such locks: there, every note counts as left behind.
    """
    if sys.platform != "win32":
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
