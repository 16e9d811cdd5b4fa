"""`provision plan` and `provision diff`: what would change, without writing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    Org,
    OrgChoice,
    Quiet,
    SpecFiles,
    TemplateDirectory,
    Var,
    variables,
)
from provision.errors import ExitCode

if TYPE_CHECKING:
    from provision.plan.plan import Plan
    from provision.spec.variable import Variables

__all__ = ["diff", "plan"]


def plan(
    specs: SpecFiles,
    org: Org = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 4 when there is something to change.")
    ] = False,
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    quiet: Quiet = False,
) -> None:
    """Show what apply would do. Writes nothing."""
    from provision.report.text import plan_text

    values = variables(var, allow_exec=allow_exec)
    choice = OrgChoice(org, api_version, http_timeout)
    found = _show(specs, values, choice, templates, Console(quiet), plan_text)
    if found and exit_code:
        raise typer.Exit(ExitCode.FOUND)


def diff(
    specs: SpecFiles,
    org: Org = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    quiet: Quiet = False,
) -> None:
    """Show where the org is not what the spec says: exit 4 when it is not. Writes nothing."""
    from provision.report.text import diff_text

    values = variables(var, allow_exec=allow_exec)
    choice = OrgChoice(org, api_version, http_timeout)
    if _show(specs, values, choice, templates, Console(quiet), diff_text):
        raise typer.Exit(ExitCode.FOUND)


def _show(
    paths: Sequence[Path],
    values: Variables,
    choice: OrgChoice,
    templates: Path | None,
    console: Console,
    text: Callable[[Plan], str],
) -> bool:
    """Print the plan of each spec; whether any of them would change something."""
    from provision.apply.prepare import prepare
    from provision.cli.connection import reading
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.render.template import Templates

    specs = load_specs(paths, values, console)
    found = False
    with reading(choice) as org:
        for spec in specs:
            prepared = prepare(spec, Templates(templates), org, SystemClock().today())
            console.result(text(prepared.plan))
            found = found or not prepared.plan.is_empty
    return found
