"""Users, profiles and permission sets: how they are connected, and what they permit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from provision.localorg.clock import record_stamp
from provision.localorg.domain.org import Org
from provision.localorg.domain.people_sobjects import PERMISSIONS
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.sobjects import SOBJECTS
from provision.localorg.store.ids import short_id
from provision.localorg.store.rows import Json, Row

__all__ = [
    "ADMIN",
    "add_group",
    "add_profile",
    "add_record",
    "add_user",
    "has_permission",
    "is_frozen",
    "permission_set_ids_of",
    "profile_permission_set",
    "refresh_user",
    "remove_profile",
    "require_metadata_access",
    "user_by_username",
    "username_of",
]


ADMIN: Final = "admin@localorg.example"
"""The username of the default seed's administrator."""


def add_record(org: Org, name: str, values: Mapping[str, Json], *, author: str = "") -> Row:
    """Add a record, with defaults, id and system columns filled in."""
    sobject = SOBJECTS[name]
    row: Row = {column.name: column.default for column in sobject.columns}
    row.update(values)
    row["Id"] = row.get("Id") or org.database.new_id(sobject.prefix)
    now = record_stamp(org.clock.now())
    system = {
        "CreatedDate": now,
        "LastModifiedDate": now,
        "SystemModstamp": now,
        "CreatedById": author or row["Id"],
        "LastModifiedById": author or row["Id"],
    }
    row.update({key: value for key, value in system.items() if key in row})
    org.records.put(name, row)
    return row


def add_profile(org: Org, values: Mapping[str, Json], *, author: str = "") -> Row:
    """Add a profile, and the permission set that it owns (DOC: every profile owns one)."""
    profile = add_record(org, "Profile", values, author=author)
    name = f"X{short_id(str(profile['Id']))}"
    owned: dict[str, Json] = {
        "Name": name,
        "Label": name,
        "ProfileId": profile["Id"],
        "LicenseId": profile["UserLicenseId"],
        "IsOwnedByProfile": True,
        "IsCustom": False,
        "Type": "Profile",
    }
    owned.update({permission: profile[permission] for permission in PERMISSIONS})
    add_record(org, "PermissionSet", owned, author=author)
    return profile


def add_group(org: Org, name: str, permission_set_ids: Iterable[str]) -> Row:
    """Add a permission set group. Returns the permission set that it owns.

    DOC: users are assigned that permission set; it includes those in the group.
    """
    group = add_record(org, "PermissionSetGroup", {"DeveloperName": name, "MasterLabel": name})
    for permission_set_id in permission_set_ids:
        add_record(
            org,
            "PermissionSetGroupComponent",
            {"PermissionSetGroupId": group["Id"], "PermissionSetId": permission_set_id},
        )
    own = f"X{short_id(str(group['Id']))}"
    values: dict[str, Json] = {
        "Name": own,
        "Label": name,
        "IsCustom": False,
        "Type": "Group",
        "PermissionSetGroupId": group["Id"],
    }
    return add_record(org, "PermissionSet", values)


def remove_profile(org: Org, profile: Row) -> None:
    """Delete a profile with its permission set. Raises :class:`Refused` if a user has it."""
    if org.records.where("User", {"ProfileId": profile["Id"]}):
        raise Refused(
            "DELETE_FAILED", "Your attempt to delete the profile failed: users are assigned to it"
        )
    owned = profile_permission_set(org, str(profile["Id"]))
    for access in org.records.where("SetupEntityAccess", {"ParentId": owned["Id"]}):
        org.records.delete("SetupEntityAccess", str(access["Id"]))
    org.records.delete("PermissionSet", str(owned["Id"]))
    org.records.delete("Profile", str(profile["Id"]))


