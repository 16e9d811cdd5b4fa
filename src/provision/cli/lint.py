"""`provision lint`: specs, or the apps of an org, against the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    OrgChoice,
    Quiet,
    RulesFile,
    SpecFiles,
    TemplateDirectory,
    Var,
    variables,
)
from provision.cli.rules import rule_set
from provision.errors import CannotError, ExitCode

if TYPE_CHECKING:
    from provision.spec.rules.finding import RuleFinding
    from provision.spec.rules.rule import RuleSet
    from provision.spec.spec import Spec

__all__ = ["lint"]


def lint(
    specs: SpecFiles,
    rules: RulesFile = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            help="Rules that ship: baseline, partner. Repeatable. [default: baseline]",
            show_default=False,
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 for warnings too.")] = False,
    org: Annotated[
        str,
        typer.Option(
            "--org",
            metavar="NAME",
            help="Check what this org has of the apps, not what the specs say.",
            show_default=False,
        ),
    ] = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    quiet: Quiet = False,
) -> None:
    """Check specs against rules: exit 4 when one breaks an error. Offline, but for --org."""
    from provision.cli.specs import load_specs

    console = Console(quiet)
    chosen = rule_set(rules, profile or ())
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    if org:
        choice = OrgChoice(org, api_version, http_timeout)
        found = _in_org(loaded, chosen, choice, console)
    else:
        found = _in_specs(loaded, chosen, templates, console)
    _conclude(found, chosen, console, strict=strict)


def _in_specs(
    specs: Sequence[Spec], rules: RuleSet, templates: Path | None, console: Console
) -> list[RuleFinding]:
    from provision.render.desired import render
    from provision.render.template import Templates
    from provision.spec.rules.finding import findings

    found: list[RuleFinding] = []
    for spec in specs:
        mine = findings(rules, render(spec, Templates(templates)), spec)
        _print(mine, str(spec.path), console)
        found += mine
    return found


def _in_org(
    specs: Sequence[Spec], rules: RuleSet, choice: OrgChoice, console: Console
) -> list[RuleFinding]:
    from provision.cli.connection import reading
    from provision.spec.rules.finding import findings

    found: list[RuleFinding] = []
    with reading(choice) as org:
        for spec in specs:
            actual = org.find_app(spec.app)
            if not actual.exists:
                raise CannotError(
                    f"{org.name} has no app {spec.app}",
                    next_step="Leave --org out to check the spec itself.",
                )
            mine = findings(rules, tuple(actual.components.values()))
            _print(mine, f"{org.name}/{spec.app}", console)
            found += mine
    return found


def _print(found: Iterable[RuleFinding], where: str, console: Console) -> None:
    for finding in found:
        at = finding.position or where
        console.result(f"{at}: {finding.severity} {finding.rule_id}: {finding.message}")


def _conclude(
    found: Sequence[RuleFinding], rules: RuleSet, console: Console, *, strict: bool
) -> None:
    from provision.spec.rules.rule import Severity

    errors = sum(finding.severity is Severity.ERROR for finding in found)
    console.talk(
        f"{_counted(len(rules.active), 'rule')}: {_counted(errors, 'error')}, "
        f"{_counted(len(found) - errors, 'warning')}"
    )
    if errors or (strict and found):
        raise typer.Exit(ExitCode.FOUND)


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
