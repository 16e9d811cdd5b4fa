"""Strict YAML: text to a tree with positions, and everything that is wrong with it.

It reads PyYAML's events. ``yaml.compose`` is no alternative: with libyaml it crashes the process on
a file of 200,000 opening brackets, and it only returns after it has read the whole file, so that
the bounds of :class:`Bounds` come too late.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml
from yaml import events, reader

from provision.findings import Finding
from provision.spec.node import HOLE, Entry, MappingNode, Node, ScalarNode, SequenceNode
from provision.spec.plain_scalar import PlainScalarRefused, plain_scalar
from provision.spec.position import Position

__all__ = ["Bounds", "Reading", "read_file", "read_yaml"]

_DEEPEST: Final = 40

_PURE: Final = yaml.SafeLoader
# libyaml's parser makes the same events in a tenth of the time, and is usually installed. If it
# finds an error, the pure parser reads the file again: its messages and positions are better.
_FAST: Final = getattr(yaml, "CSafeLoader", _PURE)
_READ_OTHERWISE: Final = "\t\ufeff"
"""Characters that libyaml accepts in places where the pure parser does not."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a file may hold: bytes, and values with aliases counted in full."""

    bytes: int = 1024 * 1024
    values: int = 20_000


_SPEC: Final = Bounds()


@dataclass(frozen=True, slots=True)
class Reading:
    """The tree of a file, as far as it can be read, and what is wrong with it."""

    root: MappingNode | None
    problems: tuple[Finding, ...]


class _Stop(Exception):
    """The file cannot be read further than this."""

    def __init__(self, position: Position, message: str) -> None:
        super().__init__(message)
        self.problem = position.problem(message)


def read_file(path: Path, bounds: Bounds = _SPEC) -> Reading:
    """Read the YAML file at ``path``. A file that cannot be read is a problem like any other."""
    start = Position(str(path), 1, 1)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Reading(None, (start.problem("there is no such file"),))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Reading(None, (start.problem(f"the file cannot be read: {reason}"),))
    return read_yaml(data, str(path), bounds)


def read_yaml(data: bytes, file: str, bounds: Bounds = _SPEC) -> Reading:
    """Read the mapping in a YAML file of UTF-8. ``file`` is the name in the positions."""
    try:
        text = _decoded(data, file, bounds.bytes)
    except _Stop as stop:
        return Reading(None, (stop.problem,))
    if not any(character in text for character in _READ_OTHERWISE):
        with suppress(yaml.YAMLError):
            reading = _composed(_Composer(file, bounds.values, _FAST), text)
            if not reading.problems:
                return reading
    return _composed(_Composer(file, bounds.values, _PURE), text)


def _composed(composer: _Composer, text: str) -> Reading:
    try:
        root = composer.document(text)
    except _Stop as stop:
        return Reading(None, (*composer.problems, stop.problem))
    return Reading(root, tuple(composer.problems))


def _decoded(data: bytes, file: str, most: int) -> str:
    start = Position(file, 1, 1)
    if len(data) > most:
        raise _Stop(start, f"the file is larger than {most} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise _Stop(
            Position(file, line, column), "the file is not UTF-8; save it as UTF-8"
        ) from None


