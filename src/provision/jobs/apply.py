"""Apply: make the apps of one org what their specs say, and prove them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from provision.apply.gating import check_gates
from provision.apply.plan_file import check_checksum, read_saved, save
from provision.apply.prepare import Prepared
from provision.apply.prover import Prover
from provision.apply.saved_preparation import prepare_saved
from provision.errors import CannotError, GateName, GateRefused
from provision.jobs.applying import Applier, Replanner
from provision.jobs.approved import check_approved
from provision.jobs.command_line import shown
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.options import GateOptions, SpecOptions
from provision.jobs.plan import Plan
from provision.jobs.planning import Planner
from provision.jobs.target import OrgTarget, is_saved_plan
from provision.plan.saved import SavedPlan
from provision.report.results import AppResult, Results
from provision.rules.threshold import Thresholds

__all__ = ["Apply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply(Job):
    """Shows the plans, has them approved, applies them, and proves each app.

    ``saved_plan`` is applied in place of specs, ``checksum`` is that of the only plan that may be
    applied. ``proof_wait`` is for how many seconds a refused login is tried again.
    """

    verb: ClassVar = "apply"
    shows_parts: ClassVar = True
    writes: ClassVar = True

    gates: GateOptions = GateOptions()
    proves: bool = True
    proof_wait: float = 0
    saved_plan: Path | None = None
    checksum: str = ""

    @property
    def needs_specs(self) -> bool:
        """A saved plan has all that its spec said."""
        return self.saved_plan is None

    def of_saved_plan(self) -> Apply:
        """The job that applies a saved plan, if that is what stands in the place of the spec.

        Raises :class:`CannotError` for a plan among other files, and for options of specs.
        """
        files = self.target.specs if isinstance(self.target, OrgTarget) else ()
        plans = [path for path in files if is_saved_plan(path)]
        if not plans:
            return self
        if len(files) > 1:
            raise CannotError(
                "a saved plan is applied alone",
                next_step=f"Run `{shown(['provision', 'apply', str(plans[0])], self.gates)}`.",
            )
        if self.specs != SpecOptions():
            raise CannotError(
                "a saved plan takes no --var, --allow-exec or --templates: it is done to the "
                "letter",
                next_step="Leave them out, or plan anew.",
            )
        version = self.org.api_version or read_saved(plans[0]).org.api_version
        org = dataclasses.replace(self.org, api_version=version)
        return dataclasses.replace(self, saved_plan=plans[0], org=org)

    def planning(self) -> Plan:
        """The job that plans what this one applies."""
        return Plan(
            target=self.target,
            specs=self.specs,
            org=self.org,
            rules=self.rules,
            keep=self.keep,
            command=self.command,
            for_apply=True,
        )

    @property
    def is_unasked(self) -> bool:
        """Whether nobody is asked before a write."""
        return self.gates.yes

    @property
    def lifted(self) -> frozenset[GateName]:
        """The gates that are lifted."""
        return self.gates.allow

    def run(self, context: OrgContext) -> Results:
        """What came of each app.

        What was approved before is only compared. Otherwise the plans are shown and approved here.
        """
        plans = _Plans.of(self, context)
        try:
            if context.approved is None:
                self._approve(plans, context)
            else:
                check_approved(plans.prepared, context.org.name, context.approved)
                # How many apps and orgs may change was asked of the whole run before.
                plans.check(plans.prepared, Thresholds())
        except GateRefused as error:
            context.progress.failed(error)
            return Results(self.verb, _refused(plans.prepared, context.org.name, error))
        prover = Prover(context.org, context.clock, self.proof_wait, context.progress.talk)
        # A plan that somebody approved earlier is done as it was shown, or refused.
        can_replan = context.approved is None or not context.approval.is_asked
        replanner = (
            Replanner(
                context,
                prepare=plans.again,
                check=lambda anew: plans.check([anew], context.shared.rules.thresholds),
            )
            if can_replan
            else None
        )
        applier = Applier(context, prover if self.proves else None, replanner)
        return Results(self.verb, applier.results(plans.prepared))

    def _approve(self, plans: _Plans, context: OrgContext) -> None:
        """Raise :class:`GateRefused` unless every gate is lifted, and the answer is yes."""
        for item in plans.prepared:
            context.progress.show(item.plan)
        context.hooks.handover.check(plans.prepared)
        plans.check(plans.prepared, context.shared.rules.thresholds)
        if not all(item.plan.is_empty for item in plans.prepared):
            context.approval.ask(f"Apply this to {context.org.name}?")
        context.hooks.handover.begin()


@dataclass(frozen=True, slots=True)
class _Plans:
    """The prepared plans of one org, and how they are made and checked again."""

    job: Apply
    planner: Planner
    context: OrgContext
    saved: SavedPlan | None
    prepared: tuple[Prepared, ...] = ()

    @classmethod
    def of(cls, job: Apply, context: OrgContext) -> _Plans:
        """Read the org, unless a :class:`Plan` of this command did so in this process."""
        shared = context.shared
        planner = Planner(context.org, shared.templates, context.state, shared.rules)
        saved = read_saved(job.saved_plan) if job.saved_plan else None
        plans = cls(job, planner, context, saved)
        if job.checksum and len(context.specs) > 1:
            raise CannotError(
                "--checksum approves one plan", next_step="Apply the specs one by one."
            )
        kept = shared.prepared.pop(context.org.name, None) if context.approved is not None else None
        if kept is None:
            kept = (
                tuple(planner.prepare(spec) for spec in context.specs)
                if saved is None
                else (plans._of_saved(saved),)
            )
        return dataclasses.replace(plans, prepared=kept)

    def again(self, item: Prepared) -> Prepared:
        """The plan for the app of ``item``, from a new reading of the org."""
        return self._of_saved(self.saved) if self.saved else self.planner.prepare(item.spec)

    def check(self, prepared: Sequence[Prepared], thresholds: Thresholds) -> None:
        """Raise :class:`GateRefused` for plans that nobody approved or that a gate refuses."""
        if self.job.checksum:
            for item in prepared:
                check_checksum(self.saved or self._saved_now(item), self.job.checksum)
        check_gates([item.plan for item in prepared], self.job.gates.allow, thresholds)

    def _of_saved(self, saved: SavedPlan) -> Prepared:
        passphrase = self.context.shared.environ.get("PROVISION_PRIVATE_KEY_PASSPHRASE")
        file = self.job.saved_plan or Path()
        return self.planner.judged(prepare_saved(saved, file, self.context.org, passphrase))

    def _saved_now(self, item: Prepared) -> SavedPlan:
        return save(item, self.context.org, self.context.clock.now(), Path())


def _refused(prepared: Sequence[Prepared], org: str, error: GateRefused) -> tuple[AppResult, ...]:
    """What came of plans that were refused before any of them was applied."""
    return tuple(
        AppResult(item.spec, org, error.exit_code, plan=item.plan, error=error) for item in prepared
    )
