"""The bytes of a key or certificate file, or a reason with a next step."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provision.keys.error import KeyFileError
from provision.sensitive_text import sensitive_kind

__all__ = ["is_there", "named", "read_bytes"]

_MAX_BYTES: Final = 1024 * 1024  # a chain of certificates is some kilobytes
_SUFFIXES: Final = frozenset(
    {".key", ".pem", ".crt", ".cer", ".cert", ".csr", ".der", ".p8", ".p12", ".pfx"}
)
_UNNAMED: Final = "(not shown, since it may be a secret instead of a path)"


def is_there(path: Path) -> bool:
    """Whether there is a file at ``path``; no error for what can be no path at all."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a key's text is too long for a name, or has a NUL in it
        return False


def named(path: Path) -> str:
    """``path`` for a message: as it is only if it leads to a file, or ends as key files do.

    People put the key itself, or its passphrase, where the path of its file is due.
    """
    if sensitive_kind(str(path)) or not str(path).isprintable():
        return _UNNAMED
    return str(path) if path.suffix.lower() in _SUFFIXES or is_there(path) else _UNNAMED


def read_bytes(path: Path, what: str) -> bytes:
    """The content of the file of a ``what`` ("certificate"). Raises :class:`KeyFileError`."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise KeyFileError(
            f"there is no {what} file {named(path)}",
            next_step=f"Make a pair with `provision keys new {_name_for(path)}`, or fix the path "
            "(paths are relative to the spec).",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or "no path at all"
        raise KeyFileError(
            f"the {what} file {named(path)} cannot be read: {reason}",
            next_step="Fix the path or the file's permissions.",
        ) from None
    if len(data) > _MAX_BYTES:
        raise KeyFileError(
            f"{path} is larger than {_MAX_BYTES} bytes, so it is no {what} file",
            next_step="Fix the path.",
        )
    return data


def _name_for(path: Path) -> str:
    """What a pair at ``path`` would be called, if the path may be shown."""
    return path.stem if path.stem and named(path) != _UNNAMED else "NAME"
