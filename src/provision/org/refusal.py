"""Refusals: an org's error as an error of ours, with the next step of the dictionary."""

from __future__ import annotations

from typing import Final

from provision.errors import LoginRefused, OrgRefused
from provision.org.session import Session
from provision.refusals.api import FRESH_TOKEN
from provision.refusals.dictionary import named, next_step

__all__ = ["SESSION_GONE", "refusal", "session_refused"]

SESSION_GONE: Final = "INVALID_SESSION_ID"

_OF_NEW_TOKEN: Final = (
    f"{named(FRESH_TOKEN).next_step} If the org took it before in this run, it has ended: run it "
    "again."
)


def refusal(code: str, message: str) -> OrgRefused:
    """The error for an org's error code and message, with the step that comes next."""
    said = message if message.startswith(code) else f"{code}: {message}"
    return OrgRefused(said, code=code, next_step=next_step(said))


def session_refused(session: Session, said: str) -> LoginRefused:
    """The error for a session that the org does not take (any more).

    One that this run logged in for has hardly ended: its causes are those of a fresh token.
    """
    return LoginRefused(
        f"{session.instance_url} refused the session ({session.reached_by}): {said}",
        code=SESSION_GONE,
        next_step=_OF_NEW_TOKEN if session.is_new else next_step(f"{SESSION_GONE}: {said}"),
    )
