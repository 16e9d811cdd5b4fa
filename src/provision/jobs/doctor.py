"""Doctor: what must hold in one org before the first write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from provision.doctor.check import Context, Subject
from provision.doctor.checks.org import AppSettings, settings_to_fix
from provision.doctor.checks.session import ApiVersion
from provision.doctor.diagnosis import Diagnosis, diagnose
from provision.doctor.setting import Setting, write_settings
from provision.errors import VersionUnsupported
from provision.findings import Finding, Severity
from provision.jobs.context import OrgContext
from provision.jobs.job import Job
from provision.jobs.workdir import setting_notes, write_log
from provision.render.desired import render
from provision.render.template import Templates
from provision.report.findings import Findings
from provision.spec.spec import Spec

__all__ = ["Doctor", "examined", "fixable_settings", "subjects_of", "switch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor(Job):
    """Checks what must hold before the first write.

    ``fix`` switches the settings that a deploy can switch, once that is approved.
    """

    verb: ClassVar = "doctor"
    only_checks: ClassVar = True

    strict: bool = False
    fix: bool = False

    @property
    def is_strict(self) -> bool:
        """Whether warnings count as findings."""
        return self.strict

    def unsupported(self, error: VersionUnsupported, org: str, specs: Sequence[Spec]) -> Findings:
        """An API version, or a token with it, with which nothing else can be asked."""
        text = f"{error.message}; nothing else could be checked"
        found = Finding(Severity.ERROR, ApiVersion.id, text, error.next_step, org=org)
        return Findings.of(
            self.verb, (found,), tuple(spec.app for spec in specs), strict=self.is_strict
        )

    def run(self, context: OrgContext) -> Findings:
        """What the checks find, once what can be fixed is fixed, if that is asked for."""
        subjects = subjects_of(context.specs, context.shared.templates)
        diagnosis = examined(context, subjects)
        if self.fix:
            diagnosis = self._fixed(diagnosis, subjects, context)
        apps = tuple(spec.app for spec in context.specs)
        return Findings.of(self.verb, diagnosis.findings, apps, strict=self.is_strict)

    def _fixed(
        self, diagnosis: Diagnosis, subjects: Sequence[Subject], context: OrgContext
    ) -> Diagnosis:
        settings = fixable_settings(diagnosis, subjects, context)
        if not settings:
            if AppSettings.id not in diagnosis.unchecked:
                context.progress.talk("nothing that a deploy can fix")
            return diagnosis
        name, listed = context.org.name, ", ".join(map(str, settings))
        context.progress.talk(f"{name}: to be switched: {listed}")
        context.approval.ask(f"Switch it in {name}?")
        switch(settings, context)
        context.progress.talk(f"{name}: switched: {listed}")
        return examined(context, subjects)


def switch(settings: Sequence[Setting], context: OrgContext) -> None:
    """Switch ``settings`` of the org."""
    org = context.writable()
    write_settings(org, settings, write_log(org, context.progress.talk).note)
    setting_notes().delete_left(org.session.instance_url)


def subjects_of(specs: Sequence[Spec], templates: Templates) -> tuple[Subject, ...]:
    """The specs with what they ask for."""
    return tuple(Subject(spec, render(spec, templates)) for spec in specs)


def examined(context: OrgContext, subjects: Sequence[Subject]) -> Diagnosis:
    """What the checks find. Writes nothing."""
    return diagnose(_checked(context, subjects))


def fixable_settings(
    diagnosis: Diagnosis, subjects: Sequence[Subject], context: OrgContext
) -> tuple[Setting, ...]:
    """The settings that a deploy can fix, as they should be; none if they could not be checked."""
    if AppSettings.id in diagnosis.unchecked:
        return ()
    return settings_to_fix(_checked(context, subjects))


def _checked(context: OrgContext, subjects: Sequence[Subject]) -> Context:
    return Context(context.org, subjects, context.clock, Path.cwd())
