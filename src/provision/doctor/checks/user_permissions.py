"""Whether the session's user has the permissions that the specs' deployment needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.doctor.finding import CheckFinding, Severity
from provision.doctor.permission import permissions_of
from provision.errors import OrgRefused
from provision.spec.model import PermissionSetGrant, ProfileGrant

__all__ = ["UserPermissions"]


@dataclass(frozen=True, slots=True)
class _Need:
    """A permission by API name, or one of several that do as well, and what it is for."""

    any_of: tuple[str, ...]
    severity: Severity
    purpose: str


# DOC: the Metadata API demands one of the first two. Whether a deploy also demands those of
# external client apps from an administrator, no source says: they are warnings.
_ALWAYS: Final = (
    _Need(("ModifyMetadata", "ModifyAllData"), Severity.ERROR, "the Metadata API"),
    _Need(("ViewSetup",), Severity.ERROR, "to see Setup"),
    _Need(
        ("ExternalClientAppViewer", "ExternalClientAppAdmin", "ExternalClientAppDeveloper"),
        Severity.WARNING,
        "to see external client apps",
    ),
    _Need(("ExternalClientAppDeveloper",), Severity.WARNING, "to create apps and edit settings"),
    _Need(("ExternalClientAppAdmin",), Severity.WARNING, "to edit policies"),
)
_TO_ASSIGN: Final = _Need(
    ("AssignPermissionSets", "ManageUsers"), Severity.ERROR, "to assign permission sets"
)
_TO_CREATE: Final = _Need(
    ("ManageProfilesPermissionsets",), Severity.ERROR, "to create profiles and permission sets"
)


class UserPermissions:
    """The user's permission sets, the profile's own among them, asked for each permission."""

    id: ClassVar = "user-permissions"
    title: ClassVar = (
        "The session's user has Modify Metadata (or Modify All Data), View Setup, External Client "
        "App Developer and Admin, and what the specs' assign_to and create need."
    )
    mending: ClassVar = "Give the user a permission set with it, or log in as one who has it."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[CheckFinding]:
        """A finding for each need that no permission of the user meets."""
        username = context.org.session.username
        if not username:
            raise OrgRefused(
                "the session does not tell whose it is",
                code="",
                next_step="Use a session whose app has the scope id, or openid.",
            )
        needs = _needs(context)
        names = tuple(dict.fromkeys(name for need in needs for name in need.any_of))
        held = permissions_of(context.org.rest, username, names)
        for need in needs:
            if any(held.get(name) for name in need.any_of):
                continue
            known = [name for name in need.any_of if name in held]
            listed = " or ".join(known or need.any_of)
            said = f"{username} lacks {listed}" if known else f"the org has no permission {listed}"
            severity = need.severity if known else Severity.NOTE
            yield CheckFinding(self.id, severity, f"{said}: {need.purpose}", self.mending)


def _needs(context: Context) -> Sequence[_Need]:
    grants = list(_grants(context))
    assigns = any(isinstance(each, PermissionSetGrant) and each.assign_to for each in grants)
    creates = any(each.create for each in grants)
    return (*_ALWAYS, *([_TO_ASSIGN] if assigns else []), *([_TO_CREATE] if creates else []))


def _grants(context: Context) -> Iterator[PermissionSetGrant | ProfileGrant]:
    for subject in context.subjects:
        policies = subject.spec.document.policies
        yield from policies.permission_sets or ()
        yield from policies.profiles or ()
