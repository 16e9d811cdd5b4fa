"""Shelf: what the work in one org has in common with that in the next, read once a process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from provision.cli.console import hide
from provision.cli.fleets.errand import Errand
from provision.cli.options import variables
from provision.cli.rules import rule_set
from provision.errors import Problem, SpecError
from provision.fleet.allotment import misfits, near
from provision.fleet.fleet import Fleet, FleetOrg
from provision.fleet.load import load_fleet
from provision.org.session import Session
from provision.render.template import Templates
from provision.spec.load import load
from provision.spec.rules.rule import RuleSet
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["Shelf", "shelf_of"]


@dataclass(slots=True)
class Shelf:
    """A fleet, its specs as far as they were loaded, and sessions as far as they were opened.

    Orgs with the same variables share a spec. Safe to use from many threads.
    """

    fleet: Fleet
    given: Variables
    templates: Templates
    rules: RuleSet
    sessions: dict[str, Session] = field(default_factory=dict)
    _specs: dict[object, Spec] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def specs(self, org: FleetOrg, values: Variables) -> tuple[Spec, ...]:
        """The org's specs, all problems of all files at once.

        Raises :class:`SpecError`, also for an org that has none, and for an app that two of them
        describe.
        """
        specs: list[Spec] = []
        problems: list[Problem] = []
        for path in org.specs:
            try:
                specs.append(self._spec(path, values))
            except SpecError as error:
                problems += error.problems
        problems = problems or list(misfits(org, specs))
        if problems:
            raise SpecError(problems)
        return tuple(specs)

    def _spec(self, path: Path, values: Variables) -> Spec:
        key = (path, tuple(sorted(values.values.items())), values.outside)
        with self._guard:
            found = self._specs.get(key)
            if found is None:
                found = self._specs[key] = load(near(path), values)
                hide(found.sensitive)
        return found


_guard = threading.Lock()


def shelf_of(errand: Errand) -> Shelf:
    """The shelf of an errand: the same for all of a command line, whatever the verb."""
    with _guard:  # else the first orgs, all at once, would each fill a shelf
        return _filled(
            errand.fleet,
            errand.var,
            errand.allow_exec,
            errand.templates,
            errand.rules,
            errand.profiles,
        )


@lru_cache(maxsize=1)
def _filled(
    fleet: Path,
    var: tuple[str, ...],
    allow_exec: bool,  # a key of the cache
    templates: Path | None,
    rules: Path | None,
    profiles: tuple[str, ...],
) -> Shelf:
    return Shelf(
        load_fleet(fleet),
        variables(var, allow_exec=allow_exec),
        Templates(templates),
        rule_set(rules, profiles),
    )
