"""Joined: the records of many orgs as one report. An org without a result is a failure in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.fleet.merge import Merged
from provision.redaction import SECRETS, visible
from provision.report.body import Body, body_from
from provision.report.entry import Entry, Failure
from provision.report.findings import Findings
from provision.report.report import OrgCost, Report
from provision.runs.rows import OrgRow

__all__ = ["NO_RESULT", "joined"]

NO_RESULT: Final = "no result"
"""The status of a selected org of which the record has nothing."""

_RESUME: Final = "Continue the run with --resume, or run it for this org."
_ADD_SHARD: Final = "Add the record of that shard, or run the shard."


def joined(merged: Merged) -> Report | Findings:
    """One report of all orgs of a run; findings if its verb only checks.

    An org without a row and a shard without a record are failures. Raises :class:`CannotError` for
    a row whose body cannot be read.
    """
    bodies = {org: body_from(row.body, merged.places[org]) for org, row in merged.rows.items()}
    of_orgs = chain.from_iterable(_entries(org, merged, bodies) for org in merged.orgs)
    entries = (*of_orgs, *map(_no_record, merged.missing_shards))
    if merged.only_checks:
        failed = tuple(map(_finding, filter(_has_failed, entries)))
        parts = (*_found(merged, bodies), Findings(merged.verb, failed, (), merged.exit_code))
        return Findings.joined(merged.verb, parts, merged.exit_code)
    costs = (OrgCost(visible(row.org), row.seconds, row.calls) for row in merged.rows.values())
    return Report(merged.verb, entries, tuple(costs))


def _entries(org: str, merged: Merged, bodies: Mapping[str, Body]) -> Sequence[Entry]:
    row, body = merged.rows.get(org), bodies.get(org)
    if row is None or body is None:
        message = "the record has nothing about it: the run ended before this org was done"
        return (_failed(org, Failure(message, _RESUME, ExitCode.CANNOT, (), NO_RESULT)),)
    return body.entries if _explains(body, row.exit_code) else (*body.entries, _of_summary(row))


def _explains(body: Body, exit_code: ExitCode) -> bool:
    """Whether ``body`` explains ``exit_code``."""
    if exit_code is ExitCode.OK:
        return body != Body()
    return bool(body.findings) or any(entry.exit_code is not ExitCode.OK for entry in body.entries)


def _of_summary(row: OrgRow) -> Entry:
    """The entry of an org that has only an exit code, and at most a line of text."""
    if row.exit_code is ExitCode.OK:
        done = SECRETS.lines(row.summary)
        return Entry("", visible(row.org), row.exit_code, None, done=done)
    message = SECRETS.lines(row.summary) or "the record says no more about it"
    return _failed(row.org, Failure(message, "", row.exit_code))


def _no_record(shard: str) -> Entry:
    message = f"the record of shard {shard} is missing: this report has nothing about its orgs"
    return _failed(f"shard {shard}", Failure(message, _ADD_SHARD, ExitCode.CANNOT, (), NO_RESULT))


def _failed(org: str, failure: Failure) -> Entry:
    return Entry("", visible(org), failure.exit_code, None, failure=failure)


def _found(merged: Merged, bodies: Mapping[str, Body]) -> Iterator[Findings]:
    for org in merged.orgs:
        if org in bodies:
            body, row = bodies[org], merged.rows[org]
            yield Findings(merged.verb, body.findings, body.checked, row.exit_code)


def _has_failed(entry: Entry) -> bool:
    return entry.failure is not None


def _finding(entry: Entry) -> Finding:
    """A failure as a finding."""
    failure = entry.failure
    text, step = (failure.message, failure.next_step) if failure else ("", "")
    return Finding(Severity.ERROR, "no-result", text, step, app=entry.app, org=entry.org)
