"""Fields: where a spec sets a metadata field, and to which value.

Which key sets which field is in the rows of the catalogue. Nothing here lists a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from provision.catalogue.canonical import SEPARATORS
from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    KEYED_FIELDS,
    OAUTH_SETTINGS,
    path_of,
    type_named,
)
from provision.catalogue.component import UNSET, Component, Value
from provision.catalogue.field import Field, Kind, MetadataType
from provision.spec.model import SpecDocument
from provision.spec.position import Position, Positions

__all__ = [
    "ABSENT",
    "Absent",
    "components_of",
    "in_metadata",
    "position_of",
    "value_of",
]


class Absent:
    """The value of a key that a spec does not have: the field stays as the org has it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


def position_of(positions: Positions, metadata_type: MetadataType, name: str) -> Position:
    """Where a spec sets the field ``name``, by its key or in `metadata:`, or would set it."""
    path = path_of(metadata_type, name)
    in_block = ("metadata", metadata_type.name, name)
    return positions.of(in_block if path not in positions and in_block in positions else path)


def value_of(document: SpecDocument, field: Field) -> object:
    """What ``document`` has for ``field`` by its key; ``ABSENT`` if nothing, ``None`` for null.

    If a key holds more than a flag, null switches the flag off: `client_credentials: null`. A list
    of profiles or permission sets is a list of their names.
    """
    if field.key is None:
        return ABSENT
    value: object = document
    for name in field.key.path:
        if not isinstance(value, BaseModel) or name not in value.model_fields_set:
            return ABSENT
        value = getattr(value, name)
    if field.key.part:
        if value is None:
            return False if field.kind is Kind.BOOLEAN else None
        value = getattr(value, field.key.part)
    if isinstance(value, tuple):
        return tuple(_item(field, item) for item in value)
    return value


def _item(field: Field, item: object) -> object:
    if field.kind is Kind.RECORDS and isinstance(item, BaseModel):
        return item.model_dump(exclude_unset=True)
    return getattr(item, "name", item)


def in_metadata(field: Field, value: object) -> object:
    """``value`` of a key as metadata holds it: words as values, and lists as one text.

    What is neither is returned as it is.
    """
    if isinstance(value, str):
        return field.words.get(value, value)
    if isinstance(value, tuple) and value and field.kind in SEPARATORS:
        return SEPARATORS[field.kind].join(value)
    return value


def components_of(document: SpecDocument) -> Mapping[str, Component]:
    """The components that ``document`` asks for, by type name, without any template.

    A document with unknown variables renders nothing, but what it has can be checked. A test
    compares this with the templates. A certificate is the path of its file: only its presence is
    checked.
    """
    fields: dict[str, dict[str, Value]] = {}
    if document.oauth is not None:
        fields = {OAUTH_SETTINGS.name: {}, GLOBAL_OAUTH_SETTINGS.name: {}}
    for keyed in KEYED_FIELDS:
        value = in_metadata(keyed.field, value_of(document, keyed.field))
        if not isinstance(value, Absent):
            fields.setdefault(keyed.type.name, {})[keyed.field.name] = _field_value(value)
    for type_name, values in document.metadata.items():
        of_type = fields.setdefault(type_name, {})
        of_type.update((name, UNSET if value is None else value) for name, value in values.items())
    return {
        name: Component(metadata_type, "", values)
        for name, values in fields.items()
        if (metadata_type := type_named(name)) is not None
    }


def _field_value(value: object) -> Value:
    if value is None or value == ():
        return UNSET
    return value if isinstance(value, (bool, int, tuple)) else str(value)
