"""Who may use an admin-approved app without being approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.errors import OrgRefused
from provision.findings import Finding, Severity
from provision.org.permission import USE_ANY_API_CLIENT
from provision.org.rest import RestReader

__all__ = ["ApprovalBypass"]

_MOST_NAMES: Final = 5
_NO_SUCH_COLUMN: Final = "INVALID_FIELD"
_PERMITTED_USERS: Final = ("policies", "permitted_users")


class ApprovalBypass:
    """The holders of Use Any API Client.

    DOC (preauth_user_app_access_through_eca): they may use every external client app, one for
    admin-approved users included.
    """

    id: ClassVar = "approval-bypass"
    title: ClassVar = "Nobody passes by the admin approval of an app (Use Any API Client)."
    fix: ClassVar = (
        "Take Use Any API Client away from those who do not need it, or accept that they may use "
        "every app of the org. To cure a refusal by API Access Control, approve the app instead."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning, with numbers and some names, for each app that is admin approved."""
        approved = [
            subject.spec
            for subject in context.subjects
            if subject.spec.document.policies.permitted_users == "admin_approved"
        ]
        holders = _holders(context.org.rest) if approved else ()
        if not holders:
            return
        count = "1 active user has" if len(holders) == 1 else f"{len(holders)} active users have"
        shown = ", ".join(holders[:_MOST_NAMES])
        more = f" and {len(holders) - _MOST_NAMES} more" if len(holders) > _MOST_NAMES else ""
        for spec in approved:
            yield Finding(
                Severity.WARNING,
                self.id,
                f"{count} {USE_ANY_API_CLIENT.label}, and may use {spec.app} without being "
                f"approved: {shown}{more}",
                self.fix,
                app=spec.app,
                position=spec.positions.of(_PERMITTED_USERS),
                key=".".join(_PERMITTED_USERS),
            )


def _holders(rest: RestReader) -> Sequence[str]:
    """The usernames of all who have it; nobody where the org has no such permission."""
    soql = (
        "SELECT Assignee.Username FROM PermissionSetAssignment WHERE "
        f"PermissionSet.Permissions{USE_ANY_API_CLIENT.name} = true AND Assignee.IsActive = true"
    )
    try:
        rows = rest.query(soql)
    except OrgRefused as error:
        if error.code != _NO_SUCH_COLUMN:
            raise
        return ()
    return sorted({str(row["Assignee"]["Username"]) for row in rows})
