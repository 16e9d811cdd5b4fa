"""The value of a YAML scalar without quotes, if YAML 1.1 and 1.2 agree on it; else a refusal.

PyYAML reads YAML 1.1: ``NO`` is false, ``15:00`` is 900, ``012`` is 10, ``1.10`` is 1.1. Other
programs, such as editors, read YAML 1.2, where the first three are text or 12. A reader of the file
cannot be sure of such a value, so it must be written in another way.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["PlainScalarRefused", "plain_scalar"]


class PlainScalarRefused(ValueError):
    """A scalar that must be written in another way. Its text is one sentence that says how."""


_WORDS: Final[dict[str, bool | None]] = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "null": None,
    "Null": None,
    "NULL": None,
    "~": None,
}
_YES: Final = frozenset({"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})
_NO: Final = frozenset({"n", "N", "no", "No", "NO", "off", "Off", "OFF"})

_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_BASE_60: Final = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_OTHER_NUMBER: Final = re.compile(
    r"""[-+]?(
        0[0-9_]+ | 0o[0-7_]+ | 0x[0-9a-fA-F_]+ | 0b[01_]+   # octal (both ways), hex, binary
      | [0-9][0-9_]*_[0-9_]* | [0-9]+_                      # 1_000
      | [0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?             # 1.10
      | \.[0-9][0-9_]*([eE][-+]?[0-9]+)?                    # .5
      | [0-9][0-9_]*[eE][-+]?[0-9]+                         # 1e3
      | \.(inf|Inf|INF)
    ) | \.(nan|NaN|NAN)""",
    re.VERBOSE,
)
_MOST_DIGITS: Final = 18  # what a 64-bit number holds; nothing that a spec counts is near it


def plain_scalar(text: str) -> str | int | bool | None:
    """The value of ``text`` as a plain scalar. Raises :class:`PlainScalarRefused`."""
    if text in _WORDS:
        return _WORDS[text]
    _refuse_ambiguous(text)
    if _INTEGER.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise PlainScalarRefused(f"{text[:20]}... is too long a number; {_quote(text)}")
        return int(text)
    return text


def _refuse_ambiguous(text: str) -> None:
    if not text:
        raise PlainScalarRefused(
            "there is no value: write null to unset it, or remove the key to leave the value "
            "unchanged"
        )
    if text in _YES or text in _NO:
        meant = "true" if text in _YES else "false"
        raise PlainScalarRefused(
            f"{text} is {meant} to some YAML programs and text to others; "
            f"write {meant}, or {_quote(text)}"
        )
    if _BASE_60.fullmatch(text):
        raise PlainScalarRefused(
            f"{text} is a number in base 60 to some YAML programs (15:00 is 900); "
            f"write a duration as `15 minutes`, or {_quote(text)}"
        )
    if _OTHER_NUMBER.fullmatch(text):
        raise PlainScalarRefused(
            f"{text} is a number that YAML programs read differently from its text; {_quote(text)}"
        )


def _quote(text: str) -> str:
    return f'write it in quotes if it is text: "{text[:40]}"'
