"""Secrecy: finds secrets, and texts from outside of a spec, before they get into a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provision.catalogue.component import Component, RawXml, Unset, Value
from provision.plan.plan import AccessChange, Assign, CreatePermissionSet, CreateProfile, Plan
from provision.redaction import Redaction

__all__ = ["holds", "secret_fields", "texts_of_plan", "texts_of_value"]


def secret_fields(plan: Plan) -> tuple[str, ...]:
    """The fields of ``plan`` whose value is a secret, each as ``Type.field``."""
    components = [c for item in plan.components for c in (item.desired, item.component)]
    return tuple(sorted({name for component in components for name in _secrets_of(component)}))


def holds(texts: Iterable[str], sensitive: Iterable[str]) -> bool:
    """Whether one of ``texts`` contains a sensitive text, in any encoding."""
    redaction = Redaction(sensitive)
    return any(map(redaction.finds, texts))


def texts_of_plan(plan: Plan) -> Iterator[str]:
    """Every text in ``plan`` that may come from a spec or an org."""
    yield plan.app
    accepted = (item.change for item in (*plan.accepted, *plan.expired))
    for change in (*plan.changes, *accepted):
        yield from texts_of_value(change.before)
        yield from texts_of_value(change.after)
    for item in plan.components:
        for component in (item.desired, item.component):
            for value in component.fields.values():
                yield from texts_of_value(value)
    for access in plan.access:
        yield from _names(access)


def texts_of_value(value: Value | None) -> Iterator[str]:
    """Every text in a field's value."""
    match value:
        case str():
            yield value
        case RawXml():
            yield value.text
        case tuple():
            for record in value:
                yield from (text for text in record.values() if isinstance(text, str))
        case None | Unset() | bool() | int():
            pass
        case _:
            yield from (text for text in value.values() if isinstance(text, str))


def _names(change: AccessChange) -> Iterator[str]:
    match change:
        case CreatePermissionSet():
            yield from (change.name, change.label)
        case CreateProfile():
            yield from (change.name, change.source)
        case Assign():
            yield from (change.permission_set, change.username)


def _secrets_of(component: Component) -> Iterator[str]:
    for name, value in component.fields.items():
        field = component.type.field(name)
        if field is not None and field.secret and not isinstance(value, Unset):
            yield f"{component.type.name}.{name}"
