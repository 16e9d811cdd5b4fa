"""A YAML document as a tree in which every key and value knows where it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from provision.spec.position import KeyPath, Place, Position, Positions

__all__ = [
    "HOLE",
    "Entry",
    "ExpandedText",
    "Hole",
    "MappingNode",
    "Node",
    "Plain",
    "ScalarNode",
    "ScalarValue",
    "SequenceNode",
    "has_holes",
    "holes",
    "is_hole",
    "node_at",
    "plain",
    "positions",
    "with_hole",
]


class Hole(Enum):
    """The value of a scalar that is not known: refused already, or from an unknown variable."""

    HOLE = "hole"


HOLE = Hole.HOLE


class ExpandedText(str):
    """Text with a variable in it. Where a key takes no text, ``true`` or ``15`` in it counts."""

    __slots__ = ()


ScalarValue: TypeAlias = str | int | bool | Hole | None


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value. ``raw`` is its text in the file, ``outside`` says that it came from elsewhere.

    ``quoted`` is whether the text was marked as text, by quotes or as a block.
    """

    position: Position
    raw: str
    value: ScalarValue
    quoted: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    position: Position
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping's value, and where its key stands."""

    key: Position
    node: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys and their values, in the order of the file."""

    position: Position
    entries: Mapping[str, Entry]


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


@dataclass(frozen=True, slots=True)
class Plain:
    """The values of a tree alone: dicts, tuples and scalars. Holes are left out."""

    value: object
    kept: Mapping[KeyPath, tuple[int, ...]]

    def path_in_tree(self, path: Sequence[str | int]) -> KeyPath:
        """The path in the tree of what is at ``path`` here, where holes do not count in lists."""
        result: KeyPath = ()
        for part in path:
            kept = self.kept.get(result)
            if isinstance(part, int) and kept is not None and part < len(kept):
                result = (*result, kept[part])
            else:
                result = (*result, part)
        return result


def plain(node: Node) -> Plain:
    """The values of a tree alone."""
    kept: dict[KeyPath, tuple[int, ...]] = {}
    return Plain(_plain(node, (), kept), kept)


def _plain(node: Node, path: KeyPath, kept: dict[KeyPath, tuple[int, ...]]) -> object:
    there = [(key, child) for key, child in _children(node) if not is_hole(child)]
    match node:
        case ScalarNode():
            return node.value
        case SequenceNode():
            kept[path] = tuple(key for key, _ in there if isinstance(key, int))
            return tuple(_plain(child, (*path, key), kept) for key, child in there)
        case MappingNode():
            return {key: _plain(child, (*path, key), kept) for key, child in there}


def holes(node: Node, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The paths of everything that :func:`plain` leaves out."""
    if is_hole(node):
        yield path
    for key, child in _children(node):
        yield from holes(child, (*path, key))


def has_holes(node: Node) -> bool:
    """Whether anything in a tree is not known."""
    return next(holes(node), None) is not None


def node_at(root: Node, path: KeyPath) -> Node | None:
    """The node at ``path``, or ``None``."""
    node = root
    for part in path:
        children = dict(_children(node))
        if part not in children:
            return None
        node = children[part]
    return node


def with_hole(root: Node, path: KeyPath) -> Node:
    """``root`` with a hole at ``path``, or at the last that is there on the way to it."""
    if path:
        match root, path[0]:
            case MappingNode(), str() as key if key in root.entries:
                entry = root.entries[key]
                changed = Entry(entry.key, with_hole(entry.node, path[1:]))
                return MappingNode(root.position, {**root.entries, key: changed})
            case SequenceNode(), int() as index if index < len(root.items):
                changed_item = with_hole(root.items[index], path[1:])
                items = (*root.items[:index], changed_item, *root.items[index + 1 :])
                return SequenceNode(root.position, items)
    return ScalarNode(root.position, "", HOLE)


def positions(root: Node) -> Positions:
    """The positions of everything in a tree."""
    return Positions(dict(_places(root, (), root.position)))


def _places(node: Node, path: KeyPath, key: Position) -> Iterator[tuple[KeyPath, Place]]:
    # A list or a mapping is where its key is: its own first line is that of its first item.
    yield path, Place(key, node.position if isinstance(node, ScalarNode) else key)
    match node:
        case SequenceNode():
            for index, item in enumerate(node.items):
                yield from _places(item, (*path, index), item.position)
        case MappingNode():
            for name, entry in node.entries.items():
                yield from _places(entry.node, (*path, name), entry.key)
        case ScalarNode():
            pass


def _children(node: Node) -> Iterator[tuple[str | int, Node]]:
    match node:
        case SequenceNode():
            yield from enumerate(node.items)
        case MappingNode():
            for name, entry in node.entries.items():
                yield name, entry.node
        case ScalarNode():
            pass


def is_hole(node: Node) -> bool:
    """Whether the value of ``node`` is not known."""
    return isinstance(node, ScalarNode) and node.value is HOLE
