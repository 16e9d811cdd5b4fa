"""Predicates: what a rule can require of a value, and how a value breaks it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol

from provision.rules.measure import Amount
from provision.rules.observation import Observation

__all__ = [
    "Absent",
    "Breach",
    "Contains",
    "ContainsAny",
    "Equals",
    "Max",
    "Min",
    "NoneOf",
    "OneOf",
    "Option",
    "Predicate",
    "Required",
]


@dataclass(frozen=True, slots=True)
class Breach:
    """How an app breaks a rule: a text that follows the name of the field, and how bad it is.

    ``amount`` is the amount, if the rule limits one. ``parts`` are the values that must not be
    there, or are missing.
    """

    text: str
    amount: float = 0.0
    parts: frozenset[Hashable] = frozenset()

    def is_worse_than(self, earlier: Breach) -> bool:
        """Whether this is worse than ``earlier``, a breach of the same rule.

        Another wrong value in place of a wrong one is worse: nobody has agreed to it.
        """
        return self.amount > earlier.amount or not self.parts <= earlier.parts


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a rule lists: as it is written, and what it means.

    A scope may mean several: ``id`` is ``profile``, ``email``, ``address`` and ``phone``.
    """

    text: str
    parts: frozenset[Hashable]


class Predicate(Protocol):
    """A requirement that a value meets or does not meet."""

    def breach(self, observed: Observation) -> Breach | None:
        """How the value breaks the requirement; ``None`` if it meets it."""


@dataclass(frozen=True, slots=True)
class Max:
    """At most this amount. No value is not too much."""

    limit: Amount

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        amount = observed.amount
        if amount is None or amount.size <= self.limit.size:
            return None
        return Breach(f"{observed.text}; at most {self.limit.text}", amount.size)


@dataclass(frozen=True, slots=True)
class Min:
    """At least this amount. No value is not too little."""

    limit: Amount

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        amount = observed.amount
        if amount is None or amount.smallest >= self.limit.smallest:
            return None
        return Breach(f"{observed.text}; at least {self.limit.text}", -amount.smallest)


@dataclass(frozen=True, slots=True)
class Equals:
    """Exactly this value; for a list, exactly these items in any order."""

    option: Option

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        if observed.parts == self.option.parts:
            return None
        return Breach(f"{observed.text}; must be {self.option.text}", parts=observed.parts)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these values; a list has no other items."""

    options: tuple[Option, ...]

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        other = observed.parts.difference(*(option.parts for option in self.options))
        if not other:
            return None
        return Breach(f"{observed.text}; may be {_listed(self.options)}", parts=other)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of these values; a list has none of these items."""

    options: tuple[Option, ...]

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        found = [option for option in self.options if option.parts <= observed.parts]
        if not found:
            return None
        return Breach(f"{observed.text}; not allowed: {_listed(found)}", parts=_parts(found))


@dataclass(frozen=True, slots=True)
class Contains:
    """A list with all of these."""

    options: tuple[Option, ...]

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        lacking = [option for option in self.options if not option.parts <= observed.parts]
        if not lacking:
            return None
        return Breach(f"{observed.text}; lacks {_listed(lacking)}", parts=_parts(lacking))


@dataclass(frozen=True, slots=True)
class ContainsAny:
    """A list with at least one of these."""

    options: tuple[Option, ...]

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        if any(option.parts <= observed.parts for option in self.options):
            return None
        return Breach(f"{observed.text}; needs one of {_listed(self.options)}")


@dataclass(frozen=True, slots=True)
class Required:
    """The app itself sets a value. No value is worse than the worst value."""

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        if observed.is_set:
            return None
        found = f"{observed.text}; " if observed.parts else ""
        return Breach(f"{found}must be set", math.inf)


@dataclass(frozen=True, slots=True)
class Absent:
    """The app sets no value, or the flag is off."""

    def breach(self, observed: Observation) -> Breach | None:
        """See :class:`Predicate`."""
        if not observed.is_set or observed.parts == {False}:
            return None
        return Breach(f"{observed.text}; must not be set", parts=observed.parts)


def _listed(options: Iterable[Option]) -> str:
    return ", ".join(option.text for option in options)


def _parts(options: Iterable[Option]) -> frozenset[Hashable]:
    return frozenset(part for option in options for part in option.parts)
