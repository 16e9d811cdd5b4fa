"""Usage: the users who have a token of an app, and what lets them use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from provision.errors import OrgRefused
from provision.org.permission import USE_ANY_API_CLIENT
from provision.org.rest import RestReader, quoted_list
from provision.plan.gate import AppUser

__all__ = ["app_users", "is_production", "users_of"]

_PAGE: Final = 100  # DOC: usage entries a page
_MOST_PAGES: Final = 50
_CHUNK: Final = 200  # ids in one query, well below the length that a URL may have
_ANY_CLIENT: Final = f"Permissions{USE_ANY_API_CLIENT.name}"
_NO_SUCH_COLUMN: Final = "INVALID_FIELD"
_ID_KEYS: Final = ("id", "userId", "identifier", "userIdentifier")


def app_users(rest: RestReader, app_id: str) -> tuple[AppUser, ...] | None:
    """The users who have a token of the app, ``None`` if the org does not tell.

    DOC: Connect REST's OAuth usage, from API 59. The names of its answer's fields are not
    documented clearly, so an answer of another shape counts as none.
    """
    try:
        ids = _user_ids(rest, app_id)
    except OrgRefused:
        return None
    if ids is None:
        return None
    return tuple(
        user
        for start in range(0, len(ids), _CHUNK)
        for user in users_of(rest, ids[start : start + _CHUNK])
    )


def is_production(rest: RestReader) -> bool | None:
    """Whether the org is a production org: no sandbox, trial, scratch or Developer Edition org.

    ``None`` if the org does not tell.
    """
    try:
        rows = rest.query(
            "SELECT IsSandbox, OrganizationType, TrialExpirationDate FROM Organization"
        )
    except OrgRefused:
        return None
    if not rows:
        return None
    org = rows[0]
    is_developers = str(org["OrganizationType"]) == "Developer Edition"
    return not org["IsSandbox"] and not is_developers and not org["TrialExpirationDate"]


def _user_ids(rest: RestReader, app_id: str) -> list[str] | None:
    found: list[str] = []
    for page in range(_MOST_PAGES):
        path = f"apps/oauth/usage/{app_id}/users?page={page}&pageSize={_PAGE}"
        answer = rest.get(path)
        users = answer.get("users")
        if not isinstance(users, Sequence):
            return None
        for user in users:
            user_id = _id(user)
            if not user_id:
                return None
            found.append(user_id)
        if not answer.get("nextPageUrl"):
            return found
    return None  # too many to read


def _id(user: object) -> str:
    if not isinstance(user, Mapping):
        return ""
    return next((str(user[key]) for key in _ID_KEYS if user.get(key)), "")


def users_of(rest: RestReader, ids: Sequence[str]) -> list[AppUser]:
    """The users with these ids, at most 200, with everything that may admit them to an app."""
    listed = quoted_list(ids)
    assignments = _assignments(rest, listed)
    brought = _brought_by_groups(rest, assignments)
    assigned: dict[str, set[str]] = {}
    passing: set[str] = set()
    for row in assignments:
        set_ids = {row["PermissionSetId"], *brought.get(row["PermissionSetGroupId"], ())}
        assigned.setdefault(row["AssigneeId"], set()).update(set_ids)
        if row.get("PermissionSet", {}).get(_ANY_CLIENT):
            passing.add(row["AssigneeId"])
    users = rest.query(f"SELECT Id, Username, ProfileId FROM User WHERE Id IN {listed}")
    return [
        AppUser(
            username=str(row["Username"]),
            permission_set_ids=frozenset(assigned.get(row["Id"], set())),
            profile_id=str(row["ProfileId"]),
            uses_any_client=row["Id"] in passing,
        )
        for row in users
    ]


def _assignments(rest: RestReader, listed: str) -> Sequence[Mapping[str, Any]]:
    """The users' permission sets, and Use Any API Client if the org has that permission."""
    fields = "AssigneeId, PermissionSetId, PermissionSetGroupId"
    source = f"FROM PermissionSetAssignment WHERE AssigneeId IN {listed}"
    try:
        return rest.query(f"SELECT {fields}, PermissionSet.{_ANY_CLIENT} {source}")
    except OrgRefused as error:
        if error.code != _NO_SUCH_COLUMN:
            raise
    return rest.query(f"SELECT {fields} {source}")


def _brought_by_groups(
    rest: RestReader, assignments: Sequence[Mapping[str, Any]]
) -> Mapping[str, set[str]]:
    """The permission sets of each permission set group, by the group's id.

    DOC: an assignment of a group names the group's own permission set, not those in the group.
    """
    groups = {row["PermissionSetGroupId"] for row in assignments if row["PermissionSetGroupId"]}
    found: dict[str, set[str]] = {}
    ordered = sorted(groups)
    for start in range(0, len(ordered), _CHUNK):
        for row in rest.query(
            "SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent "
            f"WHERE PermissionSetGroupId IN {quoted_list(ordered[start : start + _CHUNK])}"
        ):
            found.setdefault(row["PermissionSetGroupId"], set()).add(row["PermissionSetId"])
    return found
