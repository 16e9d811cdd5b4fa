"""Files that are written wholly or not at all, and by default for their owner alone. A leaf."""

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
"""The mode of a file that only its owner can read and write."""

_PRIVATE_DIRECTORY: Final = 0o700
_MOST_BYTES: Final = 16 * 1024 * 1024


def make_private_directory(directory: Path) -> None:
    """Make ``directory`` and its missing parents, for their owner alone. Raises OSError."""
    for missing in reversed([directory, *directory.parents]):
        missing.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)


def check_room(path: Path) -> None:
    """Raise OSError if :func:`write_whole` could not write even a short file to ``path`` now."""
    with _partial(path, b"\n", PRIVATE):
        pass


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write ``path``, which replaces a file that exists. Raises OSError.

    The content is on the disk when this returns: a full disk raises the error before.
    """
    with _partial(path, content, mode) as partial:
        partial.replace(path)


def write_new(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write ``path``. Raises FileExistsError if ``path`` exists, even as a link, and OSError."""
    with _partial(path, content, mode) as partial:
        path.hardlink_to(partial)  # unlike a rename, it fails if a file exists


@contextmanager
def _partial(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside ``path`` with the content. It is removed when the block ends."""
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
    """The text of a file that this program wrote. Raises OSError, and ValueError for other files.

    This program writes no file that is too large or not UTF-8.
    """
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it has more than {_MOST_BYTES} bytes")
    return content.decode("utf-8")
