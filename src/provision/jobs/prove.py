"""Prove: the proof alone, of each app of one org."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provision.apply.propagation import ANYTHING_CHANGED
from provision.apply.prover import Prover
from provision.errors import CannotError, ExitCode, NotProven
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.progress import AppProof
from provision.plan.certificate_expiry import expiry
from provision.report.results import AppResult, Results
from provision.spec.spec import Spec

__all__ = ["Prove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prove(Job):
    """Logs in with each app, as apply does at its end.

    ``proof_wait`` is for how many seconds a refused login is tried again.
    """

    verb: ClassVar = "prove"
    shows_parts: ClassVar = True

    proof_wait: float = 0

    def run(self, context: OrgContext) -> Results:
        """What came of each app. One that is not proven does not stop the others."""
        prover = Prover(context.org, context.clock, self.proof_wait, context.progress.talk)
        results = (self._result(spec, prover, context) for spec in context.specs)
        return Results(self.verb, tuple(results))

    def _result(self, spec: Spec, prover: Prover, context: OrgContext) -> AppResult:
        org, progress = context.org, context.progress
        try:
            actual = org.existing_app(spec.app)
            # Nobody knows what was changed a moment ago; who sets --proof-wait expects a change.
            proof = prover.prove(spec, actual, ANYTHING_CHANGED)
        except (CannotError, NotProven) as error:
            progress.failed(error)
            return AppResult(spec, org.name, error.exit_code, error=error)
        progress.show(AppProof(spec.app, proof))
        for found in expiry(spec, actual.components, context.clock.now()):
            progress.talk(f"warning: {found.text}")
        return AppResult(spec, org.name, ExitCode.OK, proof=proof)
