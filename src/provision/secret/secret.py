"""Secret: a value that nothing prints."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import NoReturn

from provision.errors import CannotError
from provision.redaction import HIDDEN, register

__all__ = ["Secret", "SinkError"]


class SinkError(CannotError):
    """A sink did not accept the values: it exists already, is missing, fails, or does not end."""


class Secret:
    """A text that only :meth:`reveal` shows.

    What prints, formats, copies, pickles or inspects values meets "(hidden)" or a TypeError.
    Two secrets are compared in constant time; a secret has no hash, since a hash tells of it.
    """

    # A function, so that code which walks over attributes (debuggers, rich) shows no text.
    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        register(text)
        self._reveal: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        """The text. The caller is responsible for where it goes."""
        return self._reveal()

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, format_spec: str) -> str:
        return format(HIDDEN, format_spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    __hash__ = None  # type: ignore[assignment]  # how Python spells "unhashable"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self  # it never changes; and dataclasses.asdict copies deeply

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret must not be pickled")
