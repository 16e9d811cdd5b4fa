"""Approved: which plans were looked at, so that an apply does those and no others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from provision.apply.prepare import Prepared
from provision.errors import ExitCode, GateRefused
from provision.plan.codec import as_json
from provision.report.report import Report
from provision.report.results import AppResult, Results
from provision.report.shown_plan import ShownPlan

__all__ = ["check_approved", "digest_of"]


def digest_of(plan: ShownPlan) -> str:
    """What is shown of a plan, in a line: equal for two plans that nobody can tell apart.

    Positions in files do not count: on another machine the same file may have another name. Nor
    does who changed the org before, and when, nor do numbers of users, which change while people
    work.
    """
    shown = _without_positions(as_json(plan.as_decided()))
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def check_approved(prepared: Sequence[Prepared], org: str, approved: frozenset[str]) -> None:
    """Raise :class:`GateRefused` unless the digest of each plan is among the ``approved`` ones."""
    results = (AppResult(item.spec, org, ExitCode.OK, plan=item.plan) for item in prepared)
    for entry in Report.of(Results("plan", tuple(results))).entries:
        if entry.plan is None or entry.plan.is_empty:
            continue  # of what was shown, all is done: by a worker that died before it said so
        if digest_of(entry.plan) not in approved:
            raise GateRefused(
                f"stale gate: the plan for {entry.app} is not what was shown: the org or the spec "
                "has changed since",
                next_step="Run it again, and look at the new plan.",
            )


def _without_positions(value: object) -> object:
    match value:
        case dict():
            return {k: _without_positions(v) for k, v in value.items() if k != "position"}
        case list() | tuple():
            return [_without_positions(item) for item in value]
        case _:
            return value
