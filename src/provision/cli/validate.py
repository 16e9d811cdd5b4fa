"""`provision validate`: every problem of a spec, without an org."""

from __future__ import annotations

from provision.cli.console import Console
from provision.cli.options import AllowExec, Quiet, SpecFiles, Var, variables
from provision.errors import Problem, SpecError

__all__ = ["validate"]


def validate(
    specs: SpecFiles, var: Var = None, allow_exec: AllowExec = False, quiet: Quiet = False
) -> None:
    """Check specs offline: every problem, with its position."""
    from provision.spec.load import check

    console = Console(quiet)
    values = variables(var, allow_exec=allow_exec)
    problems: list[Problem] = []
    for path in specs:
        checked = check(path, values)
        problems += checked.problems
        for warning in checked.warnings:
            console.talk(f"warning: {warning}")
        if checked.problems:
            continue
        names = ", ".join(f"${{{name}}}" for name in checked.unchecked)
        unchecked = f", but for {names}: give values with --var" if names else ""
        console.result(f"{path}: valid{unchecked}")
    if problems:
        raise SpecError(problems)
