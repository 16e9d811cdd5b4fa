"""Judging a change: what a row says of it, and the judges of single values and of records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import canonical, or_default
from provision.catalogue.field import Field
from provision.catalogue.risk import HARMLESS, Edit, Risk, disruptive, together
from provision.catalogue.value import Value

__all__ = [
    "UNKNOWN",
    "Always",
    "EachField",
    "Fewer",
    "Flag",
    "Harmless",
    "Ordered",
    "Presence",
    "judged",
]

UNKNOWN: Final = "provision does not know one of the values, so it cannot say which is stricter."
_NOTHING: Final[Mapping[str, Value]] = {}


def judged(
    field: Field,
    before: Value | None,
    after: Value | None,
    *,
    had: Mapping[str, Value] = _NOTHING,
    has: Mapping[str, Value] = _NOTHING,
) -> Risk:
    """What changing ``field`` of an existing component from ``before`` to ``after`` can do.

    ``had`` and ``has`` are all fields of the component before and after, as far as they are
    known: some fields are only judged together with others. The default stands in place of none.
    """
    was, becomes = or_default(field, before), or_default(field, after)
    if canonical(field, was) == canonical(field, becomes):
        return HARMLESS
    return field.risk(Edit(was, becomes, had, has))


@dataclass(frozen=True, slots=True)
class Harmless:
    """For a field whose changes harm nobody: ``why`` is the reason."""

    why: str

    def __call__(self, _: Edit) -> Risk:
        """No risk."""
        return HARMLESS


@dataclass(frozen=True, slots=True)
class Always:
    """For a field whose every change has the same risk."""

    risk: Risk

    def __call__(self, _: Edit) -> Risk:
        """The one risk."""
        return self.risk


@dataclass(frozen=True, slots=True)
class Flag:
    """For a flag: the risk of switching it on, and of switching it off."""

    on: Risk
    off: Risk

    def __call__(self, edit: Edit) -> Risk:
        """The risk of the new position."""
        return self.on if edit.after is True else self.off


@dataclass(frozen=True, slots=True)
class Presence:
    """For a text: the risk of setting it, of changing it, and of clearing it."""

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
    """For an enumeration: its values from the weakest to the strictest. No value is the weakest."""

    order: tuple[str, ...]
    weaker: Risk
    stricter: Risk

    def __call__(self, edit: Edit) -> Risk:
        """Whether the new value is weaker or stricter. An unknown value is neither."""
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
    """For a number: a smaller one is stricter.

    ``none`` is the number that an org uses if the field has no value. Without it, no value is the
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


@dataclass(frozen=True, slots=True)
class EachField:
    """For a record: the row of each of its fields judges that field."""

    fields: tuple[Field, ...]

    def __call__(self, edit: Edit) -> Risk:
        """The risks of all fields that change."""
        before = edit.before if isinstance(edit.before, Mapping) else {}
        after = edit.after if isinstance(edit.after, Mapping) else {}
        return together(
            *(judged(field, before.get(field.name), after.get(field.name)) for field in self.fields)
        )
