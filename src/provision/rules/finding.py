"""Broken rules: which rules an app breaks, and which of them it did not break before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.catalogue.component import Component
from provision.findings import Finding, Severity
from provision.rules.observation import App
from provision.rules.predicate import Breach
from provision.rules.rule import Rule, RuleSet
from provision.spec.fields import position_of
from provision.spec.position import Position, dotted
from provision.spec.spec import Spec

__all__ = ["BrokenRule", "broken_rules", "newly_broken"]


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that an app breaks, and how. ``position`` is where the spec sets the field, or would.

    Without a spec there is no position.
    """

    rule: Rule
    breach: Breach
    position: Position | None = None

    @property
    def finding(self) -> Finding:
        """The broken rule as a finding."""
        severity, subject = self.rule.severity, self.rule.subject
        if severity is None:
            raise AssertionError(f"the rule {self.rule.id} is off")
        text = f"{subject.name}: {self.breach.text}"
        key = dotted(subject.path)
        return Finding(severity, self.rule.id, text, self.rule.message, self.position, key)


def broken_rules(
    rules: RuleSet, components: Sequence[Component], spec: Spec | None = None
) -> tuple[BrokenRule, ...]:
    """Where the app that ``components`` make up breaks ``rules``, in the order of the spec.

    The components may be desired, actual, or one laid over the other. A field that they leave out
    has what an org gives a new app. No components are no app, which breaks nothing.
    """
    app = App.of(components)
    found = [
        BrokenRule(rule, breach, _position(rule, spec))
        for rule in rules.active
        if (breach := rule.breach(app)) is not None
    ]
    return tuple(sorted(found, key=_order))


def newly_broken(
    before: Sequence[BrokenRule], after: Sequence[BrokenRule]
) -> tuple[BrokenRule, ...]:
    """The errors of ``after`` that ``before`` does not have, or has less badly.

    Both are :func:`broken_rules` of the same rules, in an app before a change and after it.
    """
    earlier = {broken.rule.id: broken.breach for broken in before}
    return tuple(
        broken
        for broken in after
        if broken.rule.severity is Severity.ERROR
        and (broken.rule.id not in earlier or broken.breach.is_worse_than(earlier[broken.rule.id]))
    )


def _position(rule: Rule, spec: Spec | None) -> Position | None:
    return position_of(spec.positions, rule.type, rule.field.name) if spec else None


def _order(broken: BrokenRule) -> tuple[str, int, int, str]:
    at = broken.position
    return (*((at.file, at.line, at.column) if at else ("", 0, 0)), broken.rule.id)
