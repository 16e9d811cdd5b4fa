"""Onboard: an org from nothing to proven, in steps that look before they act.

No run is remembered but by what it did. A run that was killed continues when it is run again, since
each step finds what is there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from provision.apply.gating import check_gates
from provision.apply.key_pair import first_pair
from provision.apply.prepare import Prepared
from provision.apply.prover import Prover
from provision.errors import CannotError, ExitCode, GateName
from provision.findings import Finding, Severity
from provision.fleet.edit import FleetEdit
from provision.jobs.applying import Applier, Replanner
from provision.jobs.context import OrgContext
from provision.jobs.doctor import examined, fixable_settings, subjects_of, switch
from provision.jobs.job import Job
from provision.jobs.options import GateOptions
from provision.jobs.planning import Planner
from provision.report.findings import Findings
from provision.report.results import Results
from provision.spec.spec import Spec

__all__ = ["Onboard"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Onboard(Job):
    """The first pair of keys, doctor, an apply, and the org's entry in the fleet file.

    ``edit`` writes the entry; it is ``None`` where the fleet has one. ``fix`` switches the settings
    of the org that a deploy can switch.
    """

    verb: ClassVar = "onboard"
    shows_parts: ClassVar = True
    writes: ClassVar = True

    gates: GateOptions = GateOptions()
    fix: bool = False
    proof_wait: float = 0
    edit: FleetEdit | None = None

    @property
    def needs_specs(self) -> bool:
        """A spec can only be loaded once the keys that it names are there."""
        return False

    @property
    def needs_variables(self) -> bool:
        """The names of key files may have variables in them."""
        return True

    @property
    def lifted(self) -> frozenset[GateName]:
        """The gates that are lifted."""
        return self.gates.allow

    def run(self, context: OrgContext) -> Results | Findings:
        """Everything, in order. Findings are the result where doctor found errors."""
        specs = self._specs(context)
        found = self._examined(specs, context)
        if any(each.severity is Severity.ERROR for each in found):
            if context.written:
                raise CannotError(
                    "doctor found errors in the org",
                    next_step="Fix the errors above, and run it again.",
                )
            apps = tuple(spec.app for spec in specs)
            return Findings.of(self.verb, tuple(found), apps, strict=self.is_strict)
        results = self._applied(specs, context)
        if results.exit_code is ExitCode.OK:
            self._enter(context)
        return results

    def _specs(self, context: OrgContext) -> Sequence[Spec]:
        """The specs, with the pairs of keys that they name made where there are none.

        Raises :class:`KeyFileError` and :class:`SpecError`.
        """
        entry = context.shared.orgs.org(context.org.name)
        for path in entry.specs:
            pair = first_pair(path, context.variables)
            if pair is not None:
                context.progress.show(f"keys: {pair.write(context.clock.now())}")
        specs = context.shared.specs(entry, context.variables)
        for warning in context.shared.new_warnings():
            context.progress.talk(warning)
        return specs

    def _examined(self, specs: Sequence[Spec], context: OrgContext) -> Sequence[Finding]:
        """What doctor finds, after the settings are switched that a deploy can switch."""
        subjects = subjects_of(specs, context.shared.templates)
        diagnosis = examined(context, subjects)
        settings = fixable_settings(diagnosis, subjects, context) if self.fix else ()
        if settings:
            listed = ", ".join(map(str, settings))
            context.approval.ask(f"Switch {listed} in {context.org.name}?")
            switch(settings, context)
            context.progress.show(f"doctor: switched {listed}")
            diagnosis = examined(context, subjects)
        for finding in diagnosis.findings:
            context.progress.show(finding)
        if not diagnosis.findings:
            context.progress.show("doctor: nothing found")
        return diagnosis.findings

    def _applied(self, specs: Sequence[Spec], context: OrgContext) -> Results:
        shared, org = context.shared, context.org
        planner = Planner(org, shared.templates, context.state, shared.rules)
        prepared = [planner.prepare(spec) for spec in specs]
        for item in prepared:
            context.progress.show(item.plan)

        def check(items: Sequence[Prepared]) -> None:
            plans = [item.plan for item in items]
            check_gates(plans, self.gates.allow, shared.rules.thresholds)

        check(prepared)
        if not all(item.plan.is_empty for item in prepared):
            context.approval.ask(f"Apply this to {org.name}?")
        replanner = Replanner(
            context,
            prepare=lambda item: planner.prepare(item.spec),
            check=lambda anew: check([anew]),
        )
        prover = Prover(org, context.clock, self.proof_wait, context.progress.talk)
        return Results("apply", Applier(context, prover, replanner).results(prepared))

    def _enter(self, context: OrgContext) -> None:
        """The org into the fleet file, if it is not there yet. Raises :class:`CannotError`."""
        name = context.org.name
        if self.edit is None:
            context.progress.show(f"fleet: has {name} already")
            return
        self.edit.write()
        context.progress.show(f"fleet: {self.edit.path} names {name}")
