"""Effective values: what a field comes to in an app, said or not."""

from __future__ import annotations

from provision.catalogue.canonical import canonical
from provision.catalogue.component import Component, Value
from provision.catalogue.field import Field, Kind

__all__ = ["effective", "is_said"]


def effective(component: Component, field: Field) -> Value | None:
    """The value of ``field``; where nothing is said, what an org gives a new app.

    ``None`` is no value, which is also that of a field that means nothing beside the others: a
    timeout of the kind that a session decides, a period of tokens that never expire.
    """
    if not field.applies(component.fields):
        return None
    if is_said(component, field):
        return component.fields[field.name]
    if field.default is None and field.kind is Kind.BOOLEAN:
        return False
    return field.default


def is_said(component: Component, field: Field) -> bool:
    """Whether ``component`` has a value of ``field`` that means something."""
    value = component.fields.get(field.name)
    return canonical(field, value) is not None and field.applies(component.fields)
