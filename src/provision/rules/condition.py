"""Conditions: which apps a rule is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from provision.rules.observation import App
from provision.rules.predicate import Predicate
from provision.rules.subject import Subject

__all__ = ["AllOf", "AnyOf", "Condition", "Holds"]


class Condition(Protocol):
    """Something that is so of an app, or is not."""

    def holds(self, app: App) -> bool:
        """Whether it is so of ``app``."""

    @property
    def subjects(self) -> Iterator[Subject]:
        """What it looks at."""


@dataclass(frozen=True, slots=True)
class Holds:
    """A field is as asked. Of an app that the field does not concern, it is not."""

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
    """Each of several conditions."""

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
