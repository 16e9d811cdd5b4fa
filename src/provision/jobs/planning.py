"""Planning: from specs and an org to prepared plans, for every job that shows one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.apply.drifting import with_drift
from provision.apply.gating import counted, gated
from provision.apply.prepare import Prepared, prepare
from provision.apply.state_store import remembered
from provision.errors import CannotError, ExitCode
from provision.org.clock import SystemClock
from provision.org.org import ReadableOrg
from provision.plan.certificate_expiry import expiry
from provision.plan.plan import Plan
from provision.render.template import Templates
from provision.report.results import AppResult

if TYPE_CHECKING:
    from provision.apply.state_store import StateStore
    from provision.rules.rule import RuleSet
    from provision.spec.spec import Spec

__all__ = ["Planner", "found_code"]


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans for one org. Without ``rules`` no gate is asked for, as for a diff."""

    org: ReadableOrg
    templates: Templates
    state: StateStore
    rules: RuleSet | None = None

    def prepare(self, spec: Spec) -> Prepared:
        """The plan of one spec, with who moved, its gates, and the drift. Writes nothing."""
        now = SystemClock().now()
        prepared = prepare(spec, self.templates, self.org, now.date())
        found = expiry(spec, prepared.plan.actual.components, now)
        prepared = prepared.with_plan(prepared.plan.with_expiring(found))
        judged = self.judged(remembered(prepared, self.org, self.state))
        # A diff is about drift; a plan tells of it where it is known to be one.
        known_only = self.rules is not None
        return judged.with_plan(with_drift(judged.plan, self.org, known_only=known_only))

    def judged(self, prepared: Prepared) -> Prepared:
        """A plan with how many users it lets in, and the gates that it trips, if asked for."""
        if self.rules is None:
            return prepared.with_plan(counted(prepared.plan, self.org).plan)
        return gated(prepared, self.org, self.rules)

    def results(
        self, specs: Sequence[Spec], exit_code: Callable[[Plan], ExitCode]
    ) -> list[AppResult]:
        """What each spec comes to, with the exit code of its plan.

        A spec that cannot be planned does not keep the others from it.

        Raises the :class:`CannotError` of a spec that is the only one.
        """
        found = []
        for spec in specs:
            try:
                plan = self.prepare(spec).plan
            except CannotError as error:
                if len(specs) == 1:
                    raise
                found.append(AppResult(spec, self.org.name, error.exit_code, error=error))
            else:
                found.append(AppResult(spec, self.org.name, exit_code(plan), plan=plan))
        return found


def found_code(plan: Plan, *, strict: bool) -> ExitCode:
    """Whether there is something to change; with ``strict``, advice counts too."""
    found = not plan.is_as_wanted or (strict and bool(plan.advice))
    return ExitCode.FOUND if found else ExitCode.OK
