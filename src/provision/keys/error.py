"""The one error of key and certificate files."""

from __future__ import annotations

from provision.errors import CannotError

__all__ = ["KeyFileError"]


class KeyFileError(CannotError):
    """A key or certificate file is missing, unreadable, not what it should be, or in the way."""
