"""Record ids: the case-sensitive form of 15 characters, and the other one of 18."""

from __future__ import annotations

from typing import Final

__all__ = ["id_of", "long_id", "short_id"]

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_POD: Final = "5e0"


def long_id(text: str) -> str:
    """The 18-character form of an id: the last three encode the case of the others (DOC).

    Text of a length other than 15 is returned unchanged.
    """
    if len(text) != 15:
        return text
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << i for i, char in enumerate(text[start : start + 5]) if "A" <= char <= "Z")
        suffix += _CHECKSUM[bits]
    return text + suffix


def short_id(text: str) -> str:
    """The 15-character form of an id."""
    return text[:15]


def id_of(prefix: str, number: int) -> str:
    """The ``number``-th id with a three-character key prefix, in its 18-character form."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return long_id(prefix + _POD + digits.rjust(9, "0"))
