"""Field values in a saved plan: what JSON has no word for is named."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Described

from provision.catalogue.component import UNSET, RawXml, Record, Unset, Value
from provision.catalogue.field import Field, Kind

__all__ = ["SavedModel", "SavedScalar", "SavedValue", "complaint", "saved_value", "value_of"]


class SavedModel(BaseModel):
    """A part of a file of ours: nothing is coerced, no key is ignored."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True
    )


SavedScalar: TypeAlias = bool | int | str
SavedRecord: TypeAlias = dict[str, SavedScalar]


class SavedUnset(SavedModel):
    """The field is to be cleared."""

    unset: Literal[True]


class SavedXml(SavedModel):
    """A field that this version of provision does not know, as the org sent it."""

    xml: str


class SavedRecordValue(SavedModel):
    """One record."""

    record: SavedRecord


class SavedRecords(SavedModel):
    """A list of records."""

    records: tuple[SavedRecord, ...]


SavedValue: TypeAlias = Annotated[
    SavedScalar | SavedUnset | SavedXml | SavedRecordValue | SavedRecords,
    Described(description="A field's value."),
]


def saved_value(value: Value) -> SavedValue:
    """``value`` as a saved plan holds it."""
    match value:
        case Unset():
            return SavedUnset(unset=True)
        case RawXml():
            return SavedXml(xml=value.text)
        case bool() | int() | str():
            return value
        case tuple():
            return SavedRecords(records=tuple(dict(record) for record in value))
        case _:
            return SavedRecordValue(record=dict(value))


def value_of(saved: SavedValue) -> Value:
    """The value that a saved plan holds."""
    match saved:
        case SavedUnset():
            return UNSET
        case SavedXml():
            return RawXml(saved.xml)
        case SavedRecords():
            return tuple(saved.records)
        case SavedRecordValue():
            return saved.record
        case _:
            return saved


def complaint(field: Field | None, value: Value) -> str:
    """Why ``value`` cannot be one of ``field`` (``None``: unknown), empty if it can."""
    if field is None:
        known = isinstance(value, (RawXml, Unset))
        return "" if known else "it is not a field of this type, so that its value must be `xml`"
    if isinstance(value, Unset) or _is_of(field.kind, value):
        return ""
    return f"it takes {_WORDS.get(field.kind, 'text')}"


def _is_of(kind: Kind, value: Value) -> bool:
    match kind:
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.RECORD:
            return _is_record(value)
        case Kind.RECORDS:
            return isinstance(value, tuple)
        case _:
            return isinstance(value, str)


def _is_record(value: Value | Record) -> bool:
    return not isinstance(value, (str, int, tuple, RawXml, Unset))


_WORDS = {
    Kind.BOOLEAN: "true or false",
    Kind.INTEGER: "a whole number",
    Kind.RECORD: "a record",
    Kind.RECORDS: "a list of records",
}
