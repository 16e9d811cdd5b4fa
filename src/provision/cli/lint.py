"""`provision lint`: specs, or the apps of an org, against the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.fleets.options import (
    Concurrency,
    ExecutorUrl,
    FleetChoice,
    Resume,
    SessionCacheDir,
    ShardText,
    is_over_fleet,
    one_org,
)
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
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.cli.rules import rule_set
from provision.errors import CannotError, ExitCode
from provision.findings import Finding, Severity
from provision.report.format import Format

if TYPE_CHECKING:
    from provision.rules.rule import RuleSet
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
        list[str] | None,
        typer.Option(
            "--org",
            metavar="NAME",
            help="Check what this org has of the apps, not what the specs say. Of a fleet, as "
            "always: which orgs.",
            show_default=False,
        ),
    ] = None,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Check specs against rules: exit 4 when one breaks an error. Offline, but for --org."""
    from provision.cli.linting import found_in_specs
    from provision.cli.specs import load_specs
    from provision.render.template import Templates
    from provision.report.findings import Findings

    console = Console(quiet)
    over = FleetChoice(org, shard, concurrency, resume, session_cache, executor)
    if is_over_fleet(specs):
        from provision.cli.fleets.errand import Errand
        from provision.cli.fleets.running import FleetRun

        if templates:
            raise _no_templates()
        errand = Errand(
            verb="lint",
            fleet=specs[0].absolute(),
            var=tuple(var or ()),
            allow_exec=allow_exec,
            rules=rules,
            profiles=tuple(profile or ()),
            strict=strict,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(
            FleetRun(errand, over, Output(output_format, output, console), console).look()
        )
    over.refuse_without_fleet()
    chosen = rule_set(rules, profile or ())
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    if org and templates:
        raise _no_templates()
    if org:
        found = _in_org(loaded, chosen, OrgChoice(one_org(org), api_version, http_timeout))
    else:
        found = found_in_specs(loaded, chosen, Templates(templates))
    checked = tuple(spec.app for spec in loaded)
    hidden = frozenset(text for spec in loaded for text in spec.sensitive)
    reported = Findings("lint", found, checked, hidden)
    Output(output_format, output, console).findings(reported)
    if any(_is_found(finding, strict=strict) for finding in found):
        raise typer.Exit(ExitCode.FOUND)


def _no_templates() -> CannotError:
    return CannotError(
        "--templates is for specs, and --org checks what the org has",
        next_step="Leave one of them out.",
    )


def _in_org(specs: Sequence[Spec], rules: RuleSet, choice: OrgChoice) -> tuple[Finding, ...]:
    from provision.cli.connection import reading
    from provision.cli.linting import found_in_org

    with reading(choice) as org:
        return found_in_org(specs, rules, org)


def _is_found(finding: Finding, *, strict: bool) -> bool:
    return strict or finding.severity is Severity.ERROR
