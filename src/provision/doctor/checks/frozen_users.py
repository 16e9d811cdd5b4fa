"""Whether the users whom the specs name are frozen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.catalogue.canonical import fold_name
from provision.doctor.check import Context
from provision.findings import Finding, Severity
from provision.org.rest import quoted_list
from provision.plan.names import wanted

__all__ = ["FrozenUsers"]


class FrozenUsers:
    """One query of ``UserLogin``.

    DOC (005318944): since April 2026 Salesforce freezes users who connect from anonymising
    networks, and revokes their refresh tokens. A frozen user is still active.
    """

    id: ClassVar = "frozen-users"
    title: ClassVar = "No user whom the specs name is frozen."
    fix: ClassVar = (
        "Find out why the user was frozen (Setup, Login History), then unfreeze the user in Setup, "
        "Users. A login through a VPN or proxy that hides its origin freezes a user again."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each user who cannot log in."""
        names = [
            (subject, name)
            for subject in context.subjects
            for name in wanted(subject.spec, subject.desired).users
        ]
        if not names:
            return
        rows = context.org.rest.query(
            "SELECT User.Username FROM UserLogin WHERE IsFrozen = true AND User.Username IN "
            f"{quoted_list([name for _, name in names])}"
        )
        frozen = {fold_name(str(row["User"]["Username"])) for row in rows}
        for subject, name in names:
            if fold_name(name) in frozen:
                message = f"the user {name} is frozen, and cannot log in"
                yield Finding(Severity.ERROR, self.id, message, self.fix, app=subject.spec.app)
