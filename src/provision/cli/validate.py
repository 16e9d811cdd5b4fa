"""`provision validate`: every problem of specs and fleets, without an org."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from provision.cli.console import Console
from provision.cli.options import AllowExec, Quiet, SpecFiles, Var, variables
from provision.errors import SpecError
from provision.findings import Finding

if TYPE_CHECKING:
    from provision.spec.variable import Variables

__all__ = ["validate"]


def validate(
    specs: SpecFiles, var: Var = None, allow_exec: AllowExec = False, quiet: Quiet = False
) -> None:
    """Check specs offline: every problem, with its position.

    Fleets too: each spec of each org, with the variables of that org. What comes to a fleet from
    outside is not read: no secret is needed.
    """
    from provision.fleet.load import is_fleet

    console = Console(quiet)
    values = variables(var, allow_exec=allow_exec)
    problems: list[Finding] = []
    for path in specs:
        check = _fleet_problems if is_fleet(path) else _spec_problems
        problems += check(path, values, console)
    if problems:
        raise SpecError(problems)


def _spec_problems(path: Path, values: Variables, console: Console) -> Sequence[Finding]:
    from provision.spec.load import check

    checked = check(path, values)
    _warn(checked.warnings, checked.combinations, console)
    if not checked.problems:
        names = _braced(checked.unchecked)
        unchecked = f", but for {names}: give values with --var" if names else ""
        console.result(f"{path}: valid{unchecked}")
    return checked.problems


def _fleet_problems(path: Path, values: Variables, console: Console) -> Sequence[Finding]:
    from provision.fleet.check import check_fleet

    checked = check_fleet(path, values)
    _warn(checked.warnings, checked.combinations, console)
    if not checked.problems:
        names = _braced(checked.unchecked)
        unchecked = f", but for {names}: from outside, and not read here" if names else ""
        orgs = "1 org" if checked.orgs == 1 else f"{checked.orgs} orgs"
        console.result(f"{path}: valid for {orgs}{unchecked}")
    return checked.problems


def _warn(warnings: Sequence[Finding], combinations: Sequence[Finding], console: Console) -> None:
    for each in (*warnings, *combinations):
        console.talk(each.line)


def _braced(names: Sequence[str]) -> str:
    return ", ".join(f"${{{name}}}" for name in names)
