"""Breach: how an app is not what a rule asks, and whether it is worse than before."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

__all__ = ["Breach"]


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong, in words that follow the field's name, and how far it goes.

    ``amount`` is how much too much there is, of rules that limit an amount; ``parts`` are the
    values that should not, or should, be there.
    """

    text: str
    amount: float = 0.0
    parts: frozenset[Hashable] = frozenset()

    def is_worse_than(self, earlier: Breach) -> bool:
        """Whether this goes further than ``earlier``, a breach of the same rule.

        Another wrong value in place of a wrong one goes further: nobody has agreed to it.
        """
        return self.amount > earlier.amount or not self.parts <= earlier.parts
