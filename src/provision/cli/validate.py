"""`provision validate`: every problem of specs and fleets, without an org."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from provision.cli.console import Console
from provision.cli.option_groups import Without, takes_options
from provision.cli.output import Output
from provision.errors import ExitCode, SpecError
from provision.findings import Finding, Severity
from provision.jobs.command_line import Argument
from provision.jobs.options import SpecOptions, given_variables

if TYPE_CHECKING:
    from provision.spec.variable import Variables

__all__ = ["validate"]


@takes_options
def validate(
    files: Annotated[tuple[Path, ...], Argument("SPEC", "Specs and fleet files.")],
    specs: Annotated[SpecOptions, Without("templates")],
    out: Output,
) -> ExitCode:
    """Check specs offline. Every problem is listed with its position.

    Fleets too: each spec of each org, with the variables of that org. Values from outside of a
    fleet are not read, so no secret is needed.

    Examples:
        provision validate specs/*.yaml fleet.yaml
        provision validate spec.yaml --var suffix=.uat --format sarif
    """
    values = given_variables(specs, os.environ)
    checked = [_checked(path, values) for path in files]
    if out.is_talk:
        _say(checked, out.console)
        return ExitCode.OK
    return _report(checked, out)


@dataclass(frozen=True, slots=True)
class _CheckedFile:
    """A spec or a fleet, what is wrong with it, and what to say if nothing is."""

    path: Path
    findings: tuple[Finding, ...]
    valid: str

    @property
    def problems(self) -> Sequence[Finding]:
        return [each for each in self.findings if each.severity is Severity.ERROR]


def _checked(path: Path, values: Variables) -> _CheckedFile:
    from provision.fleet.file_kind import is_fleet

    return _checked_fleet(path, values) if is_fleet(path) else _checked_spec(path, values)


def _checked_spec(path: Path, values: Variables) -> _CheckedFile:
    from provision.spec.load import check

    checked = check(path, values)
    names = _braced(checked.unchecked)
    unchecked = f", except for {names}: give values with --var" if names else ""
    findings = (*checked.problems, *checked.warnings, *checked.combinations)
    return _CheckedFile(path, findings, f"valid{unchecked}")


def _checked_fleet(path: Path, values: Variables) -> _CheckedFile:
    from provision.fleet.check import check_fleet

    checked = check_fleet(path, values)
    names = _braced(checked.unchecked)
    unchecked = f", except for {names}: from outside, and not read here" if names else ""
    orgs = "1 org" if checked.orgs == 1 else f"{checked.orgs} orgs"
    findings = (*checked.problems, *checked.warnings, *checked.combinations)
    return _CheckedFile(path, findings, f"valid for {orgs}{unchecked}")


def _say(checked: Sequence[_CheckedFile], console: Console) -> None:
    """Print what a person reads. Raises :class:`SpecError` with all problems of all files."""
    for file in checked:
        for each in file.findings:
            if each.severity is not Severity.ERROR:
                console.talk(each.line)
        if not file.problems:
            console.result(f"{file.path}: {file.valid}")
    problems = [each for file in checked for each in file.problems]
    if problems:
        raise SpecError(problems)


def _report(checked: Sequence[_CheckedFile], out: Output) -> ExitCode:
    from provision.report.findings import Findings

    # A file that is not valid cannot be used; one with a doubtful value can.
    code = ExitCode.CANNOT if any(file.problems for file in checked) else ExitCode.OK
    found = tuple(replace(each, app=str(file.path)) for file in checked for each in file.findings)
    out.findings(Findings("validate", found, tuple(str(file.path) for file in checked), code))
    return code


def _braced(names: Sequence[str]) -> str:
    return ", ".join(f"${{{name}}}" for name in names)