def add_user(org: Org, values: Mapping[str, Json], *, author: str = "") -> Row:
    """Add a user, assigned to the profile's permission set. No other org may have the username."""
    username = str(values["Username"])
    if username_of(org, username):
        raise Refused(
            "DUPLICATE_USERNAME",
            "Duplicate Username. The username already exists in this or another Salesforce"
            " organization. Usernames must be unique across all Salesforce organizations.",
            fields=("Username",),
        )
    full_name = f"{values.get('FirstName') or ''} {values.get('LastName') or ''}".strip()
    user = add_record(org, "User", {**values, "Name": full_name}, author=author)
    _register(org, user)
    _assign_profile(org, user)
    add_record(org, "UserLogin", {"UserId": user["Id"]}, author=author or str(user["Id"]))
    return user


def is_frozen(org: Org, user_id: str) -> bool:
    """Whether an admin, or Salesforce itself, has frozen a user (DOC: ``UserLogin.IsFrozen``)."""
    rows = org.records.where("UserLogin", {"UserId": user_id})
    return any(row["IsFrozen"] is True for row in rows)


def refresh_user(org: Org, user: Row) -> None:
    """Update the registered username and the profile's assignment after a change of the user."""
    org.database.execute(
        "DELETE FROM username WHERE org = ? AND user = ?", (org.id, str(user["Id"]))
    )
    _register(org, user)
    for assignment in org.records.where("PermissionSetAssignment", {"AssigneeId": user["Id"]}):
        owner = org.records.get("PermissionSet", str(assignment["PermissionSetId"]))
        if owner and owner["IsOwnedByProfile"]:
            org.records.delete("PermissionSetAssignment", str(assignment["Id"]))
    _assign_profile(org, user)


def _register(org: Org, user: Row) -> None:
    org.database.execute(
        "INSERT OR REPLACE INTO username VALUES (?, ?, ?)",
        (str(user["Username"]), org.id, str(user["Id"])),
    )


def _assign_profile(org: Org, user: Row) -> None:
    owned = profile_permission_set(org, str(user["ProfileId"]))
    add_record(
        org,
        "PermissionSetAssignment",
        {"AssigneeId": user["Id"], "PermissionSetId": owned["Id"]},
    )


def profile_permission_set(org: Org, profile_id: str) -> Row:
    """The permission set that a profile owns. Raises :class:`Refused` for an unknown profile."""
    profile = org.records.get("Profile", profile_id)
    owned = org.records.where("PermissionSet", {"ProfileId": profile["Id"]}) if profile else []
    if not owned:
        raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return owned[0]


def username_of(org: Org, username: str) -> tuple[str, str] | None:
    """The (org id, user id) of a username on this server, or ``None``."""
    rows = org.database.rows("SELECT org, user FROM username WHERE username = ?", (username,))
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def user_by_username(org: Org, username: str) -> Row | None:
    """The user of this org with a username, or ``None``."""
    found = username_of(org, username)
    return org.records.get("User", found[1]) if found and found[0] == org.id else None


def permission_set_ids_of(org: Org, user_id: str) -> set[str]:
    """The ids of a user's permission sets, including the profile's and those of groups."""
    rows = org.records.where("PermissionSetAssignment", {"AssigneeId": user_id})
    groups = {str(row["PermissionSetGroupId"]) for row in rows if row["PermissionSetGroupId"]}
    from_groups = {
        str(row["PermissionSetId"])
        for group in groups
        for row in org.records.where("PermissionSetGroupComponent", {"PermissionSetGroupId": group})
    }
    return {str(row["PermissionSetId"]) for row in rows} | from_groups


def has_permission(org: Org, user_id: str, permission: str) -> bool:
    """Whether a profile or permission set gives a user a permission."""
    sets = (org.records.get("PermissionSet", each) for each in permission_set_ids_of(org, user_id))
    return any(row is not None and row.get(f"Permissions{permission}") for row in sets)


def require_metadata_access(org: Org, user_id: str) -> None:
    """Raise :class:`Refused` unless a user may use the Metadata API (DOC)."""
    if has_permission(org, user_id, "ModifyAllData") or has_permission(
        org, user_id, "ModifyMetadata"
    ):
        return
    raise Refused(
        "INSUFFICIENT_ACCESS",
        "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata"
        " permissions",
        status=403,
    )
