"""A file with secrets in it: there whole or not at all, for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from provision.secret.error import SinkError
from provision.whole_file import make_private_directory, write_new, write_whole

__all__ = ["check_writable", "write_private"]


def check_writable(path: Path) -> None:
    """Raise :class:`SinkError` if no file can be made at ``path``."""
    if path.is_dir():
        raise SinkError(f"{path} is a directory", next_step="Name a file in it.")
    above = next(parent for parent in path.absolute().parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise SinkError(
            f"a file of that name cannot be written in {above}",
            next_step="Name a file in a directory that you can write to.",
        )


def write_private(path: Path, content: bytes, *, replace: bool) -> None:
    """Write ``path`` with mode 0600, in place of what was there only with ``replace``.

    Raises :class:`SinkError`. The content is on the disk when this returns.
    """
    try:
        make_private_directory(path.parent)
        (write_whole if replace else write_new)(path, content)
    except FileExistsError as error:
        raise in_the_way(path) from error
    except OSError as error:
        raise SinkError(
            f"a file for secrets cannot be written: {error.strerror}",
            next_step="Name a file in a directory that you can write to.",
        ) from error


def in_the_way(path: Path) -> SinkError:
    """The error for a file that is there and is not to be overwritten."""
    return SinkError(
        f"{path} exists, and is not overwritten",
        next_step="Name another file, or overwrite it with --force.",
    )
