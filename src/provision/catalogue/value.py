"""The values that a field of a component can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from provision.catalogue.json_form import JsonForm

__all__ = ["UNSET", "Fields", "RawXml", "Record", "Scalar", "Unset", "Value"]


class Unset:
    """The class of :data:`UNSET`, the value of a field that a spec clears."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class RawXml:
    """Elements of a field that the catalogue does not know, kept as they came."""

    text: str


Scalar: TypeAlias = str | int | bool
Record: TypeAlias = Mapping[str, Scalar]
_AnyValue: TypeAlias = Scalar | Record | tuple[Record, ...] | RawXml | Unset


def _written(value: _AnyValue) -> object:
    """What JSON has no form for has a name in its form."""
    match value:
        case Unset():
            return {"unset": True}
        case RawXml():
            return {"xml": value.text}
        case bool() | int() | str():
            return value
        case tuple():
            return {"records": [dict(record) for record in value]}
        case _:
            return {"record": dict(value)}


def _read(form: object) -> _AnyValue:
    match form:
        case bool() | int() | str():
            return form
        case {"unset": True, **rest} if not rest:
            return UNSET
        case {"xml": str(text), **rest} if not rest:
            return RawXml(text)
        case {"record": dict(record), **rest} if not rest:
            return _record(record)
        case {"records": list(records), **rest} if not rest:
            return tuple(_record(record) for record in records)
        case _:
            raise ValueError(_NO_VALUE)


def _record(form: object) -> Record:
    if not isinstance(form, dict):
        raise ValueError(_NO_VALUE)  # noqa: TRY004  # pydantic reports ValueErrors with their place
    if not all(isinstance(value, str | int) for value in form.values()):
        raise ValueError("a record has a text, a number, true or false in each of its fields")
    return form


_NO_VALUE: Final = (
    "it must be a text, a number, true, false, or one of {unset: true}, {xml: ...}, "
    "{record: {...}}, {records: [...]}"
)
_SCALAR: Final = {"type": ["string", "integer", "boolean"]}
_RECORD: Final = {"type": "object", "additionalProperties": _SCALAR}


def _tagged(name: str, schema: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": {name: schema},
        "required": [name],
        "additionalProperties": False,
    }


_SCHEMA: Final = {
    "description": "A field's value.",
    "anyOf": [
        _SCALAR,
        _tagged("unset", {"const": True, "description": "The field is to be cleared."}),
        _tagged("xml", {"type": "string", "description": "A field unknown to provision."}),
        _tagged("record", _RECORD),
        _tagged("records", {"type": "array", "items": _RECORD}),
    ],
}

Value: TypeAlias = Annotated[_AnyValue, JsonForm(_written, _read, _SCHEMA)]
"""The value of a field, which codecs can write to JSON and read back."""


def _read_fields(form: object) -> Mapping[str, _AnyValue]:
    if not isinstance(form, dict):
        raise ValueError("it must have the fields by name")  # noqa: TRY004  # see _record
    fields: dict[str, _AnyValue] = {}
    for name, value in form.items():
        try:
            fields[name] = _read(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return fields


Fields: TypeAlias = Annotated[
    Mapping[str, _AnyValue],
    JsonForm(
        lambda fields: {name: _written(value) for name, value in fields.items()},
        _read_fields,
        {"type": "object", "additionalProperties": _SCHEMA},
    ),
]
"""The values of a record's fields, by name."""
