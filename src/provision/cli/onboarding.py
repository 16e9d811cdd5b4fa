"""Onboarding: an org from nothing to proven, in steps that look before they act.

There is no memory of a run but what it did: one that was killed is gone on with by running it
again, since each step finds what is there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.apply.first_pair import first_pair
from provision.apply.gating import check_gates
from provision.apply.prepare import Prepared
from provision.apply.proof import Prover
from provision.apply.recording import Recorder
from provision.cli.applying import Applier
from provision.cli.confirmation import confirm
from provision.cli.console import Console, hide
from provision.cli.examining import examined, fixable_settings, subjects_of
from provision.cli.planning import Planner
from provision.cli.replanning import Replanner
from provision.cli.workdir import write_log
from provision.doctor.setting import write_settings
from provision.errors import ExitCode, GateName, SpecError
from provision.findings import Finding, Severity
from provision.fleet.allotment import misfits
from provision.fleet.edit import FleetEdit
from provision.fleet.fleet import FleetOrg
from provision.org.clock import SystemClock
from provision.org.org import WritableOrg
from provision.plan.plan import Plan
from provision.render.template import Templates
from provision.report.redaction import Redaction
from provision.report.results import Results
from provision.report.sf_login import Handover
from provision.report.text import finding_line, plan_text
from provision.spec.load import load
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["Consent", "Onboarding"]


@dataclass(frozen=True, slots=True)
class Consent:
    """What may be done without asking, and which gates are lifted."""

    yes: bool
    fix: bool
    allowed: frozenset[GateName]


@dataclass(frozen=True, slots=True)
class Onboarding:
    """One org's way in. ``edit`` is its entry in the fleet, ``None`` where it has one."""

    org: WritableOrg
    entry: FleetOrg
    values: Variables
    edit: FleetEdit | None
    console: Console

    def prepare_files(self) -> tuple[Spec, ...]:
        """The specs, with the pairs that they name made where there are none.

        Raises :class:`KeyFileError` and :class:`SpecError`.
        """
        for path in self.entry.specs:
            pair = first_pair(path, self.values)
            if pair is None:
                continue
            self._step("keys", pair.write(SystemClock().now()))
        specs = tuple(load(path, self.values) for path in self.entry.specs)
        for spec in specs:
            hide(spec.sensitive)
            for warning in spec.warnings:
                self.console.talk(warning.line)
        problems = tuple(misfits(self.entry, specs))
        if problems:
            raise SpecError(problems)
        return specs

    def examine(self, specs: Sequence[Spec], templates: Templates, consent: Consent) -> bool:
        """Whether what must hold before the first write does; what does not is said.

        The settings that a deploy can mend are mended, if that was asked for.
        """
        subjects = subjects_of(specs, templates)
        found = examined(self.org, subjects)
        settings = fixable_settings(self.org, subjects, found) if consent.fix else ()
        if settings:
            listed = ", ".join(map(str, settings))
            if not consent.yes:
                confirm(f"Switch {listed} in {self.org.name}?")
            write_settings(self.org, settings, write_log(self.org, self.console.talk).note)
            self._step("doctor", f"switched {listed}")
            found = examined(self.org, subjects)
        self._say_found(found.findings)
        return all(each.severity is not Severity.ERROR for each in found.findings)

    def plans(self, specs: Sequence[Spec], planner: Planner, consent: Consent) -> list[Prepared]:
        """The plans, shown, gated and confirmed. Raises :class:`GateRefused`."""
        prepared = [planner.prepare(spec) for spec in specs]
        for item in prepared:
            self.console.result(f"{plan_text(item.plan)}\n")
        plans: list[Plan] = [item.plan for item in prepared]
        if planner.rules is not None:
            check_gates(plans, consent.allowed, planner.rules.thresholds)
        if not consent.yes and not all(plan.is_empty for plan in plans):
            confirm(f"Apply this to {self.org.name}?")
        return prepared

    def replanner(self, planner: Planner, consent: Consent) -> Replanner:
        """What plans an app again of which the org has a record that its plan did not know."""

        def check(anew: Prepared) -> None:
            if planner.rules is not None:
                check_gates([anew.plan], consent.allowed, planner.rules.thresholds)

        return Replanner(
            prepare=lambda item: planner.prepare(item.spec),
            check=check,
            question="" if consent.yes else f"Apply this to {self.org.name}?",
            console=self.console,
            speaks=True,
        )

    def apply(
        self, prepared: Sequence[Prepared], keeper: Recorder, prover: Prover, again: Replanner
    ) -> ExitCode:
        """Permission sets, assignments, app, proof: what came of it."""
        applier = Applier(
            self.org,
            keeper,
            prover,
            self.console,
            speaks=True,
            handover=Handover(),
            again=again.again,
        )
        return Results("apply", tuple(applier.results(prepared))).exit_code

    def enter(self) -> None:
        """The org into the fleet file, if it is not there yet. Raises :class:`CannotError`."""
        if self.edit is None:
            self._step("fleet", f"has {self.org.name} already")
            return
        self.edit.write()
        self._step("fleet", f"{self.edit.path} names {self.org.name}")

    def _say_found(self, found: Sequence[Finding]) -> None:
        redaction = Redaction(())
        for finding in found:
            self.console.result(finding_line(finding, redaction))
        if not found:
            self._step("doctor", "nothing found")

    def _step(self, step: str, said: str) -> None:
        self.console.result(f"{step}: {said}")
