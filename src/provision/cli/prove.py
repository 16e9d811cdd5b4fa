"""`provision prove`: the proof alone."""

from __future__ import annotations

import typer

from provision.cli.console import Console, print_error
from provision.cli.options import (
    AllowExec,
    ApiVersion,
    HttpTimeout,
    Org,
    OrgChoice,
    ProofWait,
    Quiet,
    SpecFiles,
    Var,
    variables,
)
from provision.errors import CannotError, ExitCode, NotProven, ProvisionError

__all__ = ["prove"]


def prove(
    specs: SpecFiles,
    org: Org = "",
    var: Var = None,
    allow_exec: AllowExec = False,
    api_version: ApiVersion = None,
    http_timeout: HttpTimeout = 30,
    proof_wait: ProofWait = 0,
    quiet: Quiet = False,
) -> None:
    """Log in with each app, as apply does at its end. Exit 7 when that does not succeed."""
    from provision.apply.proof import Prover
    from provision.cli.connection import reading
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.plan.certificate_expiry import expiry
    from provision.report.text import proof_text

    console = Console(quiet)
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    failures: list[ProvisionError] = []
    with reading(OrgChoice(org, api_version, http_timeout)) as target:
        prover = Prover(target, SystemClock(), proof_wait, console.talk)
        for spec in loaded:
            try:
                actual = target.existing_app(spec.app)
                console.result(f"{spec.app}: {proof_text(prover.prove(spec, actual))}")
            except (CannotError, NotProven) as error:
                print_error(error)
                failures.append(error)
                continue
            for found in expiry(spec, actual.components, SystemClock().now()):
                console.talk(f"warning: {found.text}")
    if failures:
        raise typer.Exit(ExitCode.worst(failure.exit_code for failure in failures))
