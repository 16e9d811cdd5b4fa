"""Lint: what rules find in specs, and in what an org has of their apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from provision.catalogue.component import Component
from provision.catalogue.org_settings import member_of
from provision.findings import Finding, Severity
from provision.jobs.context import JobContext, OrgContext
from provision.jobs.job import Job
from provision.org.org import ReadableOrg
from provision.render.desired import render
from provision.render.template import Templates
from provision.report.findings import Findings
from provision.rules.finding import broken_rules
from provision.rules.rule import RuleSet
from provision.spec.combination.judge import found_in_app, found_in_spec
from provision.spec.spec import Spec

__all__ = ["Lint", "found_in_org", "found_in_specs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint(Job):
    """Checks specs, or what an org has of their apps, against the rules."""

    verb: ClassVar = "lint"
    only_checks: ClassVar = True

    strict: bool = False

    @property
    def is_strict(self) -> bool:
        """Whether warnings count as findings."""
        return self.strict

    def run_offline(self, specs: Sequence[Spec], shared: JobContext) -> Findings:
        """What the rules find in the specs themselves."""
        found = found_in_specs(specs, shared.rules, shared.templates)
        return Findings.of(
            self.verb, found, tuple(spec.app for spec in specs), strict=self.is_strict
        )

    def run(self, context: OrgContext) -> Findings:
        """What the rules find in the org."""
        found = found_in_org(context.specs, context.shared.rules, context.org)
        apps = tuple(spec.app for spec in context.specs)
        return Findings.of(self.verb, found, apps, strict=self.is_strict)


def found_in_specs(
    specs: Sequence[Spec], rules: RuleSet, templates: Templates
) -> tuple[Finding, ...]:
    """What the rules find in the specs themselves, and what does not go together in them."""
    found: list[Finding] = []
    for spec in specs:
        components = render(spec, templates)
        broken = (each.finding for each in broken_rules(rules, components, spec))
        found += (
            replace(each, app=spec.app) for each in (*broken, *found_in_spec(spec, components))
        )
    return tuple(found)


def found_in_org(specs: Sequence[Spec], rules: RuleSet, org: ReadableOrg) -> tuple[Finding, ...]:
    """The same in the org's apps, and in the org's own settings.

    Of a record that the org does not show, only that is said. Raises :class:`CannotError` for an
    absent app, and what the org raises.
    """
    settings = _settings(rules, org)
    found = [replace(each.finding, org=org.name) for each in broken_rules(rules.of_orgs, settings)]
    for spec in specs:
        actual = org.existing_app(spec.app)
        broken = broken_rules(
            rules.of_apps, (*actual.components.values(), *actual.dependents, *settings)
        )
        seen = (each.finding for each in broken if each.rule.type.name not in actual.unknown)
        found += (replace(each, app=spec.app, org=org.name) for each in seen)
        found += (_unseen(name, spec.app, org.name) for name in actual.unknown)
        together = found_in_app(actual.components, None, org.api_version)
        found += (replace(each, app=spec.app, org=org.name) for each in together)
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


def _unseen(type_name: str, app: str, org: str) -> Finding:
    return Finding(
        Severity.WARNING,
        "unseen-record",
        f"the org does not show whether {app} has {type_name}: its fields are not checked",
        app=app,
        org=org,
    )
