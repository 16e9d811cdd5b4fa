"""Access: who may use an app, by permission sets, profiles, users, assignments and grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provision.catalogue.canonical import fold_name
from provision.org.pool import Pool
from provision.org.rest import RestReader, RestWriter, quoted, quoted_list
from provision.plan.facts import Access, PermissionSet, Profile, User
from provision.plan.names import Wanted

__all__ = ["AccessReader", "AccessWriter", "Grant"]

_USER_PERMISSION: Final = "Permissions"
_SET_FIELDS: Final = "Id, Name, NamespacePrefix, IsOwnedByProfile, ProfileId, Profile.Name"


@dataclass(frozen=True, slots=True)
class Grant:
    """One ``SetupEntityAccess`` row: a permission set, or that of a profile, may use the app.

    ``name`` is the permission set's API name, or the profile's label.
    """

    id: str
    permission_set_id: str
    name: str
    is_profile: bool


class AccessReader:
    """Looks up who may use what."""

    def __init__(self, rest: RestReader, pool: Pool) -> None:
        self._rest = rest
        self._pool = pool

    def find(self, wanted: Wanted) -> Access:
        """Which of the ``wanted`` names the org has, and who is assigned what."""
        (sets, profiles), assigned = self._pool.both(
            lambda: self._sets_and_profiles(wanted.permission_sets, wanted.profiles),
            lambda: self._assigned(wanted.permission_sets, wanted.users),
        )
        names = {item.id: item.name for item in sets}
        users = {user.id: user for _, user in assigned}
        known = {fold_name(user.username) for user in users.values()}
        others = [name for name in wanted.users if fold_name(name) not in known]
        return Access.of(
            sets,
            profiles,
            [*users.values(), *self._users(others)],
            [(names[set_id], user.username) for set_id, user in assigned if set_id in names],
        )

    def profile_names(self) -> list[str]:
        """The labels of all profiles, in the org's language."""
        return sorted(str(row["Name"]) for row in self._rest.query("SELECT Name FROM Profile"))

    def permission_set_names(self) -> list[str]:
        """The API names of all permission sets that are not a profile's own."""
        soql = "SELECT Name, NamespacePrefix FROM PermissionSet WHERE IsOwnedByProfile = false"
        return sorted(map(_api_name, self._rest.query(soql)))

    def grants(self, app_id: str) -> list[Grant]:
        """Who may use the app with the id ``app_id``."""
        soql = (
            "SELECT Id, ParentId, Parent.Name, Parent.NamespacePrefix, Parent.IsOwnedByProfile, "
            f"Parent.Profile.Name FROM SetupEntityAccess WHERE SetupEntityId = {quoted(app_id)}"
        )
        return [_grant(row) for row in self._rest.query(soql)]

    def profile_named(self, name: str) -> Profile | None:
        """The profile with this label, or ``None``."""
        _, found = self._sets_and_profiles((), (name,))
        return found[0] if found else None

    def permission_set_id(self, name: str) -> str:
        """The id of the org's own permission set with this API name, empty if it has none."""
        return self._id(
            "PermissionSet",
            f"Name = {quoted(name)} AND NamespacePrefix = null AND IsOwnedByProfile = false",
        )

    def assignment_id(self, permission_set_id: str, user_id: str) -> str:
        """The id of the assignment of a permission set to a user, empty if there is none."""
        return self._id(
            "PermissionSetAssignment",
            f"PermissionSetId = {quoted(permission_set_id)} AND AssigneeId = {quoted(user_id)}",
        )

    def grant_id(self, permission_set_id: str, app_id: str) -> str:
        """The id of the grant of an app to a permission set, empty if there is none."""
        return self._id(
            "SetupEntityAccess",
            f"ParentId = {quoted(permission_set_id)} AND SetupEntityId = {quoted(app_id)}",
        )

    def uses_of(self, sobject: str, record_id: str) -> list[str]:
        """In words, why others need a permission set or profile that this session made.

        Somebody is assigned it, something is granted to it, or somebody else changed it. For other
        records the list is empty.
        """
        match sobject:
            case "PermissionSet":
                owner = f"PermissionSetId = {quoted(record_id)}"
                parent = f"ParentId = {quoted(record_id)}"
            case "Profile":
                owner = ""  # an org does not delete a profile that a user has
                parent = f"Parent.ProfileId = {quoted(record_id)}"
            case _:
                return []
        uses = []
        if owner and self._id("PermissionSetAssignment", owner):
            uses.append("somebody is assigned it")
        if self._id("SetupEntityAccess", parent):
            uses.append("something is granted to it")
        soql = f"SELECT CreatedById, LastModifiedById FROM {sobject} WHERE Id = {quoted(record_id)}"
        if any(row["CreatedById"] != row["LastModifiedById"] for row in self._rest.query(soql)):
            uses.append("somebody else changed it")
        return uses

    def _id(self, sobject: str, condition: str) -> str:
        rows = self._rest.query(f"SELECT Id FROM {sobject} WHERE {condition}")
        return str(rows[0]["Id"]) if rows else ""

    def _sets_and_profiles(
        self, sets: Sequence[str], profiles: Sequence[str]
    ) -> tuple[list[PermissionSet], list[Profile]]:
        conditions = []
        if sets:
            conditions.append(f"(IsOwnedByProfile = false AND Name IN {_bare_list(sets)})")
        if profiles:
            conditions.append(
                f"(IsOwnedByProfile = true AND Profile.Name IN {quoted_list(profiles)})"
            )
        if not conditions:
            return [], []
        rows = self._rest.query(
            f"SELECT {_SET_FIELDS} FROM PermissionSet WHERE {' OR '.join(conditions)}"
        )
        return (
            [PermissionSet(row["Id"], _api_name(row)) for row in rows if not _is_profile(row)],
            [
                Profile(row["ProfileId"], row["Profile"]["Name"], row["Id"])
                for row in rows
                if _is_profile(row)
            ],
        )

    def _users(self, usernames: Sequence[str]) -> list[User]:
        if not usernames:
            return []
        soql = f"SELECT Id, Username, IsActive FROM User WHERE Username IN {quoted_list(usernames)}"
        return [
            User(row["Id"], row["Username"], active=bool(row["IsActive"]))
            for row in self._rest.query(soql)
        ]

    def _assigned(self, sets: Sequence[str], usernames: Sequence[str]) -> list[tuple[str, User]]:
        """The permission sets, by id, that users have of those with these names.

        The permission set of the user's profile is included. Everybody has one, so the answer
        describes every user, even one who has no other. A name may exist in several namespaces:
        the caller tells them apart by id.
        """
        if not sets or not usernames:
            return []
        rows = self._rest.query(
            "SELECT PermissionSetId, AssigneeId, Assignee.Username, Assignee.IsActive "
            f"FROM PermissionSetAssignment WHERE Assignee.Username IN {quoted_list(usernames)} "
            f"AND (PermissionSet.Name IN {_bare_list(sets)} "
            "OR PermissionSet.IsOwnedByProfile = true)"
        )
        return [(str(row["PermissionSetId"]), _assignee(row)) for row in rows]


