"""Diagnosis: every check in its turn, and what none of them could find out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provision.doctor.check import Check, Context
from provision.doctor.checks.admitted import Admitted
from provision.doctor.checks.api_access import ApiAccess
from provision.doctor.checks.api_access_control import ApiAccessControl
from provision.doctor.checks.api_version import ApiVersion
from provision.doctor.checks.app_settings import AppSettings
from provision.doctor.checks.approval_bypass import ApprovalBypass
from provision.doctor.checks.callback_port import CallbackPort
from provision.doctor.checks.certificate import CertificateValidity
from provision.doctor.checks.clock_skew import ClockSkew
from provision.doctor.checks.combinations import Combinations
from provision.doctor.checks.dev_hub import DevHub
from provision.doctor.checks.frozen_users import FrozenUsers
from provision.doctor.checks.name_clash import NameClash
from provision.doctor.checks.names import Names
from provision.doctor.checks.oauth_settings import OauthSettings
from provision.doctor.checks.token_kind import TokenKind
from provision.doctor.checks.user_permissions import UserPermissions
from provision.doctor.checks.users import Users
from provision.doctor.finding import CheckFinding, Severity
from provision.errors import OrgError, OrgRefused, ProvisionError
from provision.org.quota import QuotaTooLow

__all__ = ["CHECKS", "diagnose"]

_LIMIT: Final = "REQUEST_LIMIT_EXCEEDED"

CHECKS: Final[tuple[Check, ...]] = (
    ApiAccess(),
    TokenKind(),
    ApiVersion(),
    UserPermissions(),
    AppSettings(),
    ApiAccessControl(),
    OauthSettings(),
    DevHub(),
    NameClash(),
    Names(),
    Users(),
    FrozenUsers(),
    Admitted(),
    ApprovalBypass(),
    CertificateValidity(),
    Combinations(),
    ClockSkew(),
    CallbackPort(),
)
"""All checks. Whether the org takes the session comes first: most others depend on it."""


def diagnose(context: Context, checks: Sequence[Check] = CHECKS) -> tuple[CheckFinding, ...]:
    """What the ``checks`` find. What an org does not tell is a note, and keeps nobody from it.

    An org that stopped answering is an error: then nobody knows what the check would have found.
    """
    found: list[CheckFinding] = []
    refused = False
    for check in checks:
        if refused and check.needs_session:
            found.append(_unchecked(check, "the org refuses the session"))
            continue
        here = _found(check, context)
        found += here
        if check.id == ApiAccess.id:
            refused = any(each.severity is Severity.ERROR and not each.unchecked for each in here)
    return tuple(found)


def _found(check: Check, context: Context) -> Sequence[CheckFinding]:
    try:
        return tuple(check.run(context))
    except QuotaTooLow:
        raise  # by all checks, not by one
    except ProvisionError as error:
        severity = Severity.ERROR if _stopped_answering(error) else Severity.NOTE
        return (_unchecked(check, error.message, error.next_step, severity),)


def _stopped_answering(error: ProvisionError) -> bool:
    """Whether the org refuses more than this one question, or gave no answer to it."""
    if isinstance(error, OrgRefused):
        return error.code == _LIMIT
    return isinstance(error, OrgError)


def _unchecked(
    check: Check, reason: str, next_step: str = "", severity: Severity = Severity.NOTE
) -> CheckFinding:
    return CheckFinding(
        check.id,
        severity,
        f"could not be checked: {reason}",
        next_step or "Fix that first, and run doctor again.",
        unchecked=True,
    )
