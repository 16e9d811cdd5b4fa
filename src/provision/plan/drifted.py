"""Drifted: a plan turned round, so that it tells what the drift does and not what repairing does.

A plan leads from what the org has to what the spec says. Turned round it leads from what the spec
says to what the org has, and its risks are those of the drift.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

from provision.catalogue.component import UNSET, Component, Unset
from provision.catalogue.field import Role
from provision.catalogue.judge import judged
from provision.catalogue.risk import HARMLESS, Risk, locks_out
from provision.plan.drift import DriftedField
from provision.plan.plan import Action, Assign, Change, ComponentPlan, Moved, Plan
from provision.plan.widening import lets_in

__all__ = ["drifted_fields", "lacking_risks", "turned_round"]

# OBS: no org changes the key of an app. It has another one if the app was made again.
_OTHER_KEY: Final = locks_out("Clients that have the key of the spec are refused.")


def turned_round(plan: Plan, counted: Sequence[Moved]) -> Plan:
    """The drift of an existing app as a plan: its changes are those of which ``counted`` moved.

    What the org does not show is no drift, and has no change in it.
    """
    components = tuple(_turned(item, plan, counted) for item in plan.components)
    after = {item.component.type.name: item.component for item in plan.components}
    actual = dataclasses.replace(plan.actual, components={**plan.actual.components, **after})
    return dataclasses.replace(plan, actual=actual, components=components, access=(), gates=())


def drifted_fields(turned: Plan) -> tuple[DriftedField, ...]:
    """What each field of a plan that was turned round does."""
    return tuple(
        DriftedField(change.component.name, change.field.name, change.risk)
        for change in turned.changes
    )


def lacking_risks(plan: Plan) -> tuple[Risk, ...]:
    """What it does that each of a plan's permission sets and assignments is missing."""
    return tuple(_lacking_risks(plan))


def _lacking_risks(plan: Plan) -> Iterator[Risk]:
    for change in plan.access:
        if isinstance(change, Assign) and lets_in(plan, change):
            yield locks_out(
                f"{change.username} lacks {change.permission_set}, which would let them use "
                f"{plan.app}."
            )
        else:
            yield HARMLESS


def _turned(item: ComponentPlan, plan: Plan, counted: Sequence[Moved]) -> ComponentPlan:
    kind = item.component.type
    present = plan.actual.components.get(kind.name)
    has = present or Component(kind, item.component.full_name)
    changes: tuple[Change, ...] = ()
    if item.action is not Action.UNKNOWN:
        changes = tuple(
            _reversed(change, item.component, has)
            for change in item.changes
            if change.moved in counted
        )
    return ComponentPlan(item.action, item.desired, has, changes)


def _reversed(change: Change, said: Component, has: Component) -> Change:
    before = None if isinstance(change.after, Unset) else change.after
    risk = judged(change.field, before, change.before, had=said.fields, has=has.fields)
    if change.field.role is Role.ON_CREATE:
        risk = _OTHER_KEY
    return dataclasses.replace(
        change,
        before=before,
        after=UNSET if change.before is None else change.before,
        risk=risk,
    )
