"""A YAML document as a tree in which every key and value knows where it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    "with_holes",
]


class Hole(Enum):
    """The value of a scalar that is not known: it was refused, or has an unknown variable."""

    HOLE = "hole"


HOLE = Hole.HOLE


class ExpandedText(str):
    """Text that had a variable in it. A key that takes no text reads ``true`` or ``15`` in it."""

    __slots__ = ()


ScalarValue: TypeAlias = str | int | bool | Hole | None


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value. ``raw`` is its text in the file.

    ``outside`` is true if all of it came from outside of the file. ``quoted`` is true if quotes or
    a block mark it as text.
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
    """A value of a mapping, and the position of its key."""

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
    """The values of a tree as dicts, tuples and scalars, without its holes."""

    value: object
    kept: Mapping[KeyPath, tuple[int, ...]]

    def path_in_tree(self, path: Sequence[str | int]) -> KeyPath:
        """The path in the tree of what is at ``path`` here: lists here do not have the holes."""
        result: KeyPath = ()
        for part in path:
            kept = self.kept.get(result)
            if isinstance(part, int) and kept is not None and part < len(kept):
                result = (*result, kept[part])
            else:
                result = (*result, part)
        return result


def plain(node: Node) -> Plain:
    """The values of a tree, without positions and holes."""
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
    node: Node | None = root
    for part in path:
        node = _child(node, part) if node else None
    return node


def with_holes(root: Node, paths: Iterable[KeyPath]) -> Node:
    """``root`` with a hole at each of ``paths``, or at the nearest ancestor that exists."""
    below: dict[str | int, list[KeyPath]] = {}
    for path in paths:
        if not path or _child(root, path[0]) is None:
            return ScalarNode(root.position, "", HOLE)
        below.setdefault(path[0], []).append(path[1:])

    def changed(part: str | int, child: Node) -> Node:
        return with_holes(child, below[part]) if part in below else child

    match root:
        case MappingNode():
            entries = {
                key: Entry(entry.key, changed(key, entry.node))
                for key, entry in root.entries.items()
            }
            return MappingNode(root.position, entries)
        case SequenceNode():
            items = tuple(changed(index, item) for index, item in enumerate(root.items))
            return SequenceNode(root.position, items)
        case ScalarNode():
            return root


def positions(root: Node) -> Positions:
    """The positions of everything in a tree."""
    return Positions(dict(_places(root, (), root.position)))


def _places(node: Node, path: KeyPath, key: Position) -> Iterator[tuple[KeyPath, Place]]:
    # The position of a list or a mapping is that of its key: it has no first line of its own.
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


def _child(node: Node, part: str | int) -> Node | None:
    match node, part:
        case MappingNode(), str() if part in node.entries:
            return node.entries[part].node
        case SequenceNode(), int() if part < len(node.items):
            return node.items[part]
        case _:
            return None


def is_hole(node: Node) -> bool:
    """Whether the value of ``node`` is not known."""
    return isinstance(node, ScalarNode) and node.value is HOLE
