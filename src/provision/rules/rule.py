"""Rules: what an app must be or must not be, and which apps a rule is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as defaulted
from typing import Protocol

from provision.catalogue.field import Field, MetadataType
from provision.findings import Severity
from provision.rules.observation import App
from provision.rules.predicate import Breach, Predicate
from provision.rules.subject import Subject
from provision.rules.threshold import Thresholds
from provision.spec.position import Position

__all__ = ["AllOf", "AnyOf", "Condition", "Holds", "Rule", "RuleSet"]


class Condition(Protocol):
    """A condition that an app meets or does not meet."""

    def holds(self, app: App) -> bool:
        """Whether ``app`` meets it."""

    @property
    def subjects(self) -> Iterator[Subject]:
        """The fields that it reads."""


@dataclass(frozen=True, slots=True)
class Holds:
    """A field meets predicates. An app without the field does not meet the condition."""

    subject: Subject
    predicates: tuple[Predicate, ...]

    @property
    def subjects(self) -> Iterator[Subject]:
        """See :class:`Condition`."""
        yield self.subject

    def holds(self, app: App) -> bool:
        """See :class:`Condition`."""
        observed = app.observe(self.subject)
        return observed is not None and not any(
            predicate.breach(observed) for predicate in self.predicates
        )


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of several conditions."""

    conditions: tuple[Condition, ...]

    @property
    def subjects(self) -> Iterator[Subject]:
        """See :class:`Condition`."""
        for condition in self.conditions:
            yield from condition.subjects

    def holds(self, app: App) -> bool:
        """See :class:`Condition`."""
        return all(condition.holds(app) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several conditions."""

    conditions: tuple[Condition, ...]

    @property
    def subjects(self) -> Iterator[Subject]:
        """See :class:`Condition`."""
        for condition in self.conditions:
            yield from condition.subjects

    def holds(self, app: App) -> bool:
        """See :class:`Condition`."""
        return any(condition.holds(app) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``predicates`` are checked in order, and the first that fails is the breach.

    An error fails lint and trips gates, a warning is reported. A rule without severity is off.

    ``when`` says which apps the rule is for, all if it is ``None``. ``message`` says what to do,
    ``reason`` why, ``source`` who says so; ``position`` is where the rule was last written.
    """

    id: str
    severity: Severity | None
    subject: Subject
    predicates: tuple[Predicate, ...]
    position: Position
    when: Condition | None = None
    message: str = ""
    reason: str = ""
    source: str = ""

    @property
    def type(self) -> MetadataType:
        """The metadata type of the field that the rule is about."""
        return self.subject.type

    @property
    def field(self) -> Field:
        """The field that the rule is about."""
        return self.subject.field

    @property
    def subjects(self) -> Iterator[Subject]:
        """All fields that the rule reads."""
        yield self.subject
        if self.when is not None:
            yield from self.when.subjects

    def breach(self, app: App) -> Breach | None:
        """How ``app`` breaks the rule, ``None`` if it does not."""
        if self.severity is None or not (self.when is None or self.when.holds(app)):
            return None
        observed = app.observe(self.subject)
        if observed is None:
            return None
        found = (predicate.breach(observed) for predicate in self.predicates)
        return next((breach for breach in found if breach is not None), None)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of a run, the ones that are off included, and its thresholds."""

    rules: tuple[Rule, ...] = ()
    thresholds: Thresholds = defaulted(default_factory=Thresholds)

    @property
    def active(self) -> tuple[Rule, ...]:
        """The rules that are not off."""
        return tuple(rule for rule in self.rules if rule.severity is not None)

    @property
    def of_apps(self) -> RuleSet:
        """The rules about apps, in their specs and in an org."""
        rules = tuple(rule for rule in self.rules if not rule.subject.is_of_org)
        return replace(self, rules=rules)

    @property
    def of_orgs(self) -> RuleSet:
        """The rules about the settings of an org itself."""
        rules = tuple(rule for rule in self.rules if rule.subject.is_of_org)
        return replace(self, rules=rules)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule called ``rule_id``, or ``None``."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
