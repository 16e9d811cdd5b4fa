"""Tightening: the requests that an org refuses after a plan, and how many users have tokens."""

from __future__ import annotations

import dataclasses

from provision.plan.gate import Usage
from provision.plan.plan import Change, Plan

__all__ = ["refuses", "with_holders"]


def refuses(plan: Plan) -> bool:
    """Whether the org may refuse requests after ``plan`` that it accepts now."""
    return plan.actual.exists and any(map(_refuses, plan.changes))


def with_holders(plan: Plan, usage: Usage) -> Plan:
    """``plan`` whose risks say what the org then refuses, and how many users have tokens."""
    if not refuses(plan):
        return plan
    components = tuple(
        dataclasses.replace(
            item, changes=tuple(_with_holders(change, usage) for change in item.changes)
        )
        for item in plan.components
    )
    return dataclasses.replace(plan, components=components)


def _refuses(change: Change) -> bool:
    return bool(change.field.refuses) and change.risk.closes


def _with_holders(change: Change, usage: Usage) -> Change:
    if not _refuses(change):
        return change
    reason = f"{change.risk.reason} The org then refuses {change.field.refuses}."
    numbers = f"{change.risk.numbers} {_holders(usage)}".strip()
    risk = dataclasses.replace(change.risk, reason=reason, numbers=numbers)
    return dataclasses.replace(change, risk=risk)


def _holders(usage: Usage) -> str:
    if not usage.known:
        return "The org does not tell how many users hold tokens of the app."
    count = len(usage.users)
    if not count:
        return "No user holds a token of the app."
    return f"{count:,} user{'s hold tokens' if count > 1 else ' holds a token'} of the app."
