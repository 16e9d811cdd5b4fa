"""A file with secrets in it: there whole or not at all, for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from uuid import uuid4

from provision.secret.error import SinkError

__all__ = ["check_writable", "write_private"]

_PRIVATE_FILE: Final = 0o600
_PRIVATE_DIRECTORY: Final = 0o700


def check_writable(path: Path) -> None:
    """Raise :class:`SinkError` if no file can be made at ``path``."""
    if path.is_dir():
        raise SinkError(f"{path} is a directory", next_step="Name a file in it.")
    above = next(parent for parent in path.absolute().parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise SinkError(
            f"{path} cannot be written in {above}",
            next_step="Name a file in a directory that you can write to.",
        )


def write_private(path: Path, content: bytes, *, replace: bool) -> None:
    """Write ``path`` with mode 0600, in place of what was there only with ``replace``.

    Raises :class:`SinkError`. The content is on the disk when this returns.
    """
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                partial.replace(path)
            else:
                path.hardlink_to(partial)  # unlike a rename, it fails where a file is
        finally:
            partial.unlink(missing_ok=True)
    except FileExistsError as error:
        raise in_the_way(path) from error
    except OSError as error:
        raise SinkError(
            f"{path} cannot be written: {error.strerror}",
            next_step="Name a file in a directory that you can write to.",
        ) from error


def in_the_way(path: Path) -> SinkError:
    """The error for a file that is there and is not to be overwritten."""
    return SinkError(
        f"{path} exists, and is not overwritten",
        next_step="Name another file, or overwrite it with --force.",
    )
