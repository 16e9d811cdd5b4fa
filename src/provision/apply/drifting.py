"""Drifting: adds to a plan the drift that it repairs: its effect, who caused it, and when."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from provision.apply.gating import counted
from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.org.org import ReadableOrg
from provision.plan.drift import Drift
from provision.plan.drifted import drifted_fields, lacking_risks, reversed_plan
from provision.plan.plan import Moved, Plan

__all__ = ["with_drift"]

_BY_THE_ORG: Final = (Moved.ORG, Moved.BOTH)
_MAYBE_BY_THE_ORG: Final = (*_BY_THE_ORG, Moved.UNKNOWN)


def with_drift(plan: Plan, org: ReadableOrg, *, known_only: bool) -> Plan:
    """``plan`` with the drift that it repairs.

    A difference is drift unless the spec is known to have changed. With ``known_only``, it is
    drift only if the org is known to have changed. The org is asked only if something drifted.
    """
    if plan.is_empty or (plan.creates_app and known_only and plan.applied_at is None):
        return plan
    if plan.creates_app:
        changes = org.last_changes(plan.app, (), tuple(_names(plan)), plan.applied_at)
        drift = Drift(is_missing=True, applied_at=plan.applied_at, changes=changes)
        return dataclasses.replace(plan, drift=drift)
    moved = _BY_THE_ORG if known_only else _MAYBE_BY_THE_ORG
    turned = counted(reversed_plan(plan, moved), org).plan
    fields = drifted_fields(turned)
    if known_only and not fields:
        return plan
    changes = ()
    if fields:
        types = frozenset(field.type_name for field in fields)
        changes = org.last_changes(plan.app, types, tuple(_names(plan)), plan.applied_at)
    drift = Drift(fields, lacking_risks(plan), applied_at=plan.applied_at, changes=changes)
    return dataclasses.replace(plan, drift=drift)


def _names(plan: Plan) -> Iterator[str]:
    """The names of the app in the setup audit trail: its name, and its labels in org and spec."""
    yield plan.app
    header = plan.actual.components.get(EXTERNAL_CLIENT_APPLICATION.name)
    planned = (
        i.component for i in plan.components if i.desired.type is EXTERNAL_CLIENT_APPLICATION
    )
    for component in (header, *planned):
        label = component.text("label") if component else ""
        if label:
            yield label
