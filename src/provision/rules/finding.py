"""Findings: where an app breaks rules, and which of it is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as defaulted

from provision.catalogue.component import Component
from provision.catalogue.field import Field, MetadataType
from provision.rules.breach import Breach
from provision.rules.observation import App
from provision.rules.rule import Rule, RuleSet, Severity
from provision.spec.fields import position_of
from provision.spec.position import Position, dotted
from provision.spec.spec import Spec

__all__ = ["RuleFinding", "findings", "newly_broken"]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A rule that an app breaks.

    ``key`` is the spec's path to the field. ``position`` is where the spec says it, or would;
    ``None`` where there is no spec.
    """

    rule_id: str
    severity: Severity
    message: str
    type: MetadataType
    field: Field
    key: str
    position: Position | None = None
    breach: Breach = defaulted(default=Breach(""), repr=False, compare=False)


def findings(
    rules: RuleSet, components: Sequence[Component], spec: Spec | None = None
) -> tuple[RuleFinding, ...]:
    """Where the app that ``components`` make up breaks ``rules``, in the order of the spec.

    The components may be desired, actual, or one laid over the other. A field that they leave out
    has what an org gives a new app. No components are no app, which breaks nothing.
    """
    app = App.of(components)
    found = [
        _finding(rule, breach, spec)
        for rule in rules.active
        if (breach := rule.breach(app)) is not None
    ]
    return tuple(sorted(found, key=_order))


def newly_broken(
    before: Sequence[RuleFinding], after: Sequence[RuleFinding]
) -> tuple[RuleFinding, ...]:
    """The errors of ``after`` that ``before`` does not have, or has less badly.

    Both are :func:`findings` of the same rules, in an app before a change and after it.
    """
    earlier = {finding.rule_id: finding.breach for finding in before}
    return tuple(
        finding
        for finding in after
        if finding.severity is Severity.ERROR
        and (
            finding.rule_id not in earlier or finding.breach.is_worse_than(earlier[finding.rule_id])
        )
    )


def _finding(rule: Rule, breach: Breach, spec: Spec | None) -> RuleFinding:
    message = f"{rule.subject.name}: {breach.text}"
    return RuleFinding(
        rule.id,
        rule.severity,
        f"{message}. {rule.message}" if rule.message else message,
        rule.type,
        rule.field,
        key=dotted(rule.subject.path),
        position=position_of(spec.positions, rule.type, rule.field.name) if spec else None,
        breach=breach,
    )


def _order(finding: RuleFinding) -> tuple[str, int, int, str]:
    at = finding.position
    return (at.file, at.line, at.column, finding.rule_id) if at else ("", 0, 0, finding.rule_id)
