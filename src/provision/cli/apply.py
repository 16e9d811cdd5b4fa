"""`provision apply`: make the org what the spec says, and prove it."""

from __future__ import annotations

from typing import Annotated

import typer

from provision.cli.confirmation import Yes
from provision.cli.console import Console
from provision.cli.handover import DevHub, Login
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    ProofWait,
    Quiet,
    RulesFile,
    RunDir,
    SpecFiles,
    State,
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
    StopAfter,
    Waves,
)
from provision.errors import ExitCode
from provision.report.format import Format

__all__ = ["apply"]


def apply(
    targets: SpecFiles,
    org: Orgs = None,
    yes: Yes = False,
    allow: Allow = None,
    checksum: Annotated[
        str,
        typer.Option(
            "--checksum",
            metavar="HEX",
            help="Apply only the plan with this checksum (see plan --checksum).",
            show_default=False,
        ),
    ] = "",
    no_proof: Annotated[
        bool, typer.Option("--no-proof", help="Do not log in to prove it.")
    ] = False,
    login: Login = None,
    set_default_dev_hub: DevHub = False,
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
    deploy_wait: DeployWait = 600,
    proof_wait: ProofWait = 600,
    shard: ShardText = "",
    concurrency: Concurrency = None,
    waves: Waves = "",
    stop_after: StopAfter = "",
    resume: Resume = "",
    executor: ExecutorUrl = "",
    session_cache: SessionCacheDir = None,
    quiet: Quiet = False,
) -> None:
    """Show the plan, ask, snapshot, deploy, read back, and prove with a real login.

    SPEC is a spec, several specs, a fleet, or a plan that `provision plan --out` saved.
    """
    from provision.cli.carry_out import carry_out, hooks_for, refuse_for_fleet
    from provision.cli.sf_handover import SfHandover
    from provision.jobs.apply import Apply
    from provision.jobs.options import (
        GateOptions,
        KeepOptions,
        OrgOptions,
        RolloutOptions,
        RuleOptions,
        SpecOptions,
    )
    from provision.jobs.target import target_of
    from provision.report.sf_login import Handover

    console = Console(quiet)
    shown = Output(output_format, output, console)
    target = target_of(targets, org or ())
    refuse_for_fleet(
        target,
        [
            ("--checksum", checksum),
            ("--login", login),
            ("--set-default-dev-hub", set_default_dev_hub),
        ],
    )
    job = Apply(
        target=target,
        specs=SpecOptions(tuple(var or ()), allow_exec, templates),
        org=OrgOptions(api_version, http_timeout, deploy_wait, session_cache),
        rules=RuleOptions(rules),
        keep=KeepOptions(run_dir, state),
        gates=GateOptions(frozenset(allow or ()), yes),
        proves=not no_proof,
        proof_wait=proof_wait,
        checksum=checksum,
    ).of_saved_plan()
    handover = SfHandover(Handover(login, set_default_dev_hub), console)
    rollout = RolloutOptions(
        tuple(org or ()), shard, concurrency, waves, stop_after, resume, executor
    )
    ran = carry_out(job, shown, rollout, hooks_for(shown, yes=yes, handover=handover))
    if ran.exit_code is not ExitCode.OK:
        raise typer.Exit(ran.exit_code)
