"""Approved: which plans were looked at, so that an apply does those and no others."""

from __future__ import annotations

from collections.abc import Sequence

from provision.apply.prepare import Prepared
from provision.errors import ExitCode, GateRefused
from provision.report.redacted_plan import digest_of
from provision.report.report import Report
from provision.report.results import AppResult, Results

__all__ = ["check_approved"]


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
