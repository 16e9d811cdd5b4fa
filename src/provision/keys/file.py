"""The bytes of a key or certificate file, or a reason with a next step."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provision.keys.error import KeyFileError

__all__ = ["read_bytes"]

_MAX_BYTES: Final = 1024 * 1024  # a chain of certificates is some kilobytes


def read_bytes(path: Path, what: str) -> bytes:
    """The content of the file of a ``what`` ("certificate"). Raises :class:`KeyFileError`."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise KeyFileError(
            f"there is no {what} file {path}",
            next_step=f"Make a pair with `provision keys new {path.stem or 'NAME'}`, or mend the "
            "path (paths are relative to the spec).",
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise KeyFileError(
            f"the {what} file {path} cannot be read: {reason}",
            next_step="Mend the path or the file's permissions.",
        ) from error
    if len(data) > _MAX_BYTES:
        raise KeyFileError(
            f"{path} is larger than {_MAX_BYTES} bytes, so it is no {what} file",
            next_step="Mend the path.",
        )
    return data
