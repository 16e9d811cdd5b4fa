"""Proving: apps of one org, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from provision.apply.lags import ANY_LAG
from provision.apply.proof import Prover
from provision.cli.console import Console, print_error
from provision.errors import CannotError, ExitCode, NotProven
from provision.plan.certificate_expiry import expiry
from provision.report.results import AppResult
from provision.report.text import proof_text
from provision.spec.spec import Spec

__all__ = ["Proving"]


@dataclass(frozen=True, slots=True)
class Proving:
    """Proves one app after the other. ``speaks``: says on stdout what comes of each, as text."""

    prover: Prover
    console: Console
    speaks: bool

    def result(self, spec: Spec) -> AppResult:
        """What came of one. One that is not proven does not keep the others from it."""
        org = self.prover.org
        try:
            actual = org.existing_app(spec.app)
            # Nobody knows what was changed a moment ago; who sets --proof-wait expects a change.
            proof = self.prover.prove(spec, actual, ANY_LAG)
        except (CannotError, NotProven) as error:
            if self.speaks:
                print_error(error)
            return AppResult(spec, org.name, error.exit_code, error=error)
        if self.speaks:
            for line in proof_text(proof).splitlines():
                self.console.result(f"{spec.app}: {line}")
        now = datetime.fromtimestamp(self.prover.clock.time(), UTC)
        for found in expiry(spec, actual.components, now):
            self.console.talk(f"warning: {found.text}")
        return AppResult(spec, org.name, ExitCode.OK, proof=proof)
