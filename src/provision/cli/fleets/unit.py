"""Unit: the work in one org, whatever happens, as a row of the run's record."""

from __future__ import annotations

import time
import traceback
from datetime import UTC, datetime

import requests

from provision.cli.console import Console, redaction
from provision.cli.fleets.errand import Errand
from provision.cli.fleets.floor_watch import FloorWatch
from provision.cli.fleets.opening import opened
from provision.cli.fleets.shelf import shelf_of
from provision.cli.fleets.work import WORK, Outcome
from provision.errors import ExitCode, LoginRefused, ProvisionError
from provision.findings import Severity
from provision.fleet.record import OrgRow
from provision.org.failure import SESSION_GONE
from provision.org.http import calls_of, http_session
from provision.report.body import body_of
from provision.report.entry import tally
from provision.report.findings import Findings
from provision.report.report import Report, failed_org

__all__ = ["failed_row", "org_row"]


def org_row(errand: Errand, name: str, seen: frozenset[str] = frozenset()) -> OrgRow:
    """Do the errand in the org ``name``. One org's failure is its row, never an exception.

    ``seen`` are the digests of the plans that may be applied.
    """
    began = time.time()
    with http_session(errand.http_timeout) as http:
        try:
            outcome = _outcome(errand, name, seen, http)
        except ProvisionError as error:
            outcome = _failed(errand.verb, name, error)
        except Exception as error:  # noqa: BLE001  # the last resort: a bug of ours, in this org
            Console().talk(f"{name}: {traceback.format_exc()}")
            outcome = _failed(errand.verb, name, _Bug(f"this is a bug in provision: {error}"))
        calls = calls_of(http).made
    return _row(name, outcome, began, calls, strict=errand.strict)


def _outcome(errand: Errand, name: str, seen: frozenset[str], http: requests.Session) -> Outcome:
    watch = FloorWatch(name, http) if errand.only_reads else None
    shelf = shelf_of(errand)
    is_known = name in shelf.sessions
    try:
        try:
            return _done(errand, name, seen, http)
        except LoginRefused as error:
            if not is_known or error.code != SESSION_GONE:
                raise
        # It is of the pass before: hours may lie between a plan and its turn to be applied.
        shelf.sessions.pop(name, None)
        return _done(errand, name, seen, http)
    finally:
        if watch is not None:
            watch.check()


def _done(errand: Errand, name: str, seen: frozenset[str], http: requests.Session) -> Outcome:
    shelf = shelf_of(errand)
    site = opened(shelf.fleet.org(name), shelf, errand, http)
    return WORK[errand.verb](site, seen)


def failed_row(verb: str, name: str, error: ProvisionError) -> OrgRow:
    """The row of an org whose work ended without one."""
    return _row(name, _failed(verb, name, error), time.time(), 0, strict=False)


class _Bug(ProvisionError):
    """A bug; its exit code is that of all errors that are not told apart."""


def _failed(verb: str, name: str, error: ProvisionError) -> Report:
    return Report(verb, (failed_org(name, error, redaction()),))


def _row(name: str, outcome: Outcome, began: float, calls: int, *, strict: bool) -> OrgRow:
    ended = time.time()
    return OrgRow(
        org=name,
        exit_code=_code(outcome, strict=strict),
        seconds=round(ended - began, 3),
        calls=calls,
        summary=_summary(outcome),
        started=_moment(began),
        ended=_moment(ended),
        body={} if isinstance(outcome, str) else body_of(outcome),
    )


def _code(outcome: Outcome, *, strict: bool) -> ExitCode:
    if isinstance(outcome, str):
        return ExitCode.OK
    if isinstance(outcome, Report):
        return outcome.exit_code
    bad = outcome.count(Severity.ERROR) + (outcome.count(Severity.WARNING) if strict else 0)
    return ExitCode.FOUND if bad else ExitCode.OK


def _summary(outcome: Outcome) -> str:
    if isinstance(outcome, str):
        return outcome
    if isinstance(outcome, Findings):
        counts = [f"{outcome.count(item)} {item.value}" for item in Severity if outcome.count(item)]
        return ", ".join(counts) or "nothing found"
    failed = next((entry.failure for entry in outcome.entries if entry.failure), None)
    alone = len(outcome.entries) == 1
    said = outcome.entries[0].status if alone else tally(outcome.entries)
    return f"{said}: {failed.message.splitlines()[0]}" if failed and failed.message else said


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
