"""Judgement: asks a field's judge what a change of its value can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.catalogue.canonical import canonical
from provision.catalogue.field import Field, Kind
from provision.catalogue.risk import HARMLESS, Edit, Risk, together
from provision.catalogue.value import Unset, Value

__all__ = ["EachField", "judged"]

_NOTHING: Mapping[str, Value] = {}


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
    known: some fields are only judged beside others. No value and an unset one are the default.
    """
    was, becomes = _effective(field, before), _effective(field, after)
    if canonical(field, was) == canonical(field, becomes):
        return HARMLESS
    return field.risk(Edit(was, becomes, had, has))


def _effective(field: Field, value: Value | None) -> Value | None:
    if canonical(field, value) is None:
        return False if field.kind is Kind.BOOLEAN and field.default is None else field.default
    return None if isinstance(value, Unset) else value


@dataclass(frozen=True, slots=True)
class EachField:
    """A record, of which each field is judged by its own row."""

    fields: tuple[Field, ...]

    def __call__(self, edit: Edit) -> Risk:
        """All risks of the fields that change."""
        before = edit.before if isinstance(edit.before, Mapping) else {}
        after = edit.after if isinstance(edit.after, Mapping) else {}
        return together(
            *(judged(field, before.get(field.name), after.get(field.name)) for field in self.fields)
        )
