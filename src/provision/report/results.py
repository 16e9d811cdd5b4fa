"""Results: what a verb found or did in each app and org."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.errors import ExitCode, ProvisionError
from provision.plan.plan import Plan
from provision.spec.spec import Spec

if TYPE_CHECKING:
    from provision.apply.proof import Proof
    from provision.apply.run import Applied

__all__ = ["AppResult", "Results"]


@dataclass(frozen=True, slots=True)
class AppResult:
    """The result of one spec in one org. ``plan`` is missing if an ``error`` came first."""

    spec: Spec
    org: str
    exit_code: ExitCode
    plan: Plan | None = None
    applied: Applied | None = None
    proof: Proof | None = None
    error: ProvisionError | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a run of ``verb`` (plan, diff, apply, prove), in the order of the run."""

    verb: str
    results: tuple[AppResult, ...]

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run: the worst of the results."""
        return ExitCode.worst(result.exit_code for result in self.results)
