"""Alike: entries of several orgs of which the same is to be said, so that it is said once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from provision.plan.codec import as_json
from provision.plan.facts import OrgFacts
from provision.report.entry import Entry

__all__ = ["Alike", "alike", "listed"]

_NO_ORG: Final = OrgFacts(name="", instance_url="", username="", api_version=0, reached_by="")
_MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Alike:
    """An entry, and the orgs of which it is true but for who they are: one at the least."""

    entry: Entry
    orgs: tuple[str, ...]


def alike(entries: Iterable[Entry]) -> tuple[Alike, ...]:
    """The entries with those that say the same put together, each where its first one stands."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(_anywhere(entry), []).append(entry)
    return tuple(Alike(_for_all(same), tuple(e.org for e in same)) for same in found.values())


def _for_all(same: Sequence[Entry]) -> Entry:
    """What is true of all; who changed each org is said with the org, of the first few."""
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
    """Orgs (two at the least) in a sentence: ``a, b and c``; of many, the first and how many."""
    if len(orgs) > _MOST_LISTED:
        return f"{', '.join(orgs[:_MOST_LISTED])} and {len(orgs) - _MOST_LISTED} more"
    return f"{', '.join(orgs[:-1])} and {orgs[-1]}"


def _anywhere(entry: Entry) -> str:
    """All that an entry says, without who the org is, and who changed it."""
    plan = replace(entry.plan, org=_NO_ORG) if entry.plan else None
    if plan and plan.drift:
        plan = replace(plan, drift=replace(plan.drift, changes=()))
    return json.dumps(as_json(replace(entry, org="", plan=plan)))
