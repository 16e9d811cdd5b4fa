"""Permission: which verbs need which user permissions, for doctor, messages and documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = [
    "NEEDS",
    "USE_ANY_API_CLIENT",
    "Need",
    "Occasion",
    "UserPermission",
    "VerbGroup",
    "needed_for",
    "permission_table",
]


@dataclass(frozen=True, slots=True)
class UserPermission:
    """A permission of a profile or permission set: its API name, and its label in Setup."""

    name: str
    label: str


class VerbGroup(StrEnum):
    """Verbs that need the same permissions."""

    READ = "plan, diff, lint --org, prove, doctor"
    WRITE = "apply, rollback, onboard, rotate certificate"
    DESTROY = "destroy"
    CREDENTIALS = "credentials"
    SETTING = "doctor --fix, credentials --open-setting"


class Occasion(StrEnum):
    """When a verb needs a permission."""

    ALWAYS = "yes"
    ASSIGNS = "for `assign_to`"
    CREATES = "for `create: true`"


@dataclass(frozen=True, slots=True)
class Need:
    """One permission, or several of which one is enough, and its purpose.

    ``documented`` is false if no source is certain: docs/unverified.md says how to check it.
    """

    any_of: tuple[UserPermission, ...]
    purpose: str
    verbs: tuple[VerbGroup, ...]
    occasion: Occasion = Occasion.ALWAYS
    documented: bool = True


USE_ANY_API_CLIENT: Final = UserPermission("UseAnyApiClient", "Use Any API Client")
"""DOC: admits its holder to every external client app, in spite of admin approval."""

_API_ENABLED: Final = UserPermission("ApiEnabled", "API Enabled")
_MODIFY_METADATA: Final = UserPermission(
    "ModifyMetadata", "Modify Metadata Through Metadata API Functions"
)
_MODIFY_ALL_DATA: Final = UserPermission("ModifyAllData", "Modify All Data")
_VIEW_SETUP: Final = UserPermission("ViewSetup", "View Setup and Configuration")
_APP_VIEWER: Final = UserPermission("ExternalClientAppViewer", "External Client App Viewer")
_APP_ADMIN: Final = UserPermission("ExternalClientAppAdmin", "External Client App Admin")
_APP_DEVELOPER: Final = UserPermission(
    "ExternalClientAppDeveloper", "External Client App Developer"
)
_ASSIGN: Final = UserPermission("AssignPermissionSets", "Assign Permission Sets")
_MANAGE_USERS: Final = UserPermission("ManageUsers", "Manage Users")
_MANAGE_SETS: Final = UserPermission(
    "ManageProfilesPermissionsets", "Manage Profiles and Permission Sets"
)
_VIEW_SECRET: Final = UserPermission("ViewClientSecret", "View Client Secret")
_CUSTOMIZE: Final = UserPermission("CustomizeApplication", "Customize Application")

NEEDS: Final[tuple[Need, ...]] = (
    Need((_API_ENABLED,), "to call the API at all", tuple(VerbGroup)),
    # DOC (readMetadata, listMetadata): reading metadata needs it as much as writing does.
    Need((_MODIFY_METADATA, _MODIFY_ALL_DATA), "for the Metadata API", tuple(VerbGroup)),
    Need((_VIEW_SETUP,), "to see Setup", tuple(VerbGroup)),
    Need(
        (_APP_VIEWER, _APP_ADMIN, _APP_DEVELOPER),
        "to see external client apps",
        (VerbGroup.READ,),
        documented=False,
    ),
    Need(
        (_APP_DEVELOPER,),
        "to create, change and delete apps",
        (VerbGroup.WRITE, VerbGroup.DESTROY),
        documented=False,
    ),
    Need((_APP_ADMIN,), "to edit policies", (VerbGroup.WRITE,), documented=False),
    Need(
        (_ASSIGN, _MANAGE_USERS),
        "to assign permission sets",
        (VerbGroup.WRITE,),
        Occasion.ASSIGNS,
    ),
    Need(
        (_MANAGE_SETS,),
        "to create profiles and permission sets",
        (VerbGroup.WRITE,),
        Occasion.CREATES,
    ),
    # DOC (stage OAuth credentials): both permissions, for keys and secrets alike.
    Need((_APP_DEVELOPER,), "to see consumers", (VerbGroup.CREDENTIALS,)),
    Need((_VIEW_SECRET,), "to see their secrets", (VerbGroup.CREDENTIALS,)),
    Need((_CUSTOMIZE,), "to change the org's settings", (VerbGroup.SETTING,)),
)
"""All needs, in the order in which they are shown."""


def needed_for(group: VerbGroup, occasions: Sequence[Occasion] = ()) -> tuple[Need, ...]:
    """What the verbs of ``group`` always need, and what they need on the ``occasions``."""
    wanted = {Occasion.ALWAYS, *occasions}
    return tuple(need for need in NEEDS if group in need.verbs and need.occasion in wanted)


def permission_table() -> str:
    """The table of permissions and verbs, in Markdown."""
    return "\n".join(_rows())


def _rows() -> Iterator[str]:
    yield f"| permission | {' | '.join(f'`{group}`' for group in VerbGroup)} |"
    yield f"|---|{'---|' * len(VerbGroup)}"
    for alternatives in dict.fromkeys(need.any_of for need in NEEDS):
        labels = " or ".join(permission.label for permission in alternatives)
        cells = [_cell(alternatives, group) for group in VerbGroup]
        yield f"| {labels} | {' | '.join(cells)} |"


def _cell(alternatives: tuple[UserPermission, ...], group: VerbGroup) -> str:
    for need in NEEDS:
        if need.any_of == alternatives and group in need.verbs:
            return need.occasion if need.documented else f"{need.occasion} (unverified)"
    return ""
