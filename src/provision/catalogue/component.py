"""Component: one metadata record, and the values that its fields can hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from provision.catalogue.field import PARENT_FIELD, MetadataType
from provision.catalogue.json_form import BY_TYPE_NAME
from provision.catalogue.value import UNSET, Fields, RawXml, Record, Scalar, Unset, Value

__all__ = ["UNSET", "Component", "RawXml", "Record", "Scalar", "Unset", "Value"]


@dataclass(frozen=True, slots=True)
class Component:
    """One metadata record: type, full name and fields.

    A desired component does not have the fields that a spec does not manage, and :data:`UNSET`
    clears a field. An actual component never has :data:`UNSET`.
    """

    type: Annotated[MetadataType, BY_TYPE_NAME]
    full_name: str
    fields: Fields = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    @property
    def parent(self) -> str:
        """The developer name of the app that this component belongs to (itself, for the app).

        Empty if the record has no parent field: its own name does not prove its app.
        """
        if self.type.field(PARENT_FIELD) is None:
            return self.full_name
        return self.text(PARENT_FIELD)

    @property
    def file_name(self) -> str:
        """The path of this component's file inside a Metadata API package."""
        return self.type.file_name(self.full_name)

    def text(self, name: str) -> str:
        """The field ``name`` as text; empty if the component does not have it."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""
