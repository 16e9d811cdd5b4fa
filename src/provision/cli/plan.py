"""`provision plan` and `provision diff`: what would change, without writing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    Quiet,
    RulesFile,
    RunDir,
    SpecFiles,
    State,
    Strict,
    TemplateDirectory,
    Var,
)
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.cli.rollout_options import (
    Concurrency,
    ExecutorUrl,
    Orgs,
    Resume,
    SessionCacheDir,
    ShardText,
)
from provision.errors import ExitCode
from provision.report.format import Format

__all__ = ["diff", "plan"]


def plan(
    specs: SpecFiles,
    org: Orgs = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 4 when there is something to change.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Save the plan, for apply FILE.", show_default=False
        ),
    ] = None,
    checksum: Annotated[
        bool, typer.Option("--checksum", help="Print the checksum alone, for apply --checksum.")
    ] = False,
    validate: Annotated[
        bool,
        typer.Option("--validate", help="Have the org check the deploy; nothing is written."),
    ] = False,
    rules: RulesFile = None,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    run_dir: RunDir = None,
    state: State = "",
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
    """Show what apply would do, its risks, and the gates in its way. Writes nothing to the org."""
    from provision.cli.carry_out import hooks_for, ran_quietly, refuse_for_fleet, show
    from provision.jobs.options import (
        KeepOptions,
        OrgOptions,
        RolloutOptions,
        RuleOptions,
        SpecOptions,
    )
    from provision.jobs.plan import Plan
    from provision.jobs.target import target_of

    target = target_of(specs, org or ())
    refuse_for_fleet(target, [("--out", out), ("--checksum", checksum), ("--validate", validate)])
    job = Plan(
        target=target,
        specs=SpecOptions(tuple(var or ()), allow_exec, templates),
        org=OrgOptions(api_version, http_timeout, session_cache=session_cache),
        rules=RuleOptions(rules),
        keep=KeepOptions(run_dir, state),
        validate=validate,
        out=out,
        checksum=checksum,
    )
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, resume=resume, executor=executor)
    shown = Output(output_format, output, Console(quiet))
    # The checksum alone is on stdout, for a shell to take.
    live = Output(Format.TEXT, None, shown.console) if checksum else shown
    ran = ran_quietly(job, shown, rollout, hooks_for(live, yes=True))
    if not checksum or output is not None:
        show(ran.result, shown)
    code = ran.exit_code
    if code is not ExitCode.OK and (exit_code or code is not ExitCode.FOUND):
        raise typer.Exit(code)


def diff(
    specs: SpecFiles,
    org: Orgs = None,
    strict: Strict = False,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    run_dir: RunDir = None,
    state: State = "",
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
    """Show where the org is not what the spec says: exit 4 when it is not. Writes nothing."""
    from provision.cli.carry_out import carry_out
    from provision.jobs.options import KeepOptions, OrgOptions, RolloutOptions, SpecOptions
    from provision.jobs.plan import Diff
    from provision.jobs.target import target_of

    job = Diff(
        target=target_of(specs, org or ()),
        specs=SpecOptions(tuple(var or ()), allow_exec, templates),
        org=OrgOptions(api_version, http_timeout, session_cache=session_cache),
        keep=KeepOptions(run_dir, state),
        strict=strict,
    )
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, resume=resume, executor=executor)
    ran = carry_out(job, Output(output_format, output, Console(quiet)), rollout)
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)
