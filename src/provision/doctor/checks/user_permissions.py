"""Whether the session's user has the permissions that the specs' deployment needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from provision.doctor.check import Context
from provision.doctor.permission import permissions_of
from provision.errors import OrgRefused
from provision.findings import Finding, Severity
from provision.org.permission import Need, Occasion, VerbGroup, needed_for
from provision.spec.model import PermissionSetGrant, ProfileGrant

__all__ = ["UserPermissions"]


class UserPermissions:
    """The user's permission sets, the profile's own among them, asked for each permission."""

    id: ClassVar = "user-permissions"
    title: ClassVar = (
        "The session's user has the permissions that `apply` needs (table below), and what the "
        "specs' assign_to and create need."
    )
    fix: ClassVar = "Give the user a permission set with it, or log in as one who has it."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A finding for each need that no permission of the user meets."""
        username = context.org.session.username
        if not username:
            raise OrgRefused(
                "the session does not tell whose it is",
                code="",
                next_step="Use a session whose app has the scope id, or openid.",
            )
        needs = _needs(context)
        names = tuple(dict.fromkeys(each.name for need in needs for each in need.any_of))
        held = permissions_of(context.org.rest, username, names)
        for need in needs:
            if any(held.get(each.name) for each in need.any_of):
                continue
            known = [each for each in need.any_of if each.name in held]
            listed = " or ".join(each.label for each in known or need.any_of)
            said = f"{username} lacks {listed}" if known else f"the org has no permission {listed}"
            severity = _severity(need) if known else Severity.NOTE
            yield Finding(severity, self.id, f"{said}: {need.purpose}", self.fix)


def _severity(need: Need) -> Severity:
    """Whether a deploy demands it, no source says for certain: then it is a warning."""
    return Severity.ERROR if need.documented else Severity.WARNING


def _needs(context: Context) -> Sequence[Need]:
    """What `apply` needs; it reads first, as `plan` does."""
    grants = list(_grants(context))
    occasions = []
    if any(isinstance(each, PermissionSetGrant) and each.assign_to for each in grants):
        occasions.append(Occasion.ASSIGNS)
    if any(each.create for each in grants):
        occasions.append(Occasion.CREATES)
    return tuple(
        dict.fromkeys(
            (*needed_for(VerbGroup.READ), *needed_for(VerbGroup.WRITE, occasions)),
        )
    )


def _grants(context: Context) -> Iterator[PermissionSetGrant | ProfileGrant]:
    for subject in context.subjects:
        policies = subject.spec.document.policies
        yield from policies.permission_sets or ()
        yield from policies.profiles or ()
