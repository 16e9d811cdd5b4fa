"""Linting: what rules find in specs, and in what an org has of their apps."""

from __future__ import annotations

from collections.abc import Sequence

from provision.org.org import ReadableOrg
from provision.render.desired import render
from provision.render.template import Templates
from provision.report.findings import Finding, Severity
from provision.spec.rules.finding import RuleFinding, findings
from provision.spec.rules.rule import RuleSet
from provision.spec.spec import Spec

__all__ = ["found_in_org", "found_in_specs"]


def found_in_specs(
    specs: Sequence[Spec], rules: RuleSet, templates: Templates
) -> tuple[Finding, ...]:
    """What the rules find in the specs themselves."""
    return tuple(
        _finding(found, spec.app)
        for spec in specs
        for found in findings(rules, render(spec, templates), spec)
    )


def found_in_org(specs: Sequence[Spec], rules: RuleSet, org: ReadableOrg) -> tuple[Finding, ...]:
    """What the rules find in the org's apps. Raises :class:`CannotError` for an absent one."""
    return tuple(
        _finding(found, spec.app, org.name)
        for spec in specs
        for found in findings(rules, tuple(org.existing_app(spec.app).components.values()))
    )


def _finding(found: RuleFinding, app: str, org: str = "") -> Finding:
    return Finding(
        rule=found.rule_id,
        severity=Severity(found.severity.value),
        message=found.message,
        position=found.position,
        key=found.key,
        spec_app=app,
        org=org,
    )
