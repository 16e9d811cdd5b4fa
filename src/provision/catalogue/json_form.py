"""JsonForm: how a value that JSON has no form for is written to JSON, and read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from provision.catalogue.field import Field, MetadataType

__all__ = ["BY_FIELD_NAME", "BY_TYPE_NAME", "JsonForm"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)  # typing wants annotations to be hashable
class JsonForm(Generic[_T]):
    """Annotates a type: ``Annotated[SomeType, JsonForm(...)]``. pydantic calls its two methods.

    ``read`` raises ValueError for what ``write`` does not make. ``schema`` is the JSON Schema of
    the form. pydantic is imported when a codec is made, and not with the types.
    """

    write: Callable[[_T], object]
    read: Callable[[Any], _T]
    schema: Mapping[str, object]

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """The rule by which pydantic reads and writes a value of the annotated type."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON Schema of the annotated type."""
        return dict(self.schema)


def _type_named(name: object) -> MetadataType:
    from provision.catalogue.catalogue import type_named
    from provision.catalogue.dependent_types import TYPE_PREFIX, undescribed_type

    if not isinstance(name, str):
        raise ValueError("it must be the name of a metadata type")  # noqa: TRY004  # see Value
    found = type_named(name)
    if found is None and not name.startswith(TYPE_PREFIX):
        raise ValueError(f"there is no metadata type {name}")
    return found or undescribed_type(name, "", "").metadata_type


def _field_named(name: object) -> Field:
    """A field with no more than its name. Whoever holds it knows the type, and so the field."""
    from provision.catalogue.field import unknown_field

    if not isinstance(name, str):
        raise ValueError("it must be the name of a field")  # noqa: TRY004  # see Value
    return unknown_field(name)


_NAME: Final = {"type": "string"}

BY_TYPE_NAME: Final[JsonForm[MetadataType]] = JsonForm(lambda kind: kind.name, _type_named, _NAME)
"""Writes a metadata type as its name."""

BY_FIELD_NAME: Final[JsonForm[Field]] = JsonForm(lambda field: field.name, _field_named, _NAME)
"""Writes a field as its name."""
