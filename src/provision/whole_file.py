"""Files that are there whole or not at all, as a rule for their owner alone. Knows nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

__all__ = [
    "PRIVATE",
    "check_room",
    "make_private_directory",
    "read_bounded",
    "write_new",
    "write_whole",
]

PRIVATE: Final = 0o600
"""The mode of a file for its owner alone."""

_PRIVATE_DIRECTORY: Final = 0o700
_MOST_BYTES: Final = 16 * 1024 * 1024


def make_private_directory(directory: Path) -> None:
    """Make ``directory``, and what is missing above it, for its owner alone. Raises OSError."""
    for missing in reversed([directory, *directory.parents]):
        missing.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)


def check_room(path: Path) -> None:
    """Raise OSError if :func:`write_whole` could not write ``path`` now, were it a short file."""
    with _partial(path, b"\n", PRIVATE):
        pass


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write ``path``, in place of what was there. Raises OSError.

    The content is on the disk when this returns: a disk that is full has said so.
    """
    with _partial(path, content, mode) as partial:
        partial.replace(path)


def write_new(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """As :func:`write_whole`; raises FileExistsError where anything is at ``path``, a link too."""
    with _partial(path, content, mode) as partial:
        path.hardlink_to(partial)  # unlike a rename, it fails where a file is


@contextmanager
def _partial(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside ``path`` that holds the content, and is gone when the block ends."""
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            partial.chmod(mode)  # whatever the umask
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def read_bounded(path: Path) -> str:
    """The text of a file of ours. Raises OSError, and ValueError for what no such file can be."""
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it has more than {_MOST_BYTES} bytes")
    return content.decode("utf-8")
