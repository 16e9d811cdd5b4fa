"""A tree with its variables replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from provision.findings import Finding
from provision.spec.node import (
    HOLE,
    Entry,
    ExpandedText,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from provision.spec.position import Position
from provision.spec.variable import Undefined, Variables

__all__ = ["Expander"]


@dataclass(slots=True)
class Expander:
    """Replaces variables, and keeps what happened on the way.

    A scalar with a variable that has no value becomes a hole.
    """

    variables: Variables
    directory: Path
    problems: list[Finding] = field(default_factory=list)
    undefined: list[tuple[Position, Undefined]] = field(default_factory=list)
    sensitive: set[str] = field(default_factory=set)

    def mapping(self, node: MappingNode) -> MappingNode:
        """``node`` with every variable in its values replaced; keys are left as they are."""
        return MappingNode(
            node.position,
            {key: Entry(entry.key, self._node(entry.node)) for key, entry in node.entries.items()},
        )

    def _node(self, node: Node) -> Node:
        match node:
            case MappingNode():
                return self.mapping(node)
            case SequenceNode():
                return SequenceNode(node.position, tuple(map(self._node, node.items)))
            case ScalarNode(value=str() as text) if "${" in text:
                return self._scalar(node, text)
            case _:
                return node

    def _scalar(self, node: ScalarNode, text: str) -> ScalarNode:
        result = self.variables.expand(text, self.directory)
        self.sensitive |= result.sensitive
        self.undefined.extend((node.position, undefined) for undefined in result.undefined)
        self.problems.extend(node.position.problem(refusal) for refusal in result.refusals)
        if result.undefined or result.refusals:
            return ScalarNode(node.position, node.raw, HOLE, quoted=node.quoted)
        return ScalarNode(
            node.position,
            node.raw,
            ExpandedText(result.text),
            quoted=node.quoted,
            outside=result.all_outside,
        )
