"""Whether the org takes the session for its API at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.errors import LoginRefused
from provision.findings import Finding, Severity
from provision.refusals.api import FRESH_TOKEN
from provision.refusals.dictionary import named

__all__ = ["ApiAccess"]

_FRESH: Final = named(FRESH_TOKEN)


class ApiAccess:
    """One harmless query.

    OBS: with API Access Control on, some orgs hand out a token and then refuse every call with it
    (INVALID_SESSION_ID, "This session is not valid for use with the API"). Logging in anew gives
    another such token, so that a client that retries never ends.
    """

    id: ClassVar = "api-access"
    title: ClassVar = "The org takes the session for its API."
    fix: ClassVar = (
        f"Log in again, once. If a fresh token is refused as well, likeliest first: {_FRESH.listed}"
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error if the org refuses the session."""
        try:
            context.org.rest.query("SELECT Id FROM Organization")
        except LoginRefused as error:
            yield Finding(Severity.ERROR, self.id, error.message, self.fix)
