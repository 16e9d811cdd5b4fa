"""`provision doctor`: what must hold before the first write."""

from __future__ import annotations

from typing import Annotated

import typer

from provision.cli.confirmation import Yes
from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Quiet,
    SpecFiles,
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

__all__ = ["doctor"]


def doctor(
    specs: SpecFiles,
    org: Orgs = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what a deploy can fix: the org's settings.")
    ] = False,
    yes: Yes = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 for warnings too.")] = False,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Check what must hold before the first write: exit 4 when something does not."""
    from provision.cli.carry_out import carry_out, refuse_for_fleet
    from provision.jobs.doctor import Doctor
    from provision.jobs.options import OrgOptions, RolloutOptions, SpecOptions
    from provision.jobs.target import target_of

    target = target_of(specs, org or ())
    refuse_for_fleet(target, [("--fix", fix)])
    job = Doctor(
        target=target,
        specs=SpecOptions(tuple(var or ()), allow_exec, templates),
        org=OrgOptions(api_version, http_timeout, deploy_wait, session_cache),
        strict=strict,
        fix=fix,
    )
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, resume=resume, executor=executor)
    ran = carry_out(job, Output(output_format, output, Console(quiet)), rollout, yes=yes)
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)
