"""Findings about a file without the values that must not be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from provision.findings import Finding
from provision.spec.node import MappingNode, Node, ScalarNode, SequenceNode
from provision.spec.position import KeyPath, Position, dotted

__all__ = ["without_values"]

_SHORTEST: Final = 4  # shorter texts are parts of many ordinary words
_LONGEST: Final = 20  # of a longer value, a message may quote only the beginning


def without_values(
    problems: Iterable[Finding], root: Node, is_sensitive: Callable[[KeyPath], bool]
) -> list[Finding]:
    """``problems``, in other words where they quote a value of ``root`` at a sensitive path.

    Messages of the YAML reader and of models quote values, which helps at most places.
    """
    values: dict[Position, tuple[KeyPath, str]] = {
        node.position: (path, node.raw)
        for path, node in _scalars(root)
        if is_sensitive(path) and "${" not in node.raw and node.value is not None
    }
    return [_without_value(problem, values) for problem in problems]


def _without_value(problem: Finding, values: dict[Position, tuple[KeyPath, str]]) -> Finding:
    if problem.position is None or problem.position not in values:
        return problem
    path, raw = values[problem.position]
    if not any(part in problem.text for part in _parts(raw)):
        return problem
    return problem.position.problem(
        f"{dotted(path)}: the value cannot be read as it is written, and is not shown here; write "
        "text in quotes, and a secret as ${env:NAME}"
    )


def _parts(raw: str) -> Iterator[str]:
    """The beginning of a value, as it is and as Python quotes it: a message may have either."""
    if len(raw) >= _SHORTEST:
        yield raw[:_LONGEST]
        yield repr(raw)[1:-1][:_LONGEST]


def _scalars(node: Node, path: KeyPath = ()) -> Iterator[tuple[KeyPath, ScalarNode]]:
    match node:
        case ScalarNode():
            yield path, node
        case SequenceNode():
            for index, item in enumerate(node.items):
                yield from _scalars(item, (*path, index))
        case MappingNode():
            for key, entry in node.entries.items():
                yield from _scalars(entry.node, (*path, key))
