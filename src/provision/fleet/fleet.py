"""Fleet: the orgs of one file, and what each of them gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import CannotError, SpecError
from provision.fleet.model import LOGIN_GRAMMAR, FleetDocument, LoginEntry, RunEntry
from provision.spec.expansion import Expander
from provision.spec.node import MappingNode, Node, ScalarNode, is_hole, node_at, positions
from provision.spec.position import KeyPath, Position, Positions
from provision.spec.suggestion import did_you_mean
from provision.spec.variable import Variables

__all__ = ["Fleet", "FleetOrg", "Reached"]

_OUTSIDE: Final = re.compile(r"\$\{(env|file|cmd):")


@dataclass(frozen=True, slots=True)
class FleetOrg:
    """One org of a fleet: its name, and what does not depend on the machine."""

    name: str
    groups: tuple[str, ...]
    tags: tuple[str, ...]
    specs: tuple[Path, ...]
    api_version: int | None
    position: Position


@dataclass(frozen=True, slots=True)
class Reached:
    """How an org is reached, and the variables of its specs, with all that is outside read.

    ``login`` without any of its ways is the `sf` CLI's alias of the org's name.
    """

    login: LoginEntry | None
    variables: Variables


@dataclass(frozen=True, slots=True)
class Fleet:
    """The orgs of one file, in its order. Nothing outside was read yet but the file."""

    path: Path
    orgs: Mapping[str, FleetOrg]
    run: RunEntry
    root: MappingNode = field(repr=False)
    document: FleetDocument = field(repr=False)
    positions: Positions = field(repr=False)

    def org(self, name: str) -> FleetOrg:
        """The org called ``name``. Raises :class:`CannotError` if there is none."""
        found = self.orgs.get(name)
        if found is None:
            raise CannotError(
                f"{self.path} has no org {name!r}{did_you_mean(name, self.orgs)}",
                next_step="Name an org of the fleet, a pattern (uat-*), tag:NAME or group:NAME.",
            )
        return found

    def reach(self, name: str, given: Variables) -> Reached:
        """How the org ``name`` is reached, and its variables; those ``given`` win.

        This is where commands run and files are read, for this one org. Raises
        :class:`SpecError` for what has no value here.
        """
        expander = Expander(Variables({}, given.environ, given.allow_exec), self.path.parent)
        values: dict[str, str] = {}
        outside: set[str] = set()
        for path in self._scopes(name):
            node = node_at(self.root, (*path, "variables"))
            for key, said in self._said(node, expander).items():
                values[key] = said.text
                (outside.add if said.outside else outside.discard)(key)
        login = node_at(self.root, ("orgs", name, "login"))
        entry = self._login(login, expander) if isinstance(login, MappingNode) else None
        problems = [
            *expander.problems,
            *(at.problem(undefined.message) for at, undefined in expander.undefined),
        ]
        if problems:
            raise SpecError(problems)
        outside -= given.values.keys()
        variables = Variables(
            {**values, **given.values}, given.environ, given.allow_exec, frozenset(outside)
        )
        return Reached(entry, variables)

    def written_variables(self, name: str, given: Variables) -> tuple[Variables, frozenset[str]]:
        """The variables of the org ``name`` whose values stand in the file; those ``given`` win.

        Beside them, the names of those that come from outside. Nothing of that is read here.
        """
        expander = Expander(Variables(), self.path.parent)
        values: dict[str, str] = {}
        outside: set[str] = set()
        for path in self._scopes(name):
            node = node_at(self.root, (*path, "variables"))
            if isinstance(node, MappingNode):
                elsewhere = {k for k, entry in node.entries.items() if _is_outside(entry.node)}
                here = {k: entry for k, entry in node.entries.items() if k not in elsewhere}
                said = self._said(MappingNode(node.position, here), expander)
                outside = (outside | elsewhere) - said.keys()
                values |= {key: value.text for key, value in said.items()}
        outside -= given.values.keys()
        written = {key: text for key, text in values.items() if key not in outside}
        variables = Variables({**written, **given.values}, given.environ, given.allow_exec)
        return variables, frozenset(outside)

    def _scopes(self, name: str) -> list[KeyPath]:
        """Where an org's variables stand, the nearest last."""
        groups: list[KeyPath] = [("groups", group) for group in self.org(name).groups]
        return [("defaults",), *groups, ("orgs", name)]

    def _said(self, node: Node | None, expander: Expander) -> dict[str, _Said]:
        if not isinstance(node, MappingNode):
            return {}
        return {
            key: _Said(_text(entry.node), _is_outside(entry.node))
            for key, entry in expander.mapping(node).entries.items()
            if isinstance(entry.node, ScalarNode) and not is_hole(entry.node)
        }

    def _login(self, node: MappingNode, expander: Expander) -> LoginEntry | None:
        expanded = expander.mapping(node)
        held = LOGIN_GRAMMAR.hold(expanded, positions(node), self.path.parent)
        expander.problems.extend(held.problems)
        return held.document


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    outside: bool


def _is_outside(node: Node) -> bool:
    return isinstance(node, ScalarNode) and bool(_OUTSIDE.search(node.raw))


def _text(node: ScalarNode) -> str:
    """A value as a spec reads it when it stands in ``${name}``."""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