class AccessWriter(AccessReader):
    """Changes who may use what. Each method makes one record, which can be removed by its id."""

    def __init__(self, rest: RestWriter, pool: Pool) -> None:
        super().__init__(rest, pool)
        self._writer = rest

    def create_permission_set(self, name: str, label: str) -> PermissionSet:
        """Create an empty permission set without a licence, so that anybody can be assigned it."""
        created = self._writer.create(
            "PermissionSet",
            {"Name": name, "Label": label},
            what=f"the creation of permission set {name}",
        )
        return PermissionSet(created, name)

    def clone_profile(self, name: str, source: Profile) -> str:
        """Create a profile with the licence and user permissions of ``source``, and return its id.

        DOC: a profile made through the API starts empty; object and field permissions of the
        source are not copied.
        """
        original = self._rest.get(f"sobjects/Profile/{source.id}")
        fields: dict[str, object] = {
            field: True
            for field, value in original.items()
            if field.startswith(_USER_PERMISSION) and value is True
        }
        fields |= {
            "Name": name,
            "Description": f"Clone of {source.name}",
            "UserLicenseId": original["UserLicenseId"],
        }
        return self._writer.create("Profile", fields, what=f"the creation of profile {name}")

    def assign(self, permission_set: PermissionSet, user: User) -> str:
        """Assign a permission set to a user, and return the id of the assignment."""
        return self._writer.create(
            "PermissionSetAssignment",
            {"PermissionSetId": permission_set.id, "AssigneeId": user.id},
            what=f"the assignment of permission set {permission_set.name} to {user.username}",
        )

    def grant(
        self, permission_set_id: str, app_id: str, *, what: str = "the grant of an app"
    ) -> str:
        """Let a permission set (or that of a profile) use an app, and return the id of the grant.

        ``what`` is the grant in words.
        """
        return self._writer.create(
            "SetupEntityAccess",
            {"ParentId": permission_set_id, "SetupEntityId": app_id},
            what=what,
        )

    def remove(self, sobject: str, record_id: str, *, what: str = "a record") -> None:
        """Delete a record that one of the other methods created, or a grant.

        ``what`` is the record in words.
        """
        self._writer.delete(sobject, record_id, what=f"the removal of {what}")


def _bare_list(names: Iterable[str]) -> str:
    """A SOQL list of the names without their namespaces, which are in another field."""
    return quoted_list(name.rpartition("__")[2] for name in names)


def _assignee(row: Mapping[str, Any]) -> User:
    user = row["Assignee"]
    return User(row["AssigneeId"], user["Username"], active=bool(user["IsActive"]))


def _is_profile(row: Mapping[str, Any]) -> bool:
    return bool(row["IsOwnedByProfile"]) and isinstance(row.get("Profile"), Mapping)


def _api_name(row: Mapping[str, Any]) -> str:
    prefix = row.get("NamespacePrefix")
    return f"{prefix}__{row['Name']}" if prefix else str(row["Name"])


def _grant(row: Mapping[str, Any]) -> Grant:
    parent = row.get("Parent") or {}
    is_profile = _is_profile(parent) if "IsOwnedByProfile" in parent else False
    name = parent["Profile"]["Name"] if is_profile else _api_name({"Name": "", **parent})
    return Grant(str(row["Id"]), str(row["ParentId"]), str(name), is_profile)
