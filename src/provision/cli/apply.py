"""`provision apply`: make the org what the spec says, and prove it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes, confirm
from provision.cli.console import Console
from provision.cli.fleets.options import (
    Concurrency,
    ExecutorUrl,
    FleetChoice,
    Orgs,
    Resume,
    SessionCacheDir,
    ShardText,
    StopAfter,
    Waves,
    is_over_fleet,
    one_org,
    refuse_over_fleet,
)
from provision.cli.handover import DevHub, Login, check_handover, make_edit
from provision.cli.keeping import RunDir, State, recorder
from provision.cli.options import (
    Allow,
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
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
from provision.errors import CannotError, ExitCode, GateName, GateRefused
from provision.report.format import Format

if TYPE_CHECKING:
    from provision.apply.prepare import Prepared
    from provision.cli.target import Target
    from provision.plan.saved import SavedPlan
    from provision.rules.rule import RuleSet

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
    from provision.apply.plan_file import check_checksum
    from provision.apply.proof import Prover
    from provision.cli.applying import Applier, refused
    from provision.cli.connection import writing
    from provision.cli.planning import Planner
    from provision.cli.replanning import Replanner
    from provision.cli.rules import rule_set
    from provision.cli.target import load_targets
    from provision.org.clock import SystemClock
    from provision.render.template import Templates
    from provision.report.results import Results
    from provision.report.sf_login import Handover
    from provision.report.text import plan_text

    console = Console(quiet)
    out = Output(output_format, output, console)
    over = FleetChoice(org, shard, concurrency, resume, session_cache, executor, waves, stop_after)
    if is_over_fleet(targets):
        from provision.cli.fleets.errand import Errand
        from provision.cli.fleets.running import FleetRun

        refuse_over_fleet(
            {
                "--checksum": checksum,
                "--login": login,
                "--set-default-dev-hub": set_default_dev_hub,
            }
        )
        errand = Errand(
            verb="apply",
            fleet=targets[0].absolute(),
            var=tuple(var or ()),
            allow_exec=allow_exec,
            templates=templates,
            rules=rules,
            allow=frozenset(allow or ()),
            unasked=yes,
            no_proof=no_proof,
            run_dir=run_dir,
            state=state,
            deploy_wait=deploy_wait,
            proof_wait=proof_wait,
            api_version=api_version,
            http_timeout=http_timeout,
            session_cache=session_cache,
        )
        raise typer.Exit(FleetRun(errand, over, out, console).apply(ask=not yes))
    over.refuse_without_fleet()
    chosen = rule_set(rules)
    out.check()
    loaded = load_targets(targets, variables(var, allow_exec=allow_exec), console)
    _check_targets(loaded, checksum, spec_options=bool(var or allow_exec or templates))
    keeper = recorder(run_dir, state, console)
    version = loaded[0].api_version if api_version is None else api_version
    with writing(OrgChoice(one_org(org), version, http_timeout, deploy_wait)) as target:
        planner = Planner(target, Templates(templates), keeper.state, chosen)
        prepared = [each.prepare(planner) for each in loaded]
        for item in prepared:
            shown = f"{plan_text(item.plan)}\n"
            console.result(shown) if out.is_talk else console.talk(shown)
        handover = Handover(login, set_default_dev_hub)
        edit = check_handover(prepared, handover, console)
        try:
            if checksum:
                check_checksum(loaded[0].saved(prepared[0], planner), checksum)
            allowed = frozenset(allow or ())
            _check(prepared, allowed, chosen, target.name, ask=not yes)
        except GateRefused as error:
            if not out.is_talk:
                out.results(refused(prepared, target.name, error))
            raise
        if edit is not None:
            make_edit(edit, console)
        prover = None if no_proof else Prover(target, SystemClock(), proof_wait, console.talk)
        replanner = Replanner(
            prepare=lambda item: _target_of(item, prepared, loaded).prepare(planner),
            check=lambda anew: _check_anew(
                anew,
                loaded[0].saved(anew, planner) if checksum else None,
                checksum,
                allowed,
                chosen,
            ),
            question="" if yes else f"Apply this to {target.name}?",
            console=console,
            speaks=out.is_talk,
        )
        applier = Applier(
            target, keeper, prover, console, out.is_talk, handover, again=replanner.again
        )
        reported = Results("apply", tuple(applier.results(prepared)))
    if not out.is_talk:
        out.results(reported)
    if reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)


def _check_targets(loaded: Sequence[Target], checksum: str, *, spec_options: bool) -> None:
    if loaded[0].api_version is not None and spec_options:
        raise CannotError(
            "a saved plan takes no --var, --allow-exec or --templates: it is done to the letter",
            next_step="Leave them out, or plan anew.",
        )
    if checksum and len(loaded) > 1:
        raise CannotError("--checksum approves one plan", next_step="Apply the specs one by one.")


def _target_of(item: Prepared, prepared: Sequence[Prepared], loaded: Sequence[Target]) -> Target:
    """What ``item`` was prepared from, or the plan before it of the same app."""
    return next(
        target
        for each, target in zip(prepared, loaded, strict=True)
        if each.spec.app == item.spec.app
    )


def _check_anew(
    anew: Prepared,
    saved: SavedPlan | None,
    checksum: str,
    allowed: frozenset[GateName],
    rules: RuleSet,
) -> None:
    """Raise :class:`GateRefused` unless a plan that was made anew may be applied as well."""
    from provision.apply.gating import check_gates
    from provision.apply.plan_file import check_checksum

    if saved is not None:
        check_checksum(saved, checksum)
    check_gates([anew.plan], allowed, rules.thresholds)


def _check(
    prepared: Sequence[Prepared],
    allowed: frozenset[GateName],
    rules: RuleSet,
    org: str,
    *,
    ask: bool,
) -> None:
    """Raise :class:`GateRefused` unless every gate is lifted, and somebody wants it done."""
    from provision.apply.gating import check_gates

    plans = [item.plan for item in prepared]
    check_gates(plans, allowed, rules.thresholds)
    if ask and not all(plan.is_empty for plan in plans):
        confirm(f"Apply this to {org}?")
