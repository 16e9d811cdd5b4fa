"""Whether the session works: the org accepts it, with this API version and this clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import ClassVar, Final

from provision.catalogue.catalogue import path_of
from provision.catalogue.violation import violations
from provision.doctor.check import Context, Subject
from provision.errors import LoginRefused, OrgRefused
from provision.findings import Finding, Severity
from provision.org.failure import translated
from provision.org.session import is_jwt_format
from provision.refusals.api import FRESH_TOKEN
from provision.refusals.dictionary import named
from provision.spec.position import dotted

__all__ = ["CHECKS", "ApiAccess", "ApiVersion", "ClockSkew", "TokenKind"]

_FRESH: Final = named(FRESH_TOKEN)
_JWT_TOKENS_LIST_SINCE: Final = 68
_MOST_SECONDS: Final = 60


class ApiAccess:
    """One harmless query.

    OBS: with API Access Control on, some orgs hand out a token and then refuse every call with it
    (INVALID_SESSION_ID, "This session is not valid for use with the API"). Logging in again gives
    another such token, so a client that retries never stops.
    """

    id: ClassVar = "api-access"
    title: ClassVar = "The org accepts the session for its API."
    fix: ClassVar = (
        f"Log in again, once. If a fresh token is refused too, likeliest first: {_FRESH.listed}"
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error if the org refuses the session."""
        try:
            context.org.rest.query("SELECT Id FROM Organization")
        except LoginRefused as error:
            yield Finding(Severity.ERROR, self.id, error.message, self.fix)


class TokenKind:
    """A look at the token itself.

    OBS: below API 68 an org lists no metadata for a JWT-format token, and gives no error: an app
    that exists looks as if it did not.
    """

    id: ClassVar = "token-kind"
    title: ClassVar = "The org shows metadata for the kind of the access token."
    fix: ClassVar = (
        "Use API 68 or newer, or the session of an app whose access tokens are opaque "
        "(oauth.jwt_access_tokens: false)."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for a JWT-format token with an API that hides metadata from it."""
        org = context.org
        if org.api_version < _JWT_TOKENS_LIST_SINCE and is_jwt_format(org.session.access_token):
            yield Finding(
                Severity.ERROR,
                self.id,
                f"the access token is JWT-format, for which an org shows no metadata below API "
                f"{_JWT_TOKENS_LIST_SINCE}; this is API {org.api_version}",
                self.fix,
            )


class ApiVersion:
    """Every field that a spec asks for, compared with the field catalogue."""

    id: ClassVar = "api-version"
    title: ClassVar = "The API version has every field and value that the specs ask for."
    fix: ClassVar = (
        "Leave --api-version out to use the newest, or remove the key from the spec until the org "
        "has been upgraded. `provision explain FIELD` says which versions know it."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each field or value that another version would know.

        A warning where sources disagree on the version.
        """
        for subject in context.subjects:
            yield from self._of(subject, context.org.api_version)

    def _of(self, subject: Subject, version: int) -> Iterator[Finding]:
        for component in subject.desired:
            for violation in violations(component, version):
                if not violation.version_bound:
                    continue
                path = path_of(component.type, violation.field) if violation.field else ()
                yield Finding(
                    Severity.WARNING if violation.disputed else Severity.ERROR,
                    self.id,
                    violation.message,
                    self.fix,
                    app=subject.spec.app,
                    position=subject.spec.positions.of(path),
                    key=dotted(path),
                )


class ClockSkew:
    """The Date header of an answer, against the clock here.

    DOC: an assertion of the JWT bearer flow may expire at most 3 minutes after the org's now, and
    must not have expired. A clock that is wrong by a minute or more uses up that time.
    """

    id: ClassVar = "clock-skew"
    title: ClassVar = "This machine's clock is within 60 seconds of the org's."
    fix: ClassVar = "Set this machine's clock by NTP (`timedatectl set-ntp true`)."
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for a clock that is off, where a spec logs in by JWT; a warning elsewhere."""
        seconds = _skew(context)
        if abs(seconds) <= _MOST_SECONDS:
            return
        logs_in = any(subject.spec.certificate for subject in context.subjects)
        way = "ahead of" if seconds > 0 else "behind"
        yield Finding(
            Severity.ERROR if logs_in else Severity.WARNING,
            self.id,
            f"this machine's clock is {abs(seconds):.0f} seconds {way} the org's: "
            "JWT logins are refused",
            self.fix,
        )


def _skew(context: Context) -> float:
    """How many seconds this machine is ahead of the org, as of the middle of the request."""
    url = f"{context.org.session.instance_url}/services/data"
    before = context.clock.time()
    response = translated(url, lambda: context.org.http.get(url))
    after = context.clock.time()
    try:
        date = parsedate_to_datetime(response.headers.get("Date", "")).replace(tzinfo=UTC)
    except ValueError as error:
        raise OrgRefused(
            f"{url} answers without a date", code="", next_step="A proxy may have removed it."
        ) from error
    return (before + after) / 2 - date.timestamp()


CHECKS: Final = (
    ApiAccess(),
    TokenKind(),
    ApiVersion(),
    ClockSkew(),
)
