"""The `accept:` part of a spec: differences between org and spec that are accepted for a time."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from provision.catalogue.catalogue import (
    CORE_TYPES,
    KEYED_FIELDS,
    fields_set_by,
    type_named,
)
from provision.catalogue.field import MetadataType, Role
from provision.spec.base import SpecModel, distinct, refusal
from provision.spec.hint import did_you_mean

__all__ = ["AcceptedField", "accepted_once", "fields_named"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def fields_named(name: str) -> tuple[tuple[MetadataType, str], ...]:
    """The metadata fields that a spec's key, or ``Type.field``, names; none if unknown."""
    of_key = fields_set_by(name)
    if of_key:
        return tuple((keyed.type, keyed.field.name) for keyed in of_key)
    type_name, _, field_name = name.partition(".")
    metadata_type = type_named(type_name)
    field = metadata_type.field(field_name) if metadata_type else None
    if metadata_type is None or field is None or field.role is not Role.SPEC:
        return ()
    if field.key is not None and len(fields_set_by(field.key.name)) > 1:
        return ()  # one of several that only have a meaning together
    return ((metadata_type, field.name),)


def _field(name: str) -> str:
    if not fields_named(name):
        known = [
            *dict.fromkeys(keyed.key.name for keyed in KEYED_FIELDS),
            *(
                name
                for kind in CORE_TYPES
                for field in kind.fields
                if fields_named(name := f"{kind.name}.{field.name}")
            ),
        ]
        raise refusal(
            f"{name!r} is neither a key of a spec, such as policies.session_timeout, nor "
            f"Type.field{did_you_mean(name, known)}"
        )
    return name


def _reason(text: str) -> str:
    if not text.strip():
        raise refusal("say why the difference is accepted")
    return text


def _day(value: object) -> object:
    text = str(value)
    try:
        # Alone, fromisoformat takes more forms than people expect.
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise refusal(f"{str(value)!r} is not a day; write it as 2027-01-31") from None


AcceptableField: TypeAlias = Annotated[str, AfterValidator(_field)]
Reason: TypeAlias = Annotated[str, AfterValidator(_reason)]
Day: TypeAlias = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$|\$\{"}),
]


class AcceptedField(SpecModel):
    """A field in which the org may differ from the spec: a plan lists it and does not change it."""

    field: AcceptableField
    """A key of the spec, such as policies.session_timeout, or Type.field."""

    reason: Reason
    """Why the difference is accepted."""

    until: Day
    """The last day of acceptance: 2027-01-31. After it, the difference counts again."""


def accepted_once(items: tuple[AcceptedField, ...]) -> tuple[AcceptedField, ...]:
    """``items``, if each names another field. Raises pydantic's custom error."""
    distinct([item.field for item in items])
    return items
