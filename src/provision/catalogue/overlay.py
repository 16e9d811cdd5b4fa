"""Overlay: a deploy sends the actual component with the desired fields written over it."""

from __future__ import annotations

from collections.abc import Mapping

from provision.catalogue.component import Component, Unset, Value
from provision.catalogue.field import MetadataType, Role

__all__ = ["overlay"]

_NEVER_SENT_BACK = frozenset({Role.PLATFORM, Role.ACTION, Role.ON_CREATE})


def overlay(desired: Component, actual: Component | None) -> Component:
    """The whole record to deploy, since a deploy replaces a whole record (OBS).

    With an ``actual`` component: all of its fields except those that the org generates, and the
    fields of ``desired`` replace them. Unknown fields are kept. Without one: the fields of
    ``desired``, and the defaults of the fields that must be sent. Fields without a meaning beside
    the others are left out. So are ``UNSET`` fields: that is how a deploy clears them.
    """
    fields: dict[str, Value] = (
        _sent_on_create(desired.type) if actual is None else _sent_back(actual)
    )
    for name, value in desired.fields.items():
        field = desired.type.field(name)
        on_create_only = field is not None and field.role is Role.ON_CREATE
        if isinstance(value, Unset):
            fields.pop(name, None)
        elif actual is None or not on_create_only:
            fields[name] = _laid_over(value, fields.get(name))
    return Component(
        desired.type,
        desired.full_name if actual is None else actual.full_name,
        {name: value for name, value in fields.items() if _applies(desired.type, name, fields)},
    )


def _laid_over(value: Value, below: Value | None) -> Value:
    """``value``; a record keeps the fields ``below`` that ``value`` does not have."""
    if isinstance(value, Mapping) and isinstance(below, Mapping):
        return {**below, **value}
    return value


def _sent_on_create(metadata_type: MetadataType) -> dict[str, Value]:
    return {
        field.name: field.default
        for field in metadata_type.fields
        if (field.required or field.sent_on_create) and field.default is not None
    }


def _sent_back(actual: Component) -> dict[str, Value]:
    return {
        name: value
        for name, value in actual.fields.items()
        if (field := actual.type.field(name)) is None or field.role not in _NEVER_SENT_BACK
    }


def _applies(metadata_type: MetadataType, name: str, fields: Mapping[str, Value]) -> bool:
    field = metadata_type.field(name)
    return field is None or field.applies(fields)
