"""`provision apply`: make the org what the spec says, and prove it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.confirmation import Yes, confirm
from provision.cli.console import Console, print_error
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
from provision.errors import CannotError, ExitCode, NotProven, ProvisionError
from provision.report.format import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.apply.prepare import Prepared
    from provision.apply.proof import Prover
    from provision.apply.recording import Recorder
    from provision.apply.run import Applied
    from provision.cli.planning import Planner
    from provision.org.org import WritableOrg
    from provision.plan.saved import SavedPlan
    from provision.report.results import AppResult
    from provision.spec.spec import Spec
    from provision.spec.variable import Variables

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
    from provision.apply.proof import Prover
    from provision.cli.connection import writing
    from provision.cli.planning import Planner
    from provision.cli.rules import rule_set
    from provision.org.clock import SystemClock
    from provision.render.template import Templates
    from provision.report.results import Results
    from provision.report.text import plan_text

    console = Console(quiet)
    out = Output(output_format, output, console)
    chosen = rule_set(rules)
    loaded = _loaded(targets, variables(var, allow_exec=allow_exec), console)
    keeper = recorder(run_dir, state, console)
    version = _version_of(loaded) if api_version is None else api_version
    with writing(OrgChoice(org, version, http_timeout, deploy_wait)) as target:
        planner = Planner(target, Templates(templates), keeper.state, chosen)
        prepared = [_prepared(target, planner) for target in loaded]
        for item in prepared:
            shown = f"{plan_text(item.plan)}\n"
            console.result(shown) if out.is_talk else console.talk(shown)
        if checksum:
            _check_approved(loaded, prepared, checksum, target)
        check_gates([item.plan for item in prepared], frozenset(allow or ()), chosen.thresholds)
        if not yes and not all(item.plan.is_empty for item in prepared):
            confirm(f"Apply this to {target.name}?")
        prover = None if no_proof else Prover(target, SystemClock(), proof_wait, console.talk)
        run = _Run(target, keeper, prover, console, speaks=out.is_talk)
        reported = Results("apply", tuple(run.results(prepared)))
    if not out.is_talk:
        out.results(reported)
    if reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)


def _loaded(
    targets: Sequence[Path], values: Variables, console: Console
) -> Sequence[Spec] | Sequence[tuple[Path, SavedPlan]]:
    """The specs, or the one plan that was saved."""
    from provision.apply.plan_file import read_saved
    from provision.cli.specs import load_specs

    plans = [target for target in targets if target.suffix == ".json"]
    if plans and len(targets) > 1:
        raise CannotError(
            "a saved plan is applied alone", next_step=f"Run `provision apply {plans[0]}`."
        )
    if plans:
        return [(plans[0], read_saved(plans[0]))]
    return load_specs(targets, values, console)


def _version_of(loaded: Sequence[Spec] | Sequence[tuple[Path, SavedPlan]]) -> int | None:
    """The API version that a saved plan was made with: another would make it stale."""
    first = loaded[0]
    return first[1].content.org.api_version if isinstance(first, tuple) else None


def _prepared(target: Spec | tuple[Path, SavedPlan], planner: Planner) -> Prepared:
    """The plan of a spec; or a saved plan, held to the org as it is now."""
    from provision.apply.saved_preparation import prepare_saved

    if isinstance(target, tuple):
        origin, saved = target
        passphrase = os.environ.get("PROVISION_PRIVATE_KEY_PASSPHRASE")
        return planner.judged(prepare_saved(saved, origin, planner.org, passphrase))
    return planner.prepare(target)


def _check_approved(
    loaded: Sequence[Spec] | Sequence[tuple[Path, SavedPlan]],
    prepared: Sequence[Prepared],
    checksum: str,
    org: WritableOrg,
) -> None:
    from provision.apply.plan_file import check_checksum, save
    from provision.org.clock import SystemClock

    if len(prepared) > 1:
        raise CannotError("--checksum approves one plan", next_step="Apply the specs one by one.")
    only = loaded[0]
    if isinstance(only, tuple):
        check_checksum(only[1], checksum)
    else:
        check_checksum(save(prepared[0], org, SystemClock().now(), Path()), checksum)


@dataclass(frozen=True, slots=True)
class _Run:
    """The applying of prepared plans, one after the other. ``speaks``: as text, on the way."""

    org: WritableOrg
    keeper: Recorder
    prover: Prover | None
    console: Console
    speaks: bool

    def results(self, prepared: Sequence[Prepared]) -> list[AppResult]:
        """What came of each. What failed is said, and the rest is not attempted."""
        from provision.report.results import AppResult

        done: list[AppResult] = []
        for item in prepared:
            result = self._apply(item)
            done.append(result)
            if result.error is not None and not isinstance(result.error, NotProven):
                break
        left = prepared[len(done) :]
        for item in left:
            error = CannotError("not attempted, since another app failed before it")
            done.append(
                AppResult(item.spec, self.org.name, error.exit_code, plan=item.plan, error=error)
            )
        if left and self.speaks:
            self.console.talk(f"Not attempted: {', '.join(item.spec.app for item in left)}.")
        return done

    def _apply(self, item: Prepared) -> AppResult:
        from provision.apply.recording import intent_of
        from provision.apply.run import apply_plan
        from provision.report.results import AppResult
        from provision.report.text import applied_text, proof_text

        applied = proof = None
        try:
            with self.keeper.recording(intent_of(item), self.org) as recording:
                applied = apply_plan(item, self.org, self.console.talk)
                recording.applied(applied)
                for notice in applied.notices:
                    self.console.talk(f"notice: {notice}")
                self._speak(applied_text(applied))
                if self.prover is not None:
                    proof = self.prover.prove(item.spec, applied.actual)
                    self._speak(proof_text(proof))
                self._speak(_next_command(item, applied, self.org))
        except ProvisionError as error:
            if self.speaks:
                print_error(error)
            code = error.exit_code
            return AppResult(item.spec, self.org.name, code, item.plan, applied, proof, error)
        return AppResult(item.spec, self.org.name, ExitCode.OK, item.plan, applied, proof)

    def _speak(self, text: str) -> None:
        if self.speaks and text:
            self.console.result(text)


def _next_command(item: Prepared, applied: Applied, org: WritableOrg) -> str:
    """How the `sf` CLI logs in with the app; the embedded local org ends with this program."""
    from provision.cli.connection import LOCAL
    from provision.cli.localorg import DEFAULT_PORT
    from provision.report.sf_command import sf_command

    local = org.name == LOCAL
    url = f"http://localhost:{DEFAULT_PORT}" if local else org.session.instance_url
    command = sf_command(item.spec, applied, url)
    if not command:
        return ""
    serve = f"provision localorg serve --port {DEFAULT_PORT}  # the embedded org ends here\n  "
    return f"next, for the sf CLI:\n  {serve if local else ''}{command}"
