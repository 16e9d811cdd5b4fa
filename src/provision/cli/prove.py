"""`provision prove`: the proof alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from provision.cli.output import FormatChoice, Output, OutputFile
from provision.errors import CannotError, ExitCode, NotProven
from provision.report.format import Format

if TYPE_CHECKING:
    from provision.apply.proof import Prover
    from provision.report.results import AppResult
    from provision.spec.spec import Spec

__all__ = ["prove"]


def prove(
    specs: SpecFiles,
    org: Org = "",
    output_format: FormatChoice = Format.TEXT,
    output: OutputFile = None,
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
    from provision.report.results import Results

    console = Console(quiet)
    out = Output(output_format, output, console)
    out.check()
    loaded = load_specs(specs, variables(var, allow_exec=allow_exec), console)
    with reading(OrgChoice(org, api_version, http_timeout)) as target:
        prover = Prover(target, SystemClock(), proof_wait, console.talk)
        proving = _Proving(prover, console, out.is_talk)
        reported = Results("prove", tuple(map(proving.result, loaded)))
    if not out.is_talk:
        out.results(reported)
    if reported.exit_code is not ExitCode.OK:
        raise typer.Exit(reported.exit_code)


@dataclass(frozen=True, slots=True)
class _Proving:
    """Proves one app after the other. ``speaks``: says on stdout what comes of each, as text."""

    prover: Prover
    console: Console
    speaks: bool

    def result(self, spec: Spec) -> AppResult:
        """What came of one. One that is not proven does not keep the others from it."""
        from provision.org.clock import SystemClock
        from provision.plan.certificate_expiry import expiry
        from provision.report.results import AppResult
        from provision.report.text import proof_text

        org = self.prover.org
        try:
            actual = org.existing_app(spec.app)
            proof = self.prover.prove(spec, actual)
        except (CannotError, NotProven) as error:
            if self.speaks:
                print_error(error)
            return AppResult(spec, org.name, error.exit_code, error=error)
        if self.speaks:
            for line in proof_text(proof).splitlines():
                self.console.result(f"{spec.app}: {line}")
        for found in expiry(spec, actual.components, SystemClock().now()):
            self.console.talk(f"warning: {found.text}")
        return AppResult(spec, org.name, ExitCode.OK, proof=proof)
