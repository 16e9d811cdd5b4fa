"""Check a fleet and its specs without any org, and without what is kept outside of the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from provision.errors import SpecError
from provision.findings import Finding, Severity, in_order
from provision.fleet.allotment import misfits, near
from provision.fleet.fleet import Fleet, FleetOrg
from provision.fleet.load import load_fleet
from provision.fleet.shared_value import SharedValues, login_values
from provision.org.login.checks import login_host_doubt
from provision.spec.load import Checked, check
from provision.spec.node import ScalarNode, node_at
from provision.spec.variable import Variables

__all__ = ["CheckedFleet", "check_fleet"]


@dataclass(frozen=True, slots=True)
class CheckedFleet:
    """What can be said of a fleet without an org.

    ``unchecked`` are the variables, as written between the braces, that come from outside: a value
    that one of them stands in was not checked.
    """

    orgs: int
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    combinations: tuple[Finding, ...] = ()


def check_fleet(path: Path, given: Variables) -> CheckedFleet:
    """Everything that can be said of the fleet ``path`` and of its specs, for each org.

    Nothing that the fleet names outside of itself is read, and no command of it is run; a spec is
    read as :func:`provision.spec.load.check` does. Variables that are ``given`` win.
    """
    try:
        fleet = load_fleet(path)
    except SpecError as error:
        return CheckedFleet(0, error.problems, (), ())
    checking = _Checking(fleet, given)
    checking.warn(_doubtful_hosts(fleet))
    for org in fleet.orgs.values():
        checking.org(org)
    return checking.result()


@dataclass(slots=True)
class _Checking:
    """One check, as far as it got. Orgs with the same variables share what is said of a spec."""

    fleet: Fleet
    given: Variables
    _checked: dict[object, Checked] = field(default_factory=dict)
    _problems: set[Finding] = field(default_factory=set)
    _unchecked: set[str] = field(default_factory=set)
    _shared: SharedValues = field(default_factory=SharedValues)
    _warnings: set[Finding] = field(default_factory=set)

    def warn(self, warnings: Iterable[Finding]) -> None:
        self._warnings.update(warnings)

    def org(self, org: FleetOrg) -> None:
        known, outside = self.fleet.written_variables(org.name, self.given)
        self._shared.add(org.name, login_values(self.fleet, org.name))
        found = [self._spec(spec, known) for spec in org.specs]
        specs = [checked.spec for checked in found if checked.spec is not None]
        if org.specs:  # verbs leave an org without any out, as one that `fleet import` added
            self._problems.update(misfits(org, specs))
        for path, checked in zip(org.specs, found, strict=True):
            self._shared.add(org.name, checked.unique)
            names = set(checked.unchecked)
            open_names = {name for name in names if name in outside or ":" in name}
            self._unchecked |= open_names
            self._problems.update(_undefined(org, path, names - open_names))

    def result(self) -> CheckedFleet:
        every = self._checked.values()
        shared = tuple(self._shared.found())
        refused = (told for told in shared if told.severity is Severity.ERROR)
        doubtful = (told for told in shared if told.severity is not Severity.ERROR)
        return CheckedFleet(
            orgs=len(self.fleet.orgs),
            problems=in_order(
                [*self._problems, *refused, *(each for item in every for each in item.problems)]
            ),
            warnings=in_order(
                [*self._warnings, *(each for item in every for each in item.warnings)]
            ),
            unchecked=tuple(sorted(self._unchecked)),
            combinations=in_order(
                [*doubtful, *(told for item in every for told in item.combinations)]
            ),
        )

    def _spec(self, path: Path, known: Variables) -> Checked:
        key = (path, tuple(sorted(known.values.items())))
        if key not in self._checked:
            self._checked[key] = check(near(path), known)
        return self._checked[key]


def _doubtful_hosts(fleet: Fleet) -> Iterable[Finding]:
    """Hosts of logins that may be none. One from outside (``${env:}``) is not known yet."""
    for name in fleet.orgs:
        for flow in ("jwt", "client_credentials"):
            node = node_at(fleet.root, ("orgs", name, "login", flow, "instance_url"))
            if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
                continue
            doubt = "" if "${" in node.value else login_host_doubt(node.value)
            if doubt:
                yield node.position.warning(f"{name}: {doubt}")


def _undefined(org: FleetOrg, spec: Path, names: Iterable[str]) -> Iterable[Finding]:
    for name in names:
        yield org.position.problem(
            f"{org.name}: {spec.name} asks for ${{{name}}}, which has no value: write it under "
            "`variables`, or give it with --var"
        )
