"""The one error of places that secrets go to."""

from __future__ import annotations

from provision.errors import CannotError

__all__ = ["SinkError"]


class SinkError(CannotError):
    """A sink does not take the values: it is in the way, missing, refuses, or does not end."""
