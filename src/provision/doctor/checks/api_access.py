"""Whether the org takes the session for its API at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.doctor.check import Context
from provision.doctor.finding import CheckFinding, Severity
from provision.errors import LoginRefused

__all__ = ["ApiAccess"]


class ApiAccess:
    """One harmless query.

    OBS: with API Access Control on, some orgs hand out a token and then refuse every call with it
    (INVALID_SESSION_ID, "This session is not valid for use with the API"). Logging in anew gives
    another such token, so that a client that retries never ends.
    """

    id: ClassVar = "api-access"
    title: ClassVar = "The org takes the session for its API."
    mending: ClassVar = (
        "Log in again, once. If a fresh token is refused too: approve the app that the session "
        "came from (Setup, API Access Control; an external client app is approved with "
        "permitted_users: admin_approved), make sure that the user has API Enabled, and look at "
        "the login IP ranges of the user's profile."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[CheckFinding]:
        """An error if the org refuses the session."""
        try:
            context.org.rest.query("SELECT Id FROM Organization")
        except LoginRefused as error:
            yield CheckFinding(self.id, Severity.ERROR, error.message, self.mending)
