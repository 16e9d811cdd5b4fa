"""Linting: what rules find in specs, and in what an org has of their apps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from provision.catalogue.component import Component
from provision.catalogue.org_settings import member_of
from provision.org.org import ReadableOrg
from provision.render.desired import render
from provision.render.template import Templates
from provision.report.findings import Finding, Severity
from provision.rules.finding import RuleFinding, findings
from provision.rules.rule import RuleSet
from provision.spec.combination.combination import Found
from provision.spec.combination.judge import found_in_app, found_in_spec
from provision.spec.position import dotted
from provision.spec.spec import Spec

__all__ = ["found_in_org", "found_in_specs"]


def found_in_specs(
    specs: Sequence[Spec], rules: RuleSet, templates: Templates
) -> tuple[Finding, ...]:
    """What the rules find in the specs themselves, and what does not go together in them."""
    found: list[Finding] = []
    for spec in specs:
        components = render(spec, templates)
        found += (_finding(each, spec.app) for each in findings(rules, components, spec))
        found += _combination_findings(found_in_spec(spec, components), spec)
    return tuple(found)


def found_in_org(specs: Sequence[Spec], rules: RuleSet, org: ReadableOrg) -> tuple[Finding, ...]:
    """The same in the org's apps, and in the org's own settings.

    Of a record that the org does not show, only that is said. Raises :class:`CannotError` for an
    absent app, and what the org raises.
    """
    settings = _settings(rules, org)
    of_org = findings(rules.of_orgs, settings)
    found = [_finding(each, "", org.name) for each in of_org]
    for spec in specs:
        actual = org.existing_app(spec.app)
        of_rules = findings(
            rules.of_apps, (*actual.components.values(), *actual.dependents, *settings)
        )
        found += (
            _finding(each, spec.app, org.name)
            for each in of_rules
            if each.type.name not in actual.unknown
        )
        found += (_unseen(name, spec.app, org.name) for name in actual.unknown)
        together = found_in_app(actual.components, None, org.api_version)
        found += _combination_findings(together, spec, org.name, is_of_org=True)
    return tuple(found)


def _settings(rules: RuleSet, org: ReadableOrg) -> tuple[Component, ...]:
    """The settings of the org that the rules look at."""
    types = {
        subject.type.name: subject.type
        for rule in rules.active
        for subject in rule.subjects
        if subject.is_of_org
    }
    calls = [partial(org.metadata.read, kind, [member_of(kind)]) for kind in types.values()]
    return tuple(record for records in org.pool.run(calls) for record in records)


def _combination_findings(
    found: Sequence[Found], spec: Spec, org: str = "", *, is_of_org: bool = False
) -> Iterator[Finding]:
    """Values that do not go together, as findings. Those of an org have no place in a spec."""
    for each in found:
        yield Finding(
            rule=each.combination.id,
            severity=Severity(each.severity.value),
            message=each.sentence,
            position=None if is_of_org else spec.positions.of(each.path),
            key=dotted(each.path),
            spec_app=spec.app,
            org=org,
            source=each.combination.source,
        )


def _unseen(type_name: str, app: str, org: str) -> Finding:
    return Finding(
        rule="unseen-record",
        severity=Severity.WARNING,
        message=f"the org does not show whether {app} has {type_name}: its fields are not checked",
        position=None,
        key="",
        spec_app=app,
        org=org,
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
