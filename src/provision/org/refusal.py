"""Refusals: what an org's error codes mean, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.errors import LoginRefused, OrgRefused
from provision.org.session import Session

__all__ = ["SESSION_GONE", "refusal", "session_refused"]

SESSION_GONE: Final = "INVALID_SESSION_ID"

_NEXT_STEPS: Final[Mapping[str, str]] = {
    "INSUFFICIENT_ACCESS": (
        "The session's user lacks a permission. `provision doctor` names the one that is missing; "
        "`provision explain permissions` shows which verb needs which."
    ),
    "INSUFFICIENT_ACCESS_OR_READONLY": "The session's user may not write this record.",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "The session's user may not write this record.",
    "API_DISABLED_FOR_ORG": "The org's edition has no API, or the user lacks API Enabled.",
    "API_CURRENTLY_DISABLED": "The org's API is switched off for now: try again later.",
    "REQUEST_LIMIT_EXCEEDED": "The org's API requests of the day are used up: try again later.",
    "SERVER_UNAVAILABLE": "The org is busy: try again later, and see its status page.",
    "UNABLE_TO_LOCK_ROW": "Somebody else writes to the org at this moment: try again.",
    "INVALID_TYPE": (
        "The org does not know the object or type: it may lack external client apps, or the "
        "session's user may not see Setup."
    ),
    "INVALID_FIELD": "The org does not know a field: choose an older --api-version.",
    "DUPLICATE_VALUE": "It is there already: run `provision diff` to see what the org has.",
    "NOT_FOUND": "The org does not have it: run `provision diff` to see what it has.",
}
_OTHERWISE: Final = "Look the code up in Salesforce's API documentation; Setup may say more."


def refusal(code: str, message: str) -> OrgRefused:
    """The error for an org's error code and message, with the step that comes next."""
    said = message if message.startswith(code) else f"{code}: {message}"
    return OrgRefused(said, code=code, next_step=_NEXT_STEPS.get(code, _OTHERWISE))


def session_refused(session: Session, said: str) -> LoginRefused:
    """The error for a session that the org does not take (any more)."""
    return LoginRefused(
        f"{session.instance_url} refused the session ({session.reached_by}): {said}",
        code=SESSION_GONE,
        next_step="Log in again. If the token is fresh, the org's API Access Control or the "
        "user's API Enabled permission may stand in the way: `provision doctor` tells.",
    )
