"""Fleet: the orgs of one file, and what each of them gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import CannotError, SpecError
from provision.fleet.model import LOGIN_GRAMMAR, FleetDocument, LoginEntry, RunEntry
from provision.spec.hiding import without_values
from provision.spec.hint import did_you_mean
from provision.spec.node import Entry, MappingNode, Node, ScalarNode, node_at, positions
from provision.spec.position import KeyPath, Position, Positions
from provision.spec.variable import Expander, Variables

__all__ = ["Fleet", "FleetOrg", "Reached"]

_OUTSIDE: Final = re.compile(r"(?<!\$)\$\{(env|file|cmd):")


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

    Without ``login``, it is the `sf` CLI's alias of the org's name.
    """

    login: LoginEntry | None
    variables: Variables = field(repr=False)


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
        return self._reached(name, given, self._variables(name))

    def reach_without_specs(self, name: str, given: Variables) -> Reached:
        """As :meth:`reach`, for who needs the org alone: no variable of its specs is read."""
        return self._reached(self.org(name).name, given, {})

    def _reached(self, name: str, given: Variables, written: Mapping[str, Entry]) -> Reached:
        expander = Expander(Variables({}, given.environ, given.allow_exec), self.path.parent)
        # What is given, or written nearer to the org as well, is not read: it may not be there.
        read = expander.mapping(
            MappingNode(
                self.root.position,
                {key: entry for key, entry in written.items() if key not in given.values},
            )
        )
        login = node_at(self.root, ("orgs", name, "login"))
        entry = self._login(login, expander) if isinstance(login, MappingNode) else None
        undefined = (at.problem(each.message) for at, each in expander.undefined)
        problems = [*expander.problems, *undefined]
        if problems:
            raise SpecError(problems)
        values = {key: _text(entry.node) for key, entry in read.entries.items()}
        outside = frozenset(key for key in values if _is_outside(written[key].node))
        return Reached(
            entry,
            Variables({**values, **given.values}, given.environ, given.allow_exec, outside),
        )

    def written_variables(self, name: str, given: Variables) -> tuple[Variables, frozenset[str]]:
        """The variables of the org ``name`` whose values stand in the file; those ``given`` win.

        Beside them, the names of those that come from outside. Nothing of that is read here.
        """
        written = {k: entry for k, entry in self._variables(name).items() if k not in given.values}
        outside = frozenset(key for key, entry in written.items() if _is_outside(entry.node))
        here = {key: entry for key, entry in written.items() if key not in outside}
        read = Expander(Variables(), self.path.parent).mapping(
            MappingNode(self.root.position, here)
        )
        values = {key: _text(entry.node) for key, entry in read.entries.items()}
        return Variables({**values, **given.values}, given.environ, given.allow_exec), outside

    def _variables(self, name: str) -> dict[str, Entry]:
        """The variables of an org as they are written, each where the nearest says it."""
        groups: list[KeyPath] = [("groups", group) for group in self.org(name).groups]
        written: dict[str, Entry] = {}
        for path in (("defaults",), *groups, ("orgs", name)):
            node = node_at(self.root, (*path, "variables"))
            written |= node.entries if isinstance(node, MappingNode) else {}
        return written

    def _login(self, node: MappingNode, expander: Expander) -> LoginEntry | None:
        expanded = expander.mapping(node)
        parsed = LOGIN_GRAMMAR.parse(expanded, positions(node), self.path.parent)
        expander.problems.extend(without_values(parsed.problems, expanded, lambda _path: True))
        return parsed.document


def _is_outside(node: Node) -> bool:
    return isinstance(node, ScalarNode) and bool(_OUTSIDE.search(node.raw))


def _text(node: Node) -> str:
    """A value as a spec reads it when it stands in ``${name}``."""
    value = node.value if isinstance(node, ScalarNode) else ""
    return str(value).lower() if isinstance(value, bool) else str(value)
