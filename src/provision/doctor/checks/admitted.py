"""Whether an admin-approved app admits anybody, as the org has its users today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.findings import Finding, Severity
from provision.org.org import ReadableOrg
from provision.plan.names import Wanted
from provision.plan.widening import Admission, Widening
from provision.spec.spec import Spec

__all__ = ["Admitted"]

_NOBODY: Final = Admission()


class Admitted:
    """The active users whom the profiles and permission sets of a spec let in.

    What provision itself is to make or assign is not looked at: nobody has it yet. Users of a
    permission set group count.
    """

    id: ClassVar = "admitted"
    title: ClassVar = "An admin-approved app names profiles or permission sets that somebody has."
    fix: ClassVar = (
        "Assign one of them to those who are to use the app: assign_to: [USERNAME] beside a "
        "permission set in the spec, or in Setup."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for each app that no active user could use."""
        for subject in context.subjects:
            named = _there_already(subject.spec)
            if named.is_empty or not _all_there(named, context.org):
                continue
            if context.org.headcount(Widening(named, _NOBODY)).newly != 0:
                continue
            key = "permission_sets" if named.permission_sets else "profiles"
            called = ", ".join((*named.profiles, *named.permission_sets))
            yield Finding(
                Severity.WARNING,
                self.id,
                f"{subject.spec.app} is for admin-approved users, and no active user has what it "
                f"names ({called}): nobody can use it",
                self.fix,
                app=subject.spec.app,
                position=subject.spec.positions.of(("policies", key)),
                key=f"policies.{key}",
            )


def _all_there(named: Admission, org: ReadableOrg) -> bool:
    """Whether the org has all the names: another check tells of those that it lacks."""
    found = org.access.find(Wanted(named.permission_sets, named.profiles))
    return all(map(found.permission_set, named.permission_sets)) and all(
        map(found.profile, named.profiles)
    )


def _there_already(spec: Spec) -> Admission:
    """What the spec names and the org is to have; nothing where provision makes or assigns some."""
    policies = spec.document.policies
    profiles, sets = policies.profiles or (), policies.permission_sets or ()
    if policies.permitted_users != "admin_approved":
        return _NOBODY
    makes = any(each.create for each in profiles) or any(each.create for each in sets)
    if makes or any(each.assign_to for each in sets):
        return _NOBODY
    return Admission(
        profiles=tuple(each.name for each in profiles),
        permission_sets=tuple(each.name for each in sets),
    )
