"""Load a fleet: from a file to a :class:`Fleet`, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from provision.errors import Problem, SpecError
from provision.fleet.fleet import Fleet, FleetOrg
from provision.fleet.model import GRAMMAR, SECRETS, FleetDocument, OrgEntry
from provision.spec.node import (
    HOLE,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    node_at,
    positions,
)
from provision.spec.position import Positions
from provision.spec.reader import Bounds, read_file

__all__ = ["is_fleet", "load_fleet"]

_BOUNDS: Final = Bounds(bytes=16 * 1024 * 1024, values=1_000_000)
_HEAD: Final = 64 * 1024
_SIGN: Final = re.compile(rb"^[\"']?(orgs|groups)[\"']?[ \t]*:", re.MULTILINE)
_OUTSIDE: Final = re.compile(r"\$\{(env|file|cmd):[^}]+\}")
_OWN: Final = re.compile(r"(?<!\$)\$\{(?!(env|file|cmd):)")


def is_fleet(path: Path) -> bool:
    """Whether a file is a fleet, by its keys: a spec has neither `orgs` nor `groups`."""
    try:
        with path.open("rb") as file:
            return bool(_SIGN.search(file.read(_HEAD)))
    except OSError:
        return False


def load_fleet(path: Path) -> Fleet:
    """The fleet in the file ``path``. No variable is read, no command run.

    Raises :class:`SpecError` with every problem.
    """
    reading = read_file(path, _BOUNDS)
    if reading.root is None:
        raise SpecError(reading.problems)
    veiled = _veiled(reading.root)
    places = positions(reading.root)
    held = GRAMMAR.hold(veiled, places, path.parent)
    problems = [
        *reading.problems,
        *held.problems,
        *_own_variables(reading.root),
        *_literal_secrets(reading.root),
    ]
    if problems or held.document is None:
        raise SpecError(sorted(set(problems)))
    orgs = {
        name: _org(name, entry, held.document, places) for name, entry in held.document.orgs.items()
    }
    return Fleet(path, orgs, held.document.run, reading.root, held.document, places)


def _org(name: str, entry: OrgEntry, document: FleetDocument, places: Positions) -> FleetOrg:
    groups = [document.groups[group] for group in entry.groups]
    specs = [spec for scope in (document.defaults, *groups, entry) for spec in scope.specs]
    return FleetOrg(
        name=name,
        groups=entry.groups,
        tags=entry.tags,
        specs=tuple(dict.fromkeys(specs)),
        api_version=entry.api_version,
        position=places.of_key(("orgs", name)),
    )


def _veiled(node: MappingNode) -> MappingNode:
    """``node`` with what comes from elsewhere left open: it is read for the orgs that are meant."""

    def veil(child: Node) -> Node:
        match child:
            case MappingNode():
                return _veiled(child)
            case SequenceNode():
                return SequenceNode(child.position, tuple(map(veil, child.items)))
            case ScalarNode(value=str() as text) if "${" in text:
                return ScalarNode(child.position, child.raw, HOLE, quoted=child.quoted)
            case _:
                return child

    entries = {key: Entry(entry.key, veil(entry.node)) for key, entry in node.entries.items()}
    return MappingNode(node.position, entries)


def _own_variables(node: Node) -> Iterator[Problem]:
    match node:
        case MappingNode():
            for entry in node.entries.values():
                yield from _own_variables(entry.node)
        case SequenceNode():
            for item in node.items:
                yield from _own_variables(item)
        case ScalarNode(value=str() as text) if _OWN.search(text):
            yield node.position.problem(
                "a fleet gives variables their values and has none itself: there are ${env:NAME}, "
                "${file:PATH} and ${cmd:COMMAND}"
            )
        case _:
            pass


def _literal_secrets(root: MappingNode) -> Iterator[Problem]:
    orgs = node_at(root, ("orgs",))
    for name in orgs.entries if isinstance(orgs, MappingNode) else ():
        for path in SECRETS:
            node = node_at(root, ("orgs", name, "login", *path))
            if isinstance(node, ScalarNode) and not _OUTSIDE.fullmatch(node.raw):
                yield node.position.problem(
                    f"orgs.{name}.login.{'.'.join(path)}: a secret is never written in a file: use "
                    "${env:NAME}, ${file:PATH} or ${cmd:COMMAND}"
                )
