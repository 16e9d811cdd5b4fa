"""Shelf: what the work in one org has in common with that in the next, read once a process."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from provision.cli.console import hide
from provision.cli.fleets.errand import Errand
from provision.cli.options import variables
from provision.cli.rules import rule_set
from provision.errors import SpecError
from provision.findings import Finding, in_order
from provision.fleet.allotment import misfits, near
from provision.fleet.fleet import Fleet, FleetOrg
from provision.fleet.load import load_fleet
from provision.fleet.shared_value import SharedValues, login_values
from provision.org.session import Session
from provision.org.session_cache import SessionCache, session_key
from provision.render.template import Templates
from provision.rules.rule import RuleSet
from provision.spec.combination.unique import unique_values_of
from provision.spec.load import load
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["Shelf", "shelf_of"]


@dataclass(slots=True)
class Shelf:
    """A fleet, its specs as far as they were loaded, and sessions as far as they were opened.

    Orgs with the same variables share a spec. ``cache`` keeps sessions for the next run, where
    that was asked for. Safe to use from many threads.
    """

    fleet: Fleet
    given: Variables
    templates: Templates
    rules: RuleSet
    cache: SessionCache | None
    sessions: dict[str, Session] = field(default_factory=dict)
    _specs: dict[object, Spec] = field(default_factory=dict)
    _loading: dict[object, threading.Lock] = field(default_factory=dict)
    _warnings: dict[str, bool] = field(default_factory=dict)
    _shared: SharedValues = field(default_factory=SharedValues)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def specs(self, org: FleetOrg, values: Variables) -> tuple[Spec, ...]:
        """The org's specs, all problems of all files at once.

        Raises :class:`SpecError`, also for an org that has none, and for an app that two of them
        describe.
        """
        specs: list[Spec] = []
        problems: list[Finding] = []
        for path in org.specs:
            try:
                specs.append(self._spec(path, values))
            except SpecError as error:
                problems += error.problems
        problems = problems or list(misfits(org, specs))
        if problems:
            raise SpecError(problems)
        with self._guard:
            self._shared.add(org.name, login_values(self.fleet, org.name))
            for spec in specs:
                self._shared.add(org.name, unique_values_of(spec.document, spec.positions))
        return tuple(specs)

    def shared_values(self) -> tuple[Finding, ...]:
        """The values that several orgs got, of those that no two orgs may share."""
        with self._guard:
            return in_order(self._shared.found())

    def untold_warnings(self) -> tuple[str, ...]:
        """What is doubtful about the specs that were loaded, each once."""
        with self._guard:
            untold = tuple(text for text, is_told in self._warnings.items() if not is_told)
            self._warnings.update(dict.fromkeys(untold, True))
        return untold

    def _spec(self, path: Path, values: Variables) -> Spec:
        key = (path, tuple(sorted(values.values.items())), values.outside)
        with self._guard:
            loading = self._loading.setdefault(key, threading.Lock())
        with loading:  # the same spec is loaded once; others meanwhile: it may run commands
            found = self._specs.get(key)
            if found is None:
                found = self._specs[key] = load(near(path), values)
                hide(found.sensitive)
                with self._guard:
                    for warning in found.warnings:
                        self._warnings.setdefault(warning.line, False)
        return found


_guard = threading.Lock()
_newest: dict[str, Shelf] = {}  # by command line; a process of an engine may see many


def shelf_of(errand: Errand) -> Shelf:
    """The shelf of an errand: the same for all of a command line, whatever the verb.

    Raises :class:`ProvisionError` for a fleet, rules or options that are wrong.
    """
    with _guard:  # else the first orgs, all at once, would each fill a shelf
        shelf = _newest.get(errand.command)
        if shelf is None:
            shelf = _filled(errand)
            _newest.clear()
            _newest[errand.command] = shelf
        return shelf


def _filled(errand: Errand) -> Shelf:
    return Shelf(
        load_fleet(errand.fleet),
        variables(errand.var, allow_exec=errand.allow_exec),
        Templates(errand.templates),
        rule_set(errand.rules, errand.profiles),
        _cache(errand.session_cache) if errand.session_cache else None,
    )


def _cache(directory: Path) -> SessionCache:
    # A key may be made at its first use: for all orgs at once, or there would be several.
    cache = SessionCache(directory, session_key(os.environ))
    cache.check()
    return cache
