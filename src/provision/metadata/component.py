"""Component: one metadata record, and the values that its fields can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from provision.metadata.catalogue import PARENT_FIELD
from provision.metadata.field import MetadataType

__all__ = ["UNSET", "Component", "RawXml", "Record", "Scalar", "Unset", "Value"]


class Unset:
    """The value of a field that a spec wants cleared. There is one: :data:`UNSET`."""

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
Value: TypeAlias = Scalar | Record | tuple[Record, ...] | RawXml | Unset


@dataclass(frozen=True, slots=True)
class Component:
    """One metadata record: type, full name, fields. A field that is not there says nothing.

    In a desired component :data:`UNSET` asks for a field to be cleared; in an actual one it does
    not occur.
    """

    type: MetadataType
    full_name: str
    fields: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    @property
    def parent(self) -> str:
        """The developer name of the app that this component belongs to (itself, for the app)."""
        name = self.fields.get(PARENT_FIELD, self.full_name)
        return name if isinstance(name, str) else self.full_name

    @property
    def file_name(self) -> str:
        """The path of this component's file inside a Metadata API package."""
        return self.type.file_name(self.full_name)

    def text(self, name: str) -> str:
        """The field ``name`` as text, empty when the component says nothing of it."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""
