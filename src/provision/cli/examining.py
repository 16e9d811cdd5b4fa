"""Examining: what doctor's checks find in one org."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provision.doctor.check import Context, Subject
from provision.doctor.checks.api_version import ApiVersion
from provision.doctor.checks.app_settings import AppSettings, settings_to_fix
from provision.doctor.diagnosis import Diagnosis, diagnose
from provision.doctor.setting import Setting
from provision.errors import VersionUnsupported
from provision.findings import Finding, Severity
from provision.org.clock import SystemClock
from provision.org.org import ReadableOrg
from provision.render.desired import render
from provision.render.template import Templates
from provision.spec.spec import Spec

__all__ = ["examined", "fixable_settings", "subjects_of", "unfit"]


def subjects_of(specs: Sequence[Spec], templates: Templates) -> tuple[Subject, ...]:
    """The specs with what they ask for."""
    return tuple(Subject(spec, render(spec, templates)) for spec in specs)


def examined(org: ReadableOrg, subjects: Sequence[Subject]) -> Diagnosis:
    """What the checks find. Writes nothing."""
    return diagnose(_context(org, subjects))


def fixable_settings(
    org: ReadableOrg, subjects: Sequence[Subject], diagnosis: Diagnosis
) -> tuple[Setting, ...]:
    """The settings that a deploy can fix, as they should be; none if they could not be checked."""
    if AppSettings.id in diagnosis.unchecked:
        return ()
    return settings_to_fix(_context(org, subjects))


def unfit(error: VersionUnsupported, org: str) -> Diagnosis:
    """An API version, or a token with it, with which nothing else can be asked."""
    text = f"{error.message}; nothing else could be checked"
    finding = Finding(Severity.ERROR, ApiVersion.id, text, error.next_step, org=org)
    return Diagnosis((finding,), frozenset({AppSettings.id}))


def _context(org: ReadableOrg, subjects: Sequence[Subject]) -> Context:
    return Context(org, subjects, SystemClock(), Path.cwd())
