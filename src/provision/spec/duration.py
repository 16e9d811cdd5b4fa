"""Durations as people write them: ``90 days``, ``90d``, ``15 minutes``, ``15m``."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = ["MOST", "Duration", "DurationUnit", "duration_of"]

DurationUnit: TypeAlias = Literal["minutes", "hours", "days", "months"]

_DURATION: Final = re.compile(r"(-?[0-9]+)\s*([A-Za-z]*)")
_UNITS: Final[dict[str, DurationUnit]] = {
    "m": "minutes",
    "minute": "minutes",
    "minutes": "minutes",
    "h": "hours",
    "hour": "hours",
    "hours": "hours",
    "d": "days",
    "day": "days",
    "days": "days",
    "month": "months",
    "months": "months",
}

MOST: Final = 2**31 - 1
"""The greatest number that the fields of periods and timeouts hold: they are xsd:int (WSDL)."""
_MOST_DIGITS: Final = len(str(MOST))


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of one unit."""

    amount: int
    unit: DurationUnit


def duration_of(value: object, units: Collection[DurationUnit]) -> Duration:
    """The duration that ``value`` says, in one of ``units``.

    Raises :class:`ValueError` with a sentence that says what to write.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(  # noqa: TRY004  # one kind of refusal, whatever is wrong
            f"it is not a duration, such as `30 {next(iter(units))}`"
        )
    text = str(value).strip()
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a duration: {_example('30', units)}")
    digits, word = found[1], found[2].lower()
    if not word:
        raise ValueError(f"{text} has no unit: {_example(digits, units)}")
    if word == "m" and "minutes" not in units:
        raise ValueError(f"{text!r}: minutes or months? write `{digits} months`")
    unit = _UNITS.get(word)
    if unit is None or unit not in units:
        raise ValueError(f"{text!r}: it is counted in {_listed(list(units))}")
    if len(digits) > _MOST_DIGITS or int(digits) > MOST:
        raise ValueError(f"{text!r} is too long: at most {MOST} {unit}")
    if int(digits) < 1:
        raise ValueError(f"{text!r}: it must be 1 or more")
    return Duration(int(digits), unit)


def _example(digits: str, units: Collection[DurationUnit]) -> str:
    amount = digits.lstrip("-")[:_MOST_DIGITS]
    return f"write {_listed([f'`{amount} {unit}`' for unit in units])}"


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
