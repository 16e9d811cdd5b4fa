"""`provision prove`: the proof alone."""

from __future__ import annotations

import typer

from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    ProofWait,
    Quiet,
    SpecFiles,
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

__all__ = ["prove"]


def prove(
    specs: SpecFiles,
    org: Orgs = None,
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
    var: Var = None,
    allow_exec: AllowExec = False,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    proof_wait: ProofWait = 0,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Log in with each app, as apply does at its end. Exit 7 when that does not succeed."""
    from provision.cli.carry_out import carry_out
    from provision.jobs.options import OrgOptions, RolloutOptions, SpecOptions
    from provision.jobs.prove import Prove
    from provision.jobs.target import target_of

    job = Prove(
        target=target_of(specs, org or ()),
        specs=SpecOptions(tuple(var or ()), allow_exec),
        org=OrgOptions(api_version, http_timeout, session_cache=session_cache),
        proof_wait=proof_wait,
    )
    rollout = RolloutOptions(tuple(org or ()), shard, concurrency, resume=resume, executor=executor)
    ran = carry_out(job, Output(output_format, output, Console(quiet)), rollout)
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)
