"""`provision lint`: specs, or the apps of an org, against the rules."""

from __future__ import annotations

from typing import Annotated

import typer

from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    Quiet,
    RulesFile,
    SpecFiles,
    TemplateDirectory,
    Var,
)
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.cli.rollout_options import (
    Concurrency,
    ExecutorUrl,
    Resume,
    SessionCacheDir,
    ShardText,
)
from provision.errors import CannotError, ExitCode
from provision.report.format import Format

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
    from provision.cli.carry_out import carry_out
    from provision.jobs.lint import Lint
    from provision.jobs.options import OrgOptions, RolloutOptions, RuleOptions, SpecOptions
    from provision.jobs.target import FilesTarget, OrgTarget, Target, target_of

    target: Target = target_of(specs, org or ())
    if templates and (org or not isinstance(target, OrgTarget)):
        raise CannotError(
            "--templates is for specs, and --org checks what the org has",
            next_step="Leave one of them out.",
        )
    if isinstance(target, OrgTarget) and not org:
        target = FilesTarget(tuple(specs))
    job = Lint(
        target=target,
        specs=SpecOptions(tuple(var or ()), allow_exec, templates),
        org=OrgOptions(api_version, http_timeout, session_cache=session_cache),
        rules=RuleOptions(rules, tuple(profile or ())),
        strict=strict,
    )
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, resume=resume, executor=executor)
    ran = carry_out(job, Output(output_format, output, Console(quiet)), rollout)
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)
