"""The values that a field of a component can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["UNSET", "RawXml", "Record", "Scalar", "Unset", "Value"]


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
Value: TypeAlias = Scalar | Record | tuple[Record, ...] | RawXml | Unset
