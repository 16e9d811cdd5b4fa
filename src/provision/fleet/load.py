"""Load a fleet: from a file to a :class:`Fleet`, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from provision.errors import SpecError
from provision.findings import Finding
from provision.fleet.fleet import Fleet, FleetOrg
from provision.fleet.model import GRAMMAR, SECRETS, FleetDocument, LoginEntry, OrgEntry
from provision.spec.hiding import without_values
from provision.spec.hint import did_you_mean
from provision.spec.node import (
    HOLE,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    is_hole,
    node_at,
    positions,
)
from provision.spec.position import KeyPath, Position, Positions, dotted
from provision.spec.reader import Bounds, Reading, read_file, read_yaml

__all__ = ["fleet_of", "load_fleet"]

_BOUNDS: Final = Bounds(bytes=16 * 1024 * 1024, values=1_000_000)
_OUTSIDE: Final = re.compile(r"\$\{(env|file|cmd):[^}]+\}")
_NOT_OUTSIDE: Final = re.compile(r"(?<!\$)\$\{(?!(env|file|cmd):[^}]+\})")


def load_fleet(path: Path) -> Fleet:
    """The fleet in the file ``path``. No variable is read, no command run.

    Raises :class:`SpecError` with every problem.
    """
    return _fleet(read_file(path, _BOUNDS), path)


def fleet_of(content: bytes, path: Path) -> Fleet:
    """The fleet that ``content`` would be in the file ``path``. Raises :class:`SpecError`."""
    return _fleet(read_yaml(content, str(path), _BOUNDS), path)


def _fleet(read: Reading, path: Path) -> Fleet:
    reading = _with_bare_entries(read)
    if reading.root is None:
        raise SpecError(reading.problems)
    visible = _visible(reading.root)
    places = positions(reading.root)
    parsed = GRAMMAR.parse(visible, places, path.parent)
    problems = [
        *reading.problems,
        *parsed.problems,
        *_misplaced_variables(reading.root),
        *_unknown_groups(reading.root),
        *_faulty_logins(reading.root, places),
    ]
    if problems or parsed.document is None:
        raise SpecError(without_values(problems, reading.root, _is_of_login))
    orgs = _orgs(parsed.document, places)
    return Fleet(path, orgs, parsed.document.run, reading.root, parsed.document, places)


def _is_of_login(path: KeyPath) -> bool:
    return path[:1] == ("orgs",) and path[2:3] == ("login",)


def _with_bare_entries(reading: Reading) -> Reading:
    """`acme:` alone is an org like any other: here nobody can take it for something else."""
    if reading.root is None:
        return reading
    entries = dict(reading.root.entries)
    bare: set[Position] = set()
    for part in ("orgs", "groups"):
        node = node_at(reading.root, (part,))
        if isinstance(node, MappingNode):
            empty = {key: each for key, each in node.entries.items() if _is_bare(each.node)}
            filled = {
                key: Entry(each.key, MappingNode(each.key, {})) for key, each in empty.items()
            }
            entries[part] = Entry(
                entries[part].key, MappingNode(node.position, {**node.entries, **filled})
            )
            bare |= {each.node.position for each in empty.values()}
    problems = tuple(each for each in reading.problems if each.position not in bare)
    return Reading(MappingNode(reading.root.position, entries), problems)


def _is_bare(node: Node) -> bool:
    return is_hole(node) and isinstance(node, ScalarNode) and not node.raw


def _orgs(document: FleetDocument, places: Positions) -> dict[str, FleetOrg]:
    files: dict[Path, Path] = {}
    return {
        name: FleetOrg(
            name=name,
            groups=entry.groups,
            tags=entry.tags,
            specs=_specs(document, entry, files),
            api_version=entry.api_version,
            position=places.of_key(("orgs", name)),
        )
        for name, entry in document.orgs.items()
    }


def _specs(document: FleetDocument, entry: OrgEntry, files: dict[Path, Path]) -> tuple[Path, ...]:
    """The specs of an org, each file once, whatever path leads to it. ``files`` are known ones."""
    groups = [document.groups[group] for group in entry.groups]
    found: dict[Path, Path] = {}
    for spec in (spec for scope in (document.defaults, *groups, entry) for spec in scope.specs):
        if spec not in files:
            files[spec] = spec.resolve()
        found.setdefault(files[spec], spec)
    return tuple(found.values())


def _is_open(path: KeyPath) -> bool:
    """Whether a value may come from elsewhere: it is read for the orgs that are meant."""
    match path:
        case ("defaults", "variables", _):
            return True
        case ("groups" | "orgs", _, "variables", _):
            return True
        case ("orgs", _, "login", _, *_):
            return True
        case _:
            return False


def _visible(node: MappingNode, path: KeyPath = ()) -> MappingNode:
    """``node`` without the values that come from elsewhere."""

    def without(child: Node, at: KeyPath) -> Node:
        match child:
            case MappingNode():
                return _visible(child, at)
            case ScalarNode(value=str() as text) if "${" in text and _is_open(at):
                return ScalarNode(child.position, child.raw, HOLE, quoted=child.quoted)
            case _:
                return child

    entries = {
        key: Entry(entry.key, without(entry.node, (*path, key)))
        for key, entry in node.entries.items()
    }
    return MappingNode(node.position, entries)


def _misplaced_variables(node: Node, path: KeyPath = ()) -> Iterator[Finding]:
    match node:
        case MappingNode():
            for key, entry in node.entries.items():
                yield from _misplaced_variables(entry.node, (*path, key))
        case SequenceNode():
            for index, item in enumerate(node.items):
                yield from _misplaced_variables(item, (*path, index))
        case ScalarNode(value=str() as text) if "${" in text and not _is_open(path):
            yield node.position.problem(
                f"{dotted(path)}: no variable can stand here; in a fleet, they can in values of "
                "variables, and in a login"
            )
        case ScalarNode(value=str() as text) if _NOT_OUTSIDE.search(text):
            yield node.position.problem(
                f"{dotted(path)}: a fleet gives variables their values and has none itself: there "
                "are ${env:NAME}, ${file:PATH} and ${cmd:COMMAND}"
            )
        case _:
            pass


def _unknown_groups(root: MappingNode) -> Iterator[Finding]:
    """Not left to the model, which would be asked anew for each."""
    groups = node_at(root, ("groups",))
    known = groups.entries if isinstance(groups, MappingNode) else {}
    for name in _names(root):
        path = ("orgs", name, "groups")
        listed = node_at(root, path)
        for index, item in enumerate(listed.items if isinstance(listed, SequenceNode) else ()):
            if isinstance(item, ScalarNode) and isinstance(item.value, str):
                group = item.value
                if group not in known and "${" not in group:
                    there = (
                        did_you_mean(group, known) or f"; there are {', '.join(known) or 'none'}"
                    )
                    yield item.position.problem(
                        f"{dotted((*path, index))}: there is no group {group!r}{there}"
                    )


def _names(root: MappingNode) -> Iterable[str]:
    orgs = node_at(root, ("orgs",))
    return orgs.entries if isinstance(orgs, MappingNode) else ()


def _faulty_logins(root: MappingNode, places: Positions) -> Iterator[Finding]:
    """Not left to the model, which cannot see what comes from elsewhere."""
    for name in _names(root):
        path = ("orgs", name, "login")
        login = node_at(root, path)
        if isinstance(login, MappingNode) and len(login.entries) != 1:
            yield places.of_key(path).problem(
                f"{dotted(path)}: it takes one of {', '.join(LoginEntry.model_fields)}"
            )
        for secret in SECRETS:
            node = node_at(root, (*path, *secret))
            if isinstance(node, ScalarNode) and not _OUTSIDE.fullmatch(node.raw):
                yield node.position.problem(
                    f"{dotted((*path, *secret))}: a secret is never written in a file: use "
                    "${env:NAME}, ${file:PATH} or ${cmd:COMMAND}"
                )
