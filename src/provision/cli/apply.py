"""`provision apply`: make the org what the spec says, and prove it."""

from __future__ import annotations

from typing import Annotated

import typer

from provision.cli.confirmation import Yes, confirm
from provision.cli.console import Console
from provision.cli.handover import Login, check_handover
from provision.cli.keeping import RunDir, State, recorder
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    OrgChoice,
    ProofWait,
    Quiet,
    RulesFile,
    SpecFiles,
    TemplateDirectory,
    Var,
    variables,
)
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.errors import CannotError, ExitCode
from provision.report.format import Format

__all__ = ["apply"]


def apply(
    targets: SpecFiles,
    org: Org = "",
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
    quiet: Quiet = False,
) -> None:
    """Show the plan, ask, snapshot, deploy, read back, and prove with a real login.

    SPEC is a spec, several specs, or a plan that `provision plan --out` saved.
    """
    from provision.apply.gating import check_gates
    from provision.apply.plan_file import check_checksum
    from provision.apply.proof import Prover
    from provision.cli.applying import Applier
    from provision.cli.connection import writing
    from provision.cli.planning import Planner
    from provision.cli.rules import rule_set
    from provision.cli.target import load_targets
    from provision.org.clock import SystemClock
    from provision.render.template import Templates
    from provision.report.results import Results
    from provision.report.text import plan_text

    console = Console(quiet)
    out = Output(output_format, output, console)
    chosen = rule_set(rules)
    loaded = load_targets(targets, variables(var, allow_exec=allow_exec), console)
    if checksum and len(loaded) > 1:
        raise CannotError("--checksum approves one plan", next_step="Apply the specs one by one.")
    keeper = recorder(run_dir, state, console)
    version = loaded[0].api_version if api_version is None else api_version
    with writing(OrgChoice(org, version, http_timeout, deploy_wait)) as target:
        planner = Planner(target, Templates(templates), keeper.state, chosen)
        prepared = [each.prepare(planner) for each in loaded]
        for item in prepared:
            shown = f"{plan_text(item.plan)}\n"
            console.result(shown) if out.is_talk else console.talk(shown)
        if checksum:
            check_checksum(loaded[0].saved(prepared[0], planner), checksum)
        check_gates([item.plan for item in prepared], frozenset(allow or ()), chosen.thresholds)
        if login is not None:
            check_handover([item.spec for item in prepared], login)
        if not yes and not all(item.plan.is_empty for item in prepared):
            confirm(f"Apply this to {target.name}?")
        prover = None if no_proof else Prover(target, SystemClock(), proof_wait, console.talk)
        applier = Applier(target, keeper, prover, console, out.is_talk, login)
        reported = Results("apply", tuple(applier.results(prepared)))
    if not out.is_talk:
        out.results(reported)
    if reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)
