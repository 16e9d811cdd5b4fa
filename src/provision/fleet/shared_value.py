"""Shared values: what a fleet gives to several orgs, and only one org can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import SpecError
from provision.findings import Finding
from provision.fleet.allotment import near
from provision.fleet.fleet import Fleet
from provision.spec.combination.unique import CONSUMER_KEY, REACHED_ORG, Unique, UniqueValue
from provision.spec.load import check
from provision.spec.node import ScalarNode, node_at
from provision.spec.position import KeyPath, Position, dotted
from provision.spec.variable import Variables

__all__ = ["SharedValues", "login_values", "refuse_shared_keys"]

_MOST_ORGS: Final = 5
_KEY_FIELD: Final = b"consumerKey"
_LOGIN_PATHS: Final[tuple[KeyPath, ...]] = (
    ("sf",),
    ("token", "instance_url"),
    ("jwt", "instance_url"),
    ("jwt", "username"),
    ("client_credentials", "instance_url"),
)


@dataclass(slots=True)
class SharedValues:
    """Which orgs get which value, of those that no two orgs may share."""

    _orgs: dict[tuple[Unique, str], dict[str, UniqueValue]] = field(default_factory=dict)

    def add(self, org: str, values: Iterable[UniqueValue]) -> None:
        """Note what ``org`` gets."""
        for value in values:
            self._orgs.setdefault((value.kind, value.value), {}).setdefault(org, value)

    def found(self) -> Iterator[Finding]:
        """Each value that several orgs get, at each place that says it. The value is not told."""
        for (kind, _), by_org in self._orgs.items():
            if len(by_org) < 2:
                continue
            places: dict[Position, str] = {v.position: v.key for v in by_org.values()}
            said = f"{len(by_org)} orgs get the same value ({_listed(sorted(by_org))}): "
            for position, key in places.items():
                text = f"{key}: {said}{kind.reason}"
                yield Finding(
                    kind.severity, kind.id, text, kind.next_step, position, source=kind.source
                )


def login_values(fleet: Fleet, org: str) -> Iterator[UniqueValue]:
    """What of an org's login says which org it is, where it stands in the file as it is."""
    if node_at(fleet.root, ("orgs", org, "login")) is None:  # then it is an alias of the sf CLI
        position = fleet.org(org).position
        yield UniqueValue(REACHED_ORG, f"sf {org.casefold()}", dotted(("orgs", org)), position)
    for path in _LOGIN_PATHS:
        node = node_at(fleet.root, ("orgs", org, "login", *path))
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and "${" not in node.value:
            value = f"{path[-1]} {node.value.rstrip('/').casefold()}"
            key = dotted(("orgs", org, "login", *path))
            yield UniqueValue(REACHED_ORG, value, key, node.position)


def refuse_shared_keys(fleet: Fleet, orgs: Sequence[str], given: Variables) -> None:
    """Raise :class:`SpecError` if several of ``orgs`` get the same consumer key.

    Only specs that set one are read, and nothing that comes from outside of the files.
    """
    setting: dict[Path, bool] = {}
    shared = SharedValues()
    for name in orgs:
        paths = [path for path in fleet.org(name).specs if _sets_a_key(path, setting)]
        if paths:
            known, _ = fleet.written_variables(name, given)
            for path in paths:
                values = check(near(path), known).unique
                shared.add(name, (value for value in values if value.kind is CONSUMER_KEY))
    problems = tuple(shared.found())
    if problems:
        raise SpecError(problems)


def _sets_a_key(path: Path, known: dict[Path, bool]) -> bool:
    if path not in known:
        try:
            known[path] = _KEY_FIELD in path.read_bytes()
        except OSError:
            known[path] = False  # whoever loads the spec says so
    return known[path]


def _listed(orgs: Sequence[str]) -> str:
    more = f" and {len(orgs) - _MOST_ORGS} more" if len(orgs) > _MOST_ORGS else ""
    return ", ".join(orgs[:_MOST_ORGS]) + more
