"""Alike: groups the entries of several orgs that say the same, so that a report says it once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from provision.catalogue.component import Component
from provision.plan.codec import as_json
from provision.plan.facts import OrgFacts
from provision.plan.plan import Plan
from provision.report.entry import Entry

__all__ = ["Alike", "alike", "listed"]

_NO_ORG: Final = OrgFacts(name="", instance_url="", username="", api_version=0, reached_by="")
_MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Alike:
    """An entry, and the orgs for which it is true: at least one."""

    entry: Entry
    orgs: tuple[str, ...]


def alike(entries: Iterable[Entry]) -> tuple[Alike, ...]:
    """The entries in groups that say the same, in the order of the first entry of each group."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(_without_place(entry), []).append(entry)
    return tuple(Alike(_for_all(same), tuple(e.org for e in same)) for same in found.values())


def _for_all(same: Sequence[Entry]) -> Entry:
    """An entry that is true for all. The changes of the first few orgs name their org."""
    first = same[0]
    if len(same) == 1 or first.plan is None or first.plan.drift is None:
        return first
    changes = [
        replace(change, what=f"{entry.org}: {change.what}")
        for entry in same
        if entry.plan and entry.plan.drift
        for change in entry.plan.drift.changes
    ]
    drift = replace(first.plan.drift, changes=tuple(changes[:_MOST_LISTED]))
    return replace(first, plan=replace(first.plan, drift=drift))


def listed(orgs: Sequence[str]) -> str:
    """At least two orgs in a sentence: ``a, b and c``; of many, the first ones and the number."""
    if len(orgs) > _MOST_LISTED:
        return f"{', '.join(orgs[:_MOST_LISTED])} and {len(orgs) - _MOST_LISTED} more"
    return f"{', '.join(orgs[:-1])} and {orgs[-1]}"


def _without_place(entry: Entry) -> str:
    """All that an entry says, except which org it is about and who changed the org."""
    plan = _without_org(entry.plan) if entry.plan else None
    return json.dumps(as_json(replace(entry, org="", plan=plan)))


def _without_org(plan: Plan) -> Plan:
    """``plan`` without its org, dates, and the names of records that do not change."""
    policies = {
        name: Component(item.type, "", item.fields)
        for name, item in plan.actual.components.items()
        if item.fields
    }
    return replace(
        plan,
        org=_NO_ORG,
        actual=replace(plan.actual, components=policies),
        applied_at=None,
        drift=replace(plan.drift, changes=()) if plan.drift else None,
    )
