"""Comparison: the fields in which an actual component is not what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provision.catalogue.canonical import canonical, or_default
from provision.catalogue.component import Component, RawXml, Unset, Value
from provision.catalogue.field import Field, Role
from provision.catalogue.overlay import overlay

__all__ = ["Difference", "differences"]

_COMPARED = frozenset({Role.SPEC, Role.ON_CREATE})


@dataclass(frozen=True, slots=True)
class Difference:
    """One declared field whose actual value (``None``: none) is not the desired one."""

    field: Field
    before: Value | None
    after: Value | Unset


def differences(desired: Component, actual: Component | None) -> Iterator[Difference]:
    """The declared fields in which ``actual`` is not ``desired``, in WSDL order.

    Only what ``desired`` says is compared. Lists of names, scopes and URLs are sets; certificates
    are equal by DER. A field that the org leaves out has its default, so that a default is no
    difference. Fields that the org owns, or that mean nothing beside the others, are left out.
    """
    merged = overlay(desired, actual)
    for field in desired.type.fields:
        if field.role not in _COMPARED or field.name not in desired.fields:
            continue
        after = desired.fields[field.name]
        if isinstance(after, RawXml) or not field.applies(merged.fields):
            continue
        before = None if actual is None else _comparable(actual.fields.get(field.name), after)
        if _differs(field, before, after, exists=actual is not None):
            yield Difference(field, before, after)


def _comparable(value: Value | None, after: Value) -> Value | None:
    """Of a record, the fields that are said: the rest are not managed."""
    if isinstance(value, Mapping) and isinstance(after, Mapping):
        return {name: inner for name, inner in value.items() if name in after}
    return value


def _differs(field: Field, before: Value | None, after: Value, *, exists: bool) -> bool:
    if not exists:
        return not isinstance(after, Unset)
    if field.secret:
        return False  # the org never returns it: nothing to compare with (OBS)
    return canonical(field, or_default(field, before)) != canonical(field, or_default(field, after))
