"""Periods of time: the one table of units, and how people write an amount of one of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = [
    "LONGEST_AMOUNT",
    "REFRESH_TOKEN_UNITS",
    "TIMEOUT_UNITS",
    "Period",
    "PeriodUnit",
    "read_period",
]

PeriodUnit: TypeAlias = Literal["minutes", "hours", "days", "months"]

TIMEOUT_UNITS: Final[tuple[PeriodUnit, ...]] = ("minutes", "hours")
"""The units in which a spec may write a session timeout."""

REFRESH_TOKEN_UNITS: Final[tuple[PeriodUnit, ...]] = ("days", "hours", "months")
"""The units in which metadata counts how long a refresh token is valid (WSDL)."""

LONGEST_AMOUNT: Final = 2**31 - 1
"""The largest number that the fields of periods and timeouts hold: they are xsd:int (WSDL)."""

_DAY: Final = 24 * 60
# Salesforce does not say how it counts a month. A limit of at most so much is compared with the
# longest month, and a limit of at least so much with the shortest: no reading of it surprises.
_MINUTES: Final[Mapping[PeriodUnit, tuple[int, int]]] = {
    "minutes": (1, 1),
    "hours": (60, 60),
    "days": (_DAY, _DAY),
    "months": (28 * _DAY, 31 * _DAY),
}
_SHORT: Final[Mapping[str, PeriodUnit]] = {"m": "minutes", "h": "hours", "d": "days"}
_UNITS: Final[Mapping[str, PeriodUnit]] = {
    **_SHORT,
    **{unit: unit for unit in _MINUTES},
    **{unit.removesuffix("s"): unit for unit in _MINUTES},
}
_WRITTEN: Final = re.compile(r"(-?[0-9]+)\s*([A-Za-z]*)")
_MOST_DIGITS: Final = len(str(LONGEST_AMOUNT))


@dataclass(frozen=True, slots=True)
class Period:
    """A whole number of one unit of time. A month has 28 to 31 days."""

    amount: int
    unit: PeriodUnit

    @classmethod
    def of_metadata(cls, amount: object, unit: object) -> Period | None:
        """A refresh token's period, a number and a unit in metadata; ``None`` if one is unknown."""
        known = next((each for each in REFRESH_TOKEN_UNITS if each == str(unit).casefold()), None)
        if known is None or isinstance(amount, bool) or not isinstance(amount, int):
            return None
        return cls(amount, known)

    @property
    def shortest(self) -> int:
        """How many minutes it is at least."""
        return self.amount * _MINUTES[self.unit][0]

    @property
    def longest(self) -> int:
        """How many minutes it is at most."""
        return self.amount * _MINUTES[self.unit][1]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.removesuffix('s') if self.amount == 1 else self.unit}"


def read_period(value: object, units: Collection[PeriodUnit]) -> Period:
    """The period that a person wrote as ``90 days``, ``90d``, ``15 minutes`` or ``15m``.

    Raises :class:`ValueError` with a sentence that says what to write, in one of ``units``.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(  # noqa: TRY004  # callers report each refusal in the same way
            f"it is not a duration, such as `30 {next(iter(units))}`"
        )
    text = str(value).strip()
    found = _WRITTEN.fullmatch(text)
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
    if len(digits) > _MOST_DIGITS or int(digits) > LONGEST_AMOUNT:
        raise ValueError(f"{text!r} is too long: at most {LONGEST_AMOUNT} {unit}")
    if int(digits) < 1:
        raise ValueError(f"{text!r}: it must be 1 or more")
    return Period(int(digits), unit)


def _example(digits: str, units: Collection[PeriodUnit]) -> str:
    amount = digits.lstrip("-")[:_MOST_DIGITS]
    return f"write {_listed([f'`{amount} {unit}`' for unit in units])}"


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
