"""Where in which file something was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from provision.findings import Position

__all__ = ["KeyPath", "Place", "Position", "Positions", "dotted"]

KeyPath: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys of mappings, and indexes of lists (from 0)."""


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a value (of a list or mapping, that of its key), and of its key."""

    key: Position
    value: Position


class Positions:
    """The positions of all keys and values of a file, by path."""

    __slots__ = ("_places",)

    def __init__(self, places: Mapping[KeyPath, Place]) -> None:
        """``places`` must have the empty path: the document itself."""
        self._places = MappingProxyType(dict(places))

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def of(self, path: Sequence[str | int]) -> Position:
        """The position of the value at ``path``, or of the key of its nearest ancestor."""
        exact = self._places.get(tuple(path))
        return exact.value if exact else self.of_key(path)

    def of_key(self, path: Sequence[str | int]) -> Position:
        """The position of the key at ``path``, or of the key of its nearest ancestor."""
        for end in range(len(path), -1, -1):
            place = self._places.get(tuple(path[:end]))
            if place:
                return place.key
        raise AssertionError("the document itself has a place")


def dotted(path: Sequence[str | int]) -> str:
    """A path as text: ``policies.profiles[0].name``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
