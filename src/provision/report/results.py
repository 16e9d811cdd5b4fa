"""Results: what a verb found or did, app by app and org by org, as a value for any format."""

from __future__ import annotations

from dataclasses import dataclass

from provision.apply.proof import Proof
from provision.apply.run import Applied
from provision.errors import ExitCode, ProvisionError
from provision.plan.plan import Plan
from provision.spec.spec import Spec

__all__ = ["AppResult", "Results"]


@dataclass(frozen=True, slots=True)
class AppResult:
    """What came of one spec in one org. ``plan`` is missing where an ``error`` came first."""

    spec: Spec
    org: str
    exit_code: ExitCode
    plan: Plan | None = None
    applied: Applied | None = None
    proof: Proof | None = None
    error: ProvisionError | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that a run of ``verb`` (plan, diff, apply, prove) came to, in the run's order."""

    verb: str
    results: tuple[AppResult, ...]

    @property
    def exit_code(self) -> ExitCode:
        """The run's own: the worst of them."""
        return ExitCode.worst(result.exit_code for result in self.results)
