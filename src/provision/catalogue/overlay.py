"""Overlay: what is deployed is the desired component laid over the actual one."""

from __future__ import annotations

from collections.abc import Mapping

from provision.catalogue.component import Component, Unset, Value
from provision.catalogue.field import MetadataType, Role

__all__ = ["overlay"]

_NEVER_SENT_BACK = frozenset({Role.PLATFORM, Role.ACTION, Role.ON_CREATE})


def overlay(desired: Component, actual: Component | None) -> Component:
    """The whole record to deploy, since a deploy replaces a whole record (OBS).

    Over an ``actual`` component: its fields, unknown ones included, without those that the org
    generates, and under what ``desired`` says. Without one: what ``desired`` says, and the
    defaults of the fields that must be sent. Fields that mean nothing beside the others are
    dropped. ``UNSET`` fields are dropped as well: that is how a deploy clears them.
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
    """A value, and of a record those of its fields that are not said."""
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
