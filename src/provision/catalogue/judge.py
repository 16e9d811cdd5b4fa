"""Judges of single values: flags, enumerations, numbers, texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.catalogue.risk import HARMLESS, Edit, Risk, disruptive
from provision.catalogue.value import Value

__all__ = ["UNKNOWN", "Always", "Fewer", "Flag", "Harmless", "Ordered", "Presence"]

UNKNOWN: Final = "provision does not know one of the values, so it cannot say which is stricter."


@dataclass(frozen=True, slots=True)
class Harmless:
    """A field whose changes harm nobody, and why."""

    why: str

    def __call__(self, _: Edit) -> Risk:
        """No risk."""
        return HARMLESS


@dataclass(frozen=True, slots=True)
class Always:
    """A field of which every change has the same risk."""

    risk: Risk

    def __call__(self, _: Edit) -> Risk:
        """The one risk."""
        return self.risk


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: the risk of switching it on, and of switching it off."""

    on: Risk
    off: Risk

    def __call__(self, edit: Edit) -> Risk:
        """The risk of the new position."""
        return self.on if edit.after is True else self.off


@dataclass(frozen=True, slots=True)
class Presence:
    """A text: the risk of setting it, of changing it, and of clearing it."""

    set: Risk
    changed: Risk
    cleared: Risk

    def __call__(self, edit: Edit) -> Risk:
        """The risk of what happens to the text."""
        if not edit.before:
            return self.set
        return self.changed if edit.after else self.cleared


@dataclass(frozen=True, slots=True)
class Ordered:
    """An enumeration from its weakest value to its strictest. No value is the weakest."""

    order: tuple[str, ...]
    weaker: Risk
    stricter: Risk

    def __call__(self, edit: Edit) -> Risk:
        """Whether the new value is weaker or stricter; a value that we do not know is neither."""
        before, after = self._rank(edit.before), self._rank(edit.after)
        if before is None or after is None:
            return disruptive(UNKNOWN)
        return self.weaker if after < before else self.stricter

    def _rank(self, value: Value | None) -> int | None:
        if value is None:
            return -1
        folded = [each.casefold() for each in self.order]
        text = str(value).casefold()
        return folded.index(text) if text in folded else None


@dataclass(frozen=True, slots=True)
class Fewer:
    """A number of which less is stricter.

    ``none`` is the number that the org takes where there is none; without it, none is the
    weakest.
    """

    weaker: Risk
    stricter: Risk
    none: int | None = None

    def __call__(self, edit: Edit) -> Risk:
        """Whether the new number is weaker or stricter."""
        before = self.none if edit.before is None else edit.before
        after = self.none if edit.after is None else edit.after
        if isinstance(before, int) and (not isinstance(after, int) or after > before):
            return self.weaker
        return self.stricter
