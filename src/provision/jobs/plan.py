"""Plan and diff: what would change in one org. Neither writes to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from provision.apply.prepare import Prepared
from provision.errors import CannotError
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.planning import Planner, found_code
from provision.report.results import AppResult, Results
from provision.spec.spec import Spec

__all__ = ["Diff", "Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff(Job):
    """Where the org is not what the specs say."""

    verb: ClassVar = "diff"

    strict: bool = False

    def run(self, context: OrgContext) -> Results:
        """The differences of each app. A spec that cannot be planned does not stop the others."""
        planner = Planner(context.org, context.shared.templates, context.state)
        found = planner.results(context.specs, lambda plan: found_code(plan, strict=self.strict))
        return Results(self.verb, tuple(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Job):
    """What apply would do, its risks, and the gates in its way.

    ``validate`` has the org check each deploy. ``out`` is where the plan of a single spec is saved;
    ``checksum`` shows its checksum. ``for_apply`` keeps what was prepared for an
    :class:`~provision.jobs.apply.Apply` of the same command, in the same process.
    """

    verb: ClassVar = "plan"

    validate: bool = False
    out: Path | None = None
    checksum: bool = False
    for_apply: bool = False

    def run(self, context: OrgContext) -> Results:
        """The plan of each app. A spec that cannot be planned does not stop the others."""
        if (self.out or self.checksum) and len(context.specs) > 1:
            raise CannotError(
                "--out and --checksum are for one spec", next_step="Plan the specs one by one."
            )
        planner = _planner(context)
        prepared: list[Prepared] = []
        results: list[AppResult] = []
        for spec in context.specs:
            try:
                item = self._prepared(spec, planner, context)
            except CannotError as error:
                if len(context.specs) == 1:
                    raise
                results.append(AppResult(spec, context.org.name, error.exit_code, error=error))
            else:
                prepared.append(item)
                code = found_code(item.plan, strict=False)
                results.append(AppResult(spec, context.org.name, code, plan=item.plan))
                self._save(item, context)
        # A worker plans again: another one may have died after it applied the plan.
        if self.for_apply and not context.shared.of_worker:
            context.shared.prepared[context.org.name] = tuple(prepared)
        return Results(self.verb, tuple(results))

    def _prepared(self, spec: Spec, planner: Planner, context: OrgContext) -> Prepared:
        """The plan of ``spec``, made again for each record that the org names when it validates."""
        item = planner.prepare(spec)
        if not self.validate:
            return item
        # Late: a plan that is only shown needs nothing of what deploys.
        from provision.apply.freshness import RecordLearned, check_known
        from provision.apply.steps import Steps

        while item.plan.deployed:
            try:
                Steps(item, context.writable(), context.progress.talk).validate()
            except RecordLearned as learned:
                item = planner.prepare(spec)
                check_known(item.plan.actual, learned)
            else:
                context.progress.talk(f"{spec.app}: the org would take the deploy")
                break
        return item

    def _save(self, item: Prepared, context: OrgContext) -> None:
        if self.out is None and not self.checksum:
            return
        from provision.apply.plan_file import save, write_saved

        saved = save(item, context.org, context.clock.now(), Path())
        if self.checksum:
            context.progress.show(saved.checksum)
        else:
            context.progress.talk(f"checksum: {saved.checksum}")
        if self.out is not None:
            write_saved(self.out, saved)
            context.progress.talk(f"saved: {self.out}")


def _planner(context: OrgContext) -> Planner:
    shared = context.shared
    return Planner(context.org, shared.templates, context.state, shared.rules)
