"""New files of a key: all or none, and never over one that is there."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.keys.error import KeyFileError

__all__ = ["NewFile", "check_free", "write_new"]

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644
_ELSEWHERE: Final = "Name a directory that you can write to."


@dataclass(frozen=True, slots=True)
class NewFile:
    """What a file shall hold; a private one is for its owner alone."""

    content: bytes = field(repr=False)
    private: bool = False


def check_free(directory: Path, name: str, suffixes: tuple[str, ...]) -> list[Path]:
    """The paths of the files to be. Raises :class:`KeyFileError` if one of them is there."""
    if not _FILE_NAME.fullmatch(name):
        raise KeyFileError(
            f"{name!r} is no name for a pair",
            next_step="Use letters, digits, dots, dashes and underscores.",
        )
    paths = [directory / f"{name}{suffix}" for suffix in suffixes]
    for path in paths:
        if os.path.lexists(path):
            raise _in_the_way(path)
    return paths


def write_new(files: Mapping[Path, NewFile]) -> None:
    """Write every file, none of which exists, or none. Raises :class:`KeyFileError`."""
    made: list[Path] = []
    complete = False
    try:
        for path, file in files.items():
            _write(path, file, made)
        complete = True
    finally:
        if not complete:
            for path in made:
                path.unlink(missing_ok=True)


def _write(path: Path, file: NewFile, made: list[Path]) -> None:
    """Write one file, in ``made`` as soon as it is there."""
    mode = _PRIVATE if file.private else _PUBLIC
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: whatever appeared at this path meanwhile, a link too, is not written to.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        made.append(path)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content)
            opened.flush()
            os.fsync(descriptor)  # an org gets the certificate next: its key must outlive a crash
    except FileExistsError as error:
        raise _in_the_way(Path(error.filename or path)) from error
    except OSError as error:  # an error of a write, unlike that of an open, names no file
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise KeyFileError(
            f"{error.filename or path} cannot be written: {error.strerror}",
            next_step="Make room on the disk." if is_full else _ELSEWHERE,
        ) from error


def _in_the_way(path: Path) -> KeyFileError:
    return KeyFileError(
        f"{path} exists, and keys are never overwritten; nothing was written",
        next_step=f"Choose another name than {path.stem}, or move the old pair away first.",
    )
