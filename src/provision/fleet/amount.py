"""Amount: a number of orgs, or a share of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Amount", "amount_of"]

_PERCENT: Final = re.compile(r"([1-9][0-9]?|100) *%")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Amount:
    """So many orgs, or so many of a hundred."""

    number: int
    is_percent: bool = False

    def __str__(self) -> str:
        return f"{self.number}%" if self.is_percent else str(self.number)

    def of(self, total: int) -> int:
        """How many of ``total`` that is: at least one, and of a share, rounded up."""
        return max(1, -(-total * self.number // 100)) if self.is_percent else self.number


def amount_of(value: object) -> Amount:
    """The amount that ``5`` or ``10%`` says. Raises ValueError with a sentence."""
    text = str(value).strip() if not isinstance(value, bool) else ""
    if _NUMBER.fullmatch(text):
        return Amount(int(text))
    percent = _PERCENT.fullmatch(text)
    if percent:
        return Amount(int(percent.group(1)), is_percent=True)
    raise ValueError("it takes a number from 1 on, or a share from 1% to 100%")
