"""Examining: what doctor's checks find in one org, as every format can say it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provision.doctor.check import Context, Subject
from provision.doctor.checks.api_version import ApiVersion
from provision.doctor.diagnosis import diagnose
from provision.doctor.finding import CheckFinding
from provision.doctor.finding import Severity as CheckSeverity
from provision.errors import VersionUnsupported
from provision.org.clock import SystemClock
from provision.org.org import ReadableOrg
from provision.render.desired import render
from provision.render.template import Templates
from provision.report.findings import Finding, Severity
from provision.spec.spec import Spec

__all__ = ["examined", "shown", "subjects_of", "unfit"]


def subjects_of(specs: Sequence[Spec], templates: Templates) -> tuple[Subject, ...]:
    """The specs with what they ask for."""
    return tuple(Subject(spec, render(spec, templates)) for spec in specs)


def examined(org: ReadableOrg, subjects: Sequence[Subject]) -> tuple[CheckFinding, ...]:
    """What the checks find. Writes nothing."""
    return diagnose(Context(org, subjects, SystemClock(), Path.cwd()))


def unfit(error: VersionUnsupported) -> CheckFinding:
    """An API version, or a token with it, with which nothing further can be asked."""
    said = f"{error.message}; nothing else could be checked"
    return CheckFinding(ApiVersion.id, CheckSeverity.ERROR, said, error.next_step)


def shown(found: Sequence[CheckFinding], org: str) -> tuple[Finding, ...]:
    """The findings of ``org``, each with how to mend it."""
    return tuple(
        Finding(
            rule=each.check,
            severity=Severity(each.severity.value),
            message=f"{each.message}. {each.next_step}",
            position=each.position,
            key=each.key,
            spec_app=each.app,
            org=org,
            source=each.source,
        )
        for each in found
    )
