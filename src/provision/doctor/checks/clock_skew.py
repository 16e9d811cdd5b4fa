"""Whether this machine's clock agrees with the org's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.errors import OrgRefused
from provision.findings import Finding, Severity
from provision.org.failure import translated

__all__ = ["ClockSkew"]

_MOST_SECONDS: Final = 60


class ClockSkew:
    """The Date header of an answer, against the clock here.

    DOC: an assertion of the JWT bearer flow may expire at most 3 minutes after the org's now, and
    must not have expired. A clock that is wrong by a minute or more eats up that room.
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
    """How many seconds this machine is ahead of the org; the answer's own way is halved."""
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
