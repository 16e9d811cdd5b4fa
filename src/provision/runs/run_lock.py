"""Run lock: one process at a time works on a run.

The lock is on a file in the run's folder. The system releases it however the process ends, so that
the lock of a process that died is taken over.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.whole_file import PRIVATE

if sys.platform != "win32":
    import fcntl

__all__ = ["is_under_way", "run_lock"]

_LOCK: Final = "lock"


@contextmanager
def run_lock(folder: Path, owner: str) -> Iterator[None]:
    """Hold the lock of the run in ``folder`` as ``owner`` (who, and where) during the block.

    Raises :class:`CannotError` while another process holds it.
    """
    path = folder / _LOCK
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    except OSError as error:
        raise CannotError(
            f"{path} cannot be written: {error.strerror}",
            next_step="Name a directory that can be written to with --run-dir.",
        ) from error
    try:
        if not _is_locked(handle):
            raise CannotError(
                f"the run {folder.name} is under way already{_by(handle)}",
                next_step="Wait until it has ended, or stop it. Then continue the run.",
            )
        os.truncate(handle, 0)
        os.write(handle, f"process {os.getpid()} of {owner}".encode())
        yield
    finally:
        os.close(handle)  # which releases the lock


def is_under_way(folder: Path) -> bool:
    """Whether a process works on the run in ``folder``."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _is_locked(handle)
    finally:
        os.close(handle)


def _is_locked(handle: int) -> bool:
    """Lock the file; whether that succeeded. Without locks on this system, it always does."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _by(handle: int) -> str:
    owner = os.pread(handle, 200, 0).decode("utf-8", "replace")
    return f" ({owner})" if owner else ""
