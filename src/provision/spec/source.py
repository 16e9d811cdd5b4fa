"""A spec's tree, as its file, the variables and the presets make it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provision.findings import Finding
from provision.spec.expansion import Expander
from provision.spec.node import MappingNode
from provision.spec.position import Position
from provision.spec.preset import extended
from provision.spec.reader import read_file
from provision.spec.variable import Undefined, Variables

__all__ = ["Source", "read_source"]


@dataclass(frozen=True, slots=True)
class Source:
    """The whole tree, presets included; ``None`` if there is none, which is then a problem."""

    root: MappingNode | None
    problems: tuple[Finding, ...]
    presets: tuple[str, ...] = ()
    undefined: tuple[tuple[Position, Undefined], ...] = ()
    sensitive: frozenset[str] = frozenset()


def read_source(path: Path, variables: Variables) -> Source:
    """Read ``path``, replace its variables, and lay it over the presets that it extends."""
    reading = read_file(path)
    if reading.root is None:
        return Source(None, reading.problems)
    expander = Expander(variables, path.parent)
    expanded = expander.mapping(reading.root)
    problems = [*reading.problems, *expander.problems]
    root, presets = extended(expanded, problems)
    return Source(
        root,
        tuple(problems),
        presets=presets,
        undefined=tuple(expander.undefined),
        sensitive=frozenset(expander.sensitive),
    )
