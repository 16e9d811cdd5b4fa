"""Who may use an app: SetupEntityAccess rows, which a policy's two lists show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provision.catalogue.canonical import fold_name
from provision.localorg.clock import record_stamp
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import (
    add_record,
    permission_set_ids_of,
    profile_permission_set,
)
from provision.localorg.domain.problem import Refused
from provision.localorg.store.rows import Row

__all__ = [
    "GRANTEE_FIELDS",
    "Grantees",
    "grant",
    "granted_names",
    "is_granted",
    "resolve",
    "revoke_all",
    "ungrant",
]

ENTITY_TYPE = "ExternalClientApplication"


@dataclass(frozen=True, slots=True)
class Grantees:
    """One of a policy's two lists: its field, and the word for its entries in messages."""

    field: str
    noun: str
    of_profiles: bool


GRANTEE_FIELDS = (
    Grantees("commaSeparatedPermissionSet", "permission set", of_profiles=False),
    Grantees("commaSeparatedProfile", "profile", of_profiles=True),
)


def resolve(org: Org, grantees: Grantees, names: Iterable[str]) -> dict[str, str]:
    """The permission set id of each name: of the set itself, or of the one that a profile owns.

    Permission sets have their API name here, profiles their label. Ids do not work, although the
    documentation says so (OBS). Raises :class:`Refused`, which lists the names not found.
    """
    known = _known(org, grantees)
    found: dict[str, str] = {}
    missing: list[str] = []
    for name in names:
        grantee = known.get(fold_name(name))
        if grantee is None:
            missing.append(name)
        else:
            found[name] = grantee[1]
    if missing:
        raise Refused(
            "INVALID_FIELD",
            f"We couldn't find {grantees.noun}s called {', '.join(missing)}",
            element=grantees.field,
        )
    return found


def _known(org: Org, grantees: Grantees) -> dict[str, tuple[str, str]]:
    """The name and permission set id of every possible grantee, by name in lower case."""
    known: dict[str, tuple[str, str]] = {}
    for row in org.records.all("PermissionSet"):
        if bool(row["IsOwnedByProfile"]) is not grantees.of_profiles or row["Type"] == "Group":
            continue
        name = _name(org, row)
        known[fold_name(name)] = (name, str(row["Id"]))
    return known


def _name(org: Org, permission_set: Row) -> str:
    if permission_set["IsOwnedByProfile"]:
        profile = org.records.get("Profile", str(permission_set["ProfileId"]))
        return str(profile["Name"]) if profile else ""
    prefix = permission_set["NamespacePrefix"]
    name = str(permission_set["Name"])
    return f"{prefix}__{name}" if prefix else name


def granted_names(org: Org, app_id: str, grantees: Grantees) -> list[str]:
    """The names in one list of an app's policy, in no particular order."""
    by_id = {identifier: name for name, identifier in _known(org, grantees).values()}
    rows = org.records.where("SetupEntityAccess", {"SetupEntityId": app_id})
    return org.shuffled([by_id[str(r["ParentId"])] for r in rows if str(r["ParentId"]) in by_id])


def grant(org: Org, app_id: str, parent_id: str) -> Row | None:
    """Grant an app to a permission set. Returns ``None`` if it is granted already."""
    key: Row = {"ParentId": parent_id, "SetupEntityId": app_id}
    if org.records.where("SetupEntityAccess", key):
        return None
    return add_record(org, "SetupEntityAccess", {**key, "SetupEntityType": ENTITY_TYPE})


def ungrant(org: Org, app_id: str, parent_id: str) -> None:
    """Remove a grant."""
    key: Row = {"ParentId": parent_id, "SetupEntityId": app_id}
    for row in org.records.where("SetupEntityAccess", key):
        org.records.delete("SetupEntityAccess", str(row["Id"]))


def revoke_all(org: Org, app_id: str) -> None:
    """Remove every grant of an app."""
    for row in org.records.where("SetupEntityAccess", {"SetupEntityId": app_id}):
        org.records.delete("SetupEntityAccess", str(row["Id"]))


def is_granted(org: Org, app_id: str, user: Row) -> bool:
    """Whether a user has an app through a permission set, or through the profile.

    Reports disagree on whether a profile's grant is enough, so that is a quirk.
    """
    owned = permission_set_ids_of(org, str(user["Id"]))
    if not org.quirks.profile_grant_suffices:
        owned.discard(str(profile_permission_set(org, str(user["ProfileId"]))["Id"]))
    rows = org.records.where("SetupEntityAccess", {"SetupEntityId": app_id})
    return any(str(row["ParentId"]) in owned and _has_arrived(org, row) for row in rows)


def _has_arrived(org: Org, access: Row) -> bool:
    """Whether a grant has reached every server: it takes time, like a change of the app."""
    delay = org.quirks.propagation_seconds
    moment = record_stamp(org.clock.now() - delay)
    return not delay or str(access["SystemModstamp"]) <= moment
