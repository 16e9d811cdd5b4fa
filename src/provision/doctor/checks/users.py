"""Whether the users whom the specs name exist and may log in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.doctor.check import Context, Subject
from provision.findings import Finding, Severity
from provision.org.org import ReadableOrg
from provision.plan.names import Missing, Wanted, missing, wanted

__all__ = ["Users"]


class Users:
    """Every username in the specs, looked up. A sandbox has its own: NAME.SANDBOX."""

    id: ClassVar = "users"
    title: ClassVar = "The users whom the specs name exist and are active."
    fix: ClassVar = (
        "Correct the username (a sandbox appends its name to it: ci@example.com.uat; use a "
        "variable, ci@example.com${suffix}), or activate the user in Setup."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each user who is not there, or inactive."""
        for subject in context.subjects:
            for each in _lacking(subject, context.org):
                said = f"{context.org.name} has no user {each.name!r}"
                yield Finding(
                    Severity.ERROR,
                    self.id,
                    f"the user {each.name} is inactive" if each.inactive else said,
                    self.fix,
                    app=subject.spec.app,
                    position=each.position,
                )


def _lacking(subject: Subject, org: ReadableOrg) -> Iterator[Missing]:
    users = wanted(subject.spec, subject.desired).users
    access = org.access.find(Wanted(users=users))
    found = missing(subject.spec, subject.desired, access)
    return (each for each in found if each.kind == "user")
