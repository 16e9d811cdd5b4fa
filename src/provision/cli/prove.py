"""`provision prove`: the proof alone."""

from __future__ import annotations

from provision.cli.console import Console
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
from provision.errors import CannotError

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
    """Log in with the app, as apply does at its end. Exit 7 when that does not succeed."""
    from provision.apply.proof import Prover
    from provision.cli.connection import reading
    from provision.cli.specs import load_specs
    from provision.org.clock import SystemClock
    from provision.plan.certificate_expiry import expiry
    from provision.report.text import proof_text

    console = Console(quiet)
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    with reading(OrgChoice(org, api_version, http_timeout)) as target:
        prover = Prover(target, SystemClock(), proof_wait, console.talk)
        for spec in loaded:
            actual = target.find_app(spec.app)
            if not actual.exists:
                raise CannotError(
                    f"{target.name} has no app {spec.app}", next_step="Run `provision apply` first."
                )
            said = f"{spec.app}: {proof_text(prover.prove(spec, actual))}"
            console.result(said)
            for found in expiry(spec, actual.components, SystemClock().now()):
                console.talk(f"warning: {found.text}")
