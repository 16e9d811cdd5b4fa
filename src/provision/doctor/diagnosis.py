"""Diagnosis: all checks, one after the other, and which of them could not be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from provision.doctor.check import Check, Context
from provision.doctor.checks import app, names, org, session, users
from provision.errors import OrgError, OrgRefused, ProvisionError
from provision.findings import Finding, Severity
from provision.org.quota import QuotaTooLow

__all__ = ["CHECKS", "Diagnosis", "diagnose"]

_LIMIT: Final = "REQUEST_LIMIT_EXCEEDED"

CHECKS: Final[tuple[Check, ...]] = (
    *session.CHECKS,
    *org.CHECKS,
    *names.CHECKS,
    *users.CHECKS,
    *app.CHECKS,
)
"""All checks. Whether the org takes the session comes first: most others depend on it."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What checks found in one org. ``unchecked`` are the ids of checks that could not be made."""

    findings: tuple[Finding, ...]
    unchecked: frozenset[str] = frozenset()


def diagnose(context: Context, checks: Sequence[Check] = CHECKS) -> Diagnosis:
    """What the ``checks`` find.

    If an org refuses what one check asks, that is a note. If it stopped answering, that is an
    error, since nobody knows what the check would have found.
    """
    found: list[Finding] = []
    unchecked: set[str] = set()
    refused = False
    for check in checks:
        if refused and check.needs_session:
            found.append(_unchecked(check, "the org refuses the session"))
            unchecked.add(check.id)
            continue
        try:
            here = tuple(check.run(context))
        except QuotaTooLow:
            raise  # it is about all checks
        except ProvisionError as error:
            severity = Severity.ERROR if _stopped_answering(error) else Severity.NOTE
            found.append(_unchecked(check, error.message, error.next_step, severity))
            unchecked.add(check.id)
            continue
        found += here
        if check.id == session.ApiAccess.id:
            refused = any(each.severity is Severity.ERROR for each in here)
    in_org = tuple(replace(each, org=context.org.name) for each in found)
    return Diagnosis(in_org, frozenset(unchecked))


def _stopped_answering(error: ProvisionError) -> bool:
    """Whether the org refuses all requests, or did not answer this one."""
    if isinstance(error, OrgRefused):
        return error.code == _LIMIT
    return isinstance(error, OrgError)


def _unchecked(
    check: Check, reason: str, next_step: str = "", severity: Severity = Severity.NOTE
) -> Finding:
    return Finding(
        severity,
        check.id,
        f"could not be checked: {reason}",
        next_step or "Fix that first, and run doctor again.",
    )