@dataclass(slots=True)
class _Composer:
    file: str
    most_nodes: int
    loader: type[yaml.SafeLoader]
    problems: list[Finding] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    nodes: int = 0

    def document(self, text: str) -> MappingNode | None:
        """The mapping of the document; ``None``, and a problem, if it is not a mapping."""
        stream = self.parsed(text)
        event = next(stream)
        while not isinstance(event, events.DocumentStartEvent):
            if isinstance(event, events.StreamEndEvent):
                raise _Stop(self.start(), "the file is empty")
            event = next(stream)
        root = self.node(next(stream), stream, 0)
        next(stream)  # the document's end
        after = next(stream)
        if isinstance(after, events.DocumentStartEvent):
            raise _Stop(
                self.at(after),
                "a second document starts here; write each document to a file of its own",
            )
        return self.mapping_of(root)

    def mapping_of(self, root: Node) -> MappingNode | None:
        if isinstance(root, MappingNode):
            return root
        if isinstance(root, ScalarNode) and not root.raw:
            self.problems.clear()
            raise _Stop(self.start(), "the file is empty")
        self.problems.append(root.position.problem("the file must be a mapping of keys to values"))
        return None

    def parsed(self, text: str) -> Iterator[events.Event]:
        """The events of ``text``. Errors of the pure parser become messages, others are raised."""
        if self.loader is not _PURE:
            yield from yaml.parse(text, Loader=self.loader)
            return
        try:
            yield from yaml.parse(text, Loader=_PURE)
        except reader.ReaderError as error:
            before = text[: error.position]
            line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
            raise _Stop(
                Position(self.file, line, column),
                f"the character {chr(error.character)!a} is not allowed in YAML",
            ) from None
        except yaml.MarkedYAMLError as error:
            raise _Stop(self.place_of(error), _explained(error, text)) from None

    def place_of(self, error: yaml.MarkedYAMLError) -> Position:
        mark = error.problem_mark or error.context_mark
        return Position(self.file, mark.line + 1, mark.column + 1) if mark else self.start()

    def start(self) -> Position:
        return Position(self.file, 1, 1)

    def at(self, event: events.Event) -> Position:
        mark = event.start_mark
        return Position(self.file, mark.line + 1, mark.column + 1) if mark else self.start()

    def node(self, event: events.Event, stream: Iterator[events.Event], depth: int) -> Node:
        """The node that starts with ``event``, read from ``stream`` to its end."""
        position = self.at(event)
        if depth > _DEEPEST:
            raise _Stop(position, f"more than {_DEEPEST} levels of nesting")
        if isinstance(event, events.AliasEvent):
            return self.alias(event, position)
        self.count(1, position)
        before = self.nodes
        node, tag = self.untagged(event, stream, position, depth)
        if tag is not None:
            self.problems.append(
                position.problem(
                    "a tag is not allowed: leave it out, or put a text that begins with ! in quotes"
                )
            )
        anchor = event.anchor if isinstance(event, events.NodeEvent) else None
        if anchor is not None:
            self.anchors[anchor] = (node, self.nodes - before + 1)
        return node

    def untagged(
        self, event: events.Event, stream: Iterator[events.Event], position: Position, depth: int
    ) -> tuple[Node, str | None]:
        match event:
            case events.ScalarEvent():
                return self.scalar(event, position), event.tag
            case events.SequenceStartEvent():
                return self.sequence(stream, position, depth), event.tag
            case events.MappingStartEvent():
                return self.mapping(stream, position, depth), event.tag
            case _:
                raise AssertionError(event)

    def count(self, more: int, position: Position) -> None:
        self.nodes += more
        if self.nodes > self.most_nodes:
            raise _Stop(position, f"more than {self.most_nodes} values, aliases counted in full")

    def alias(self, event: events.AliasEvent, position: Position) -> Node:
        known = self.anchors.get(event.anchor or "")
        if known is None:
            # The message does not quote the name, nor a tag: a password may begin with * or !.
            raise _Stop(
                position,
                "no anchor of that name is before this alias; put a text that begins with * "
                "in quotes",
            )
        node, size = known
        self.count(size, position)
        return node

    def scalar(self, event: events.ScalarEvent, position: Position) -> ScalarNode:
        quoted = bool(event.style)  # plain: None, or empty where libyaml parsed
        if quoted or event.tag is not None:
            return ScalarNode(position, event.value, event.value, quoted=quoted)
        try:
            return ScalarNode(position, event.value, plain_scalar(event.value))
        except PlainScalarRefused as error:
            self.problems.append(position.problem(str(error)))
            return ScalarNode(position, event.value, HOLE)

    def sequence(
        self, stream: Iterator[events.Event], position: Position, depth: int
    ) -> SequenceNode:
        items = []
        while not isinstance(event := next(stream), events.SequenceEndEvent):
            items.append(self.node(event, stream, depth + 1))
        return SequenceNode(position, tuple(items))

    def mapping(
        self, stream: Iterator[events.Event], position: Position, depth: int
    ) -> MappingNode:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(stream), events.MappingEndEvent):
            key = self.key(event, stream, depth)
            where = self.at(event)
            value = self.node(next(stream), stream, depth + 1)
            if key is None:
                continue
            if key in entries:
                first = entries[key].key
                self.problems.append(
                    where.problem(f"{key} is here twice; the first is in line {first.line}")
                )
                continue
            entries[key] = Entry(where, value)
        return MappingNode(position, entries)

    def key(self, event: events.Event, stream: Iterator[events.Event], depth: int) -> str | None:
        """The key that starts with ``event``; ``None``, and a problem, if it is not text."""
        position = self.at(event)
        found = len(self.problems)
        node = self.node(event, stream, depth + 1)
        del self.problems[found:]  # one message about a key is enough
        if not isinstance(node, ScalarNode):
            self.problems.append(position.problem("a key must be text, not a list or a mapping"))
            return None
        if node.raw == "<<" and not node.quoted:
            self.problems.append(
                position.problem("merge keys (<<) are not supported; use extends, or write it out")
            )
            return None
        if not isinstance(node.value, str):
            self.problems.append(position.problem(f"the key {node.raw or '(none)'} is not text"))
            return None
        return node.value


def _explained(error: yaml.MarkedYAMLError, text: str) -> str:
    """PyYAML's message; for the two most common errors it says what to do."""
    problem = error.problem or error.context or "not YAML"
    if "'\\t'" in problem:
        return "a tab is here, where YAML only allows spaces; indent with spaces"
    mark = error.problem_mark
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "${" in line and any(bracket in line for bracket in "[{"):
        return f'{problem}; inside [ ] or {{ }}, write a variable in quotes: "${{name}}"'
    context = f"{error.context}, " if error.context else ""
    return f"not YAML: {context}{problem}"
