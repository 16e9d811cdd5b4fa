"""Reversed plans: from a plan, the effects of the drift that it repairs.

A plan leads from the org's values to the spec's. The reversed plan leads from the spec's values to
the org's, so its risks are those of the drift.
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

__all__ = ["drifted_fields", "lacking_risks", "reversed_plan"]

# An org never changes the key of an app (OBS). Another key means that the app was created again.
_OTHER_KEY: Final = locks_out("Clients that have the key of the spec are refused.")


def reversed_plan(plan: Plan, counted: Sequence[Moved]) -> Plan:
    """The drift of an existing app as a plan. It has the changes that ``counted`` parties made.

    A record that the org does not show has no drift.
    """
    components = tuple(_turned(item, plan, counted) for item in plan.components)
    after = {item.component.type.name: item.component for item in plan.components}
    actual = dataclasses.replace(plan.actual, components={**plan.actual.components, **after})
    return dataclasses.replace(plan, actual=actual, components=components, access=(), gates=())


def drifted_fields(turned: Plan) -> tuple[DriftedField, ...]:
    """The drift of each field in a reversed plan."""
    return tuple(
        DriftedField(change.component.name, change.field.name, change.risk)
        for change in turned.changes
    )


def lacking_risks(plan: Plan) -> tuple[Risk, ...]:
    """The risk of each missing permission set and assignment, in the plan's order."""
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


def _reversed(change: Change, wanted: Component, has: Component) -> Change:
    before = None if isinstance(change.after, Unset) else change.after
    risk = judged(change.field, before, change.before, had=wanted.fields, has=has.fields)
    if change.field.role is Role.ON_CREATE:
        risk = _OTHER_KEY
    return dataclasses.replace(
        change,
        before=before,
        after=UNSET if change.before is None else change.before,
        risk=risk,
    )
