"""Whether the org's API Access Control lets the apps of the specs call the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from provision.catalogue.org_settings import CONNECTED_APP_SETTINGS
from provision.doctor.check import Context
from provision.findings import Finding, Severity
from provision.org.org_settings import switches

__all__ = ["ApiAccessControl"]

_ONLY_APPROVED: Final = "enableAdminApprovedAppsOnly"
_PERMITTED_USERS: Final = ("policies", "permitted_users")


class ApiAccessControl:
    """A read of ConnectedAppSettings.

    DOC: with ``enableAdminApprovedAppsOnly`` only an app that an administrator has approved may
    call the API. The login succeeds all the same, and its token is refused.
    """

    id: ClassVar = "api-access-control"
    title: ClassVar = (
        "Where API Access Control is on, the specs' apps are for admin-approved users."
    )
    fix: ClassVar = (
        "Set policies.permitted_users: admin_approved, and name profiles or permission sets. Do "
        "not hand out Use Any API Client for it: its holders may use every app of the org."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each app that lets its users authorize themselves."""
        if not switches(context.org.metadata, CONNECTED_APP_SETTINGS).get(_ONLY_APPROVED):
            return
        for subject in context.subjects:
            spec = subject.spec
            permitted = spec.document.policies.permitted_users
            if permitted == "admin_approved":
                continue
            surely = permitted == "self_authorized"
            said = "is" if surely else "may be"
            yield Finding(
                Severity.ERROR if surely else Severity.WARNING,
                self.id,
                f"API Access Control is on ({_ONLY_APPROVED}), and {spec.app} {said} for users who "
                "authorize themselves: the API refuses its tokens",
                self.fix,
                app=spec.app,
                position=spec.positions.of(_PERMITTED_USERS),
                key=".".join(_PERMITTED_USERS),
            )
