"""`provision apply`: make the org what the spec says, and prove it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    DeployWait,
    HttpTimeout,
    Org,
    OrgChoice,
    ProofWait,
    Quiet,
    SpecFiles,
    TemplateDirectory,
    Var,
    variables,
)
from provision.errors import ApplyFailed, GateRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provision.apply.prepare import Prepared
    from provision.apply.proof import Prover
    from provision.org.org import WritableOrg

__all__ = ["apply"]


def apply(
    specs: SpecFiles,
    org: Org = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
    no_proof: Annotated[
        bool, typer.Option("--no-proof", help="Do not log in to prove it.")
    ] = False,
    var: Var = None,
    allow_exec: AllowExec = False,
    templates: TemplateDirectory = None,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    deploy_wait: DeployWait = 600,
    proof_wait: ProofWait = 600,
    quiet: Quiet = False,
) -> None:
    """Show the plan, ask, deploy, read back, and prove with a real login."""
    from provision.apply.prepare import prepare
    from provision.apply.proof import Prover
    from provision.cli.connection import writing
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.render.template import Templates
    from provision.report.text import plan_text

    console = Console(quiet)
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    choice = OrgChoice(org, api_version, http_timeout, deploy_wait)
    with writing(choice) as target:
        prepared = [
            prepare(spec, Templates(templates), target, SystemClock().today()) for spec in loaded
        ]
        for item in prepared:
            console.result(f"{plan_text(item.plan)}\n")
        if not all(item.plan.is_empty for item in prepared) and not yes:
            _confirm(target.name)
        prover = None if no_proof else Prover(target, SystemClock(), proof_wait, console.talk)
        _apply_all(prepared, target, prover, console)


def _apply_all(
    prepared: Sequence[Prepared], org: WritableOrg, prover: Prover | None, console: Console
) -> None:
    for done, item in enumerate(prepared):
        try:
            _apply_one(item, org, prover, console)
        except ApplyFailed as error:
            left = [other.spec.app for other in prepared[done + 1 :]]
            if left:
                error.message += f"\nNot attempted: {', '.join(left)}."
            raise


def _apply_one(item: Prepared, org: WritableOrg, prover: Prover | None, console: Console) -> None:
    from provision.apply.run import apply_plan
    from provision.cli.connection import LOCAL
    from provision.cli.localorg import DEFAULT_PORT
    from provision.report.text import applied_text, proof_text, sf_command

    applied = apply_plan(item, org, console.talk)
    for notice in applied.notices:
        console.talk(f"notice: {notice}")
    console.result(applied_text(applied))
    if prover is not None:
        console.result(proof_text(prover.prove(item.spec, applied.actual)))
    if org.name == LOCAL:
        command = sf_command(item.spec, applied, f"http://localhost:{DEFAULT_PORT}")
        before = f"provision localorg serve --port {DEFAULT_PORT}  # the embedded org ends here\n  "
    else:
        command, before = sf_command(item.spec, applied, org.session.instance_url), ""
    if command:
        console.result(f"next, for the sf CLI:\n  {before}{command}")


def _confirm(org: str) -> None:
    """Ask on a terminal; without one, nothing is ever asked. Raises :class:`GateRefused`."""
    if not sys.stdin.isatty():
        raise GateRefused(
            "not confirmed: there is no terminal to ask on",
            next_step="Run it with --yes, when the plan above is what you want.",
        )
    if not typer.confirm(f"Apply this to {org}?", err=True):
        raise GateRefused("not confirmed", next_step="Nothing was written.")
