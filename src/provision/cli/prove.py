"""`provision prove`: the proof alone."""

from __future__ import annotations

import typer

from provision.cli.console import Console
from provision.cli.fleets.options import (
    Concurrency,
    ExecutorUrl,
    FleetChoice,
    Orgs,
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
    ProofWait,
    Quiet,
    SpecFiles,
    Var,
    variables,
)
from provision.cli.output import FormatChoice, Output, OutputFile
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
    from provision.apply.proof import Prover
    from provision.cli.connection import reading
    from provision.cli.proving import Proving
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.report.results import Results

    console = Console(quiet)
    out = Output(output_format, output, console)
    over = FleetChoice(org, shard, concurrency, resume, session_cache, executor)
    if is_over_fleet(specs):
        from provision.cli.fleets.errand import Errand
        from provision.cli.fleets.running import FleetRun

        errand = Errand(
            verb="prove",
            fleet=specs[0].absolute(),
            var=tuple(var or ()),
            allow_exec=allow_exec,
            proof_wait=proof_wait,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(FleetRun(errand, over, out, console).look())
    over.refuse_without_fleet()
    out.check()
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    with reading(OrgChoice(one_org(org), api_version, http_timeout)) as target:
        prover = Prover(target, SystemClock(), proof_wait, console.talk)
        proving = Proving(prover, console, out.is_talk)
        reported = Results("prove", tuple(map(proving.result, loaded)))
    if not out.is_talk:
        out.results(reported)
    if reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)
