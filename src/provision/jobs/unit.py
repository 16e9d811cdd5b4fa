"""Unit: the work in one org, whatever happens, as a row of the run's record."""

from __future__ import annotations

import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import requests

from provision.errors import ExitCode, LoginRefused, ProvisionError
from provision.findings import Severity
from provision.jobs.context import context_of
from provision.jobs.job import Job, Outcome
from provision.jobs.opening import done_in_org, folder_of_org
from provision.jobs.progress import Hooks, Silence, Unasked, Unattended
from provision.jobs.quota_watch import QuotaWatch
from provision.jobs.workdir import run_base
from provision.org.failure import SESSION_GONE
from provision.org.http import calls_of, http_session
from provision.plan.plan import Plan
from provision.redaction import SECRETS
from provision.report.body import body_of
from provision.report.entry import tally
from provision.report.findings import Findings
from provision.report.report import Report, failed_org
from provision.report.results import Results
from provision.report.text import plan_text
from provision.runs.rows import OrgRow
from provision.sensitive_text import without_secrets

__all__ = ["Kept", "exit_code_of", "failed_row", "kept_form", "org_row", "row_of"]

Kept: TypeAlias = Report | Findings | str
"""What came of one org, as text without secrets."""


def org_row(job: Job, name: str, approved: frozenset[str] | None = None) -> OrgRow:
    """Do ``job`` in the org ``name`` of a fleet. Its failure is its row, never an exception.

    ``approved`` are the digests of the plans that may be applied.
    """
    began = time.time()
    with http_session(job.org.http_timeout) as http:
        try:
            kept: Kept = kept_form(_outcome(job, name, approved, http))
        except ProvisionError as error:
            kept = _failed(job.verb, name, error)
        except Exception as error:  # noqa: BLE001  # the last resort: a bug of ours, in this org
            _log(f"{name}: {traceback.format_exc()}")
            kept = _failed(job.verb, name, _Bug(f"this is a bug in provision: {error}"))
        calls = calls_of(http).made
    return row_of(name, kept, began, calls)


def _outcome(
    job: Job, name: str, approved: frozenset[str] | None, http: requests.Session
) -> Outcome:
    watch = None if job.writes else QuotaWatch(name, http)
    sessions = context_of(job).sessions
    is_known = name in sessions

    def runs() -> Path:
        return folder_of_org(run_base(job.keep.run_dir), name)

    approval = Unasked() if job.is_unasked else Unattended()
    hooks = Hooks(_NewPlans(), approval)
    try:
        try:
            return done_in_org(job, name, http, hooks, runs, approved)
        except LoginRefused as error:
            if not is_known or error.code != SESSION_GONE:
                raise
        # It is of the pass before: hours may lie between a plan and its turn to be applied.
        sessions.pop(name, None)
        return done_in_org(job, name, http, hooks, runs, approved)
    finally:
        if watch is not None:
            watch.check()


def kept_form(outcome: Outcome) -> Kept:
    """``outcome`` as it can be kept: text without secrets."""
    return Report.of(outcome) if isinstance(outcome, Results) else outcome


def failed_row(verb: str, name: str, error: ProvisionError) -> OrgRow:
    """The row of an org whose work ended without one."""
    return row_of(name, _failed(verb, name, error), time.time(), 0)


class _Bug(ProvisionError):
    """A bug; its exit code is that of all errors that are not kept apart."""


class _NewPlans(Silence):
    """The report that was shown before has another plan, so that a new one is logged."""

    def replanned(self, notice: str, plan: Plan) -> None:
        """Log it."""
        _log(f"{notice}\n{plan_text(plan)}")


def _log(text: str) -> None:
    """On stderr of this process, which may be that of a worker."""
    sys.stderr.write(f"{SECRETS.lines(without_secrets(text))}\n")


def _failed(verb: str, name: str, error: ProvisionError) -> Report:
    return Report(verb, (failed_org(name, error, SECRETS),))


def row_of(name: str, kept: Kept, began: float, calls: int) -> OrgRow:
    """The row of an org in which work ``began`` at a time, in seconds since 1970."""
    ended = time.time()
    return OrgRow(
        org=name,
        exit_code=exit_code_of(kept),
        seconds=round(ended - began, 3),
        calls=calls,
        summary=_summary(kept),
        started=_moment(began),
        ended=_moment(ended),
        body={} if isinstance(kept, str) else body_of(kept),
    )


def exit_code_of(kept: Kept) -> ExitCode:
    """What one org came to."""
    return ExitCode.OK if isinstance(kept, str) else kept.exit_code


def _summary(kept: Kept) -> str:
    if isinstance(kept, str):
        return "; ".join(kept.splitlines())
    if isinstance(kept, Findings):
        counts = [f"{kept.count(item)} {item.value}" for item in Severity if kept.count(item)]
        return ", ".join(counts) or "nothing found"
    failed = next((entry.failure for entry in kept.entries if entry.failure), None)
    alone = len(kept.entries) == 1
    status = kept.entries[0].status if alone else tally(kept.entries)
    return f"{status}: {failed.message.splitlines()[0]}" if failed and failed.message else status


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
