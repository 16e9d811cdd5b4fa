"""Comparison: the fields in which an actual component differs from the desired one."""

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
    """One declared field whose actual value differs from the desired one. ``None`` is no value."""

    field: Field
    before: Value | None
    after: Value | Unset


def differences(desired: Component, actual: Component | None) -> Iterator[Difference]:
    """The declared fields in which ``actual`` is not ``desired``, in WSDL order.

    Only the fields of ``desired`` are compared. Lists of names, scopes and URLs are compared as
    sets, certificates by their DER. A field that the org leaves out has its default value. Fields
    that the org owns, and fields that have no effect because of another value, are skipped.
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
    """Of a record, only the fields that the spec has. It does not manage the others."""
    if isinstance(value, Mapping) and isinstance(after, Mapping):
        return {name: inner for name, inner in value.items() if name in after}
    return value


def _differs(field: Field, before: Value | None, after: Value, *, exists: bool) -> bool:
    if not exists:
        return not isinstance(after, Unset)
    if field.secret:
        return False  # the org never returns it, so there is nothing to compare with (OBS)
    return canonical(field, or_default(field, before)) != canonical(field, or_default(field, after))
