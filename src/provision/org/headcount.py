"""Headcount: how many active users of an org an app's policy admits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.errors import OrgRefused
from provision.org.rest import RestReader, quoted, quoted_list
from provision.plan.widening import Admission

__all__ = ["headcount"]

_HELD: Final = "(SELECT AssigneeId FROM PermissionSetAssignment WHERE {})"


def headcount(rest: RestReader, admitted: Admission, others: Admission) -> int | None:
    """How many active users ``admitted`` admits and ``others`` does not.

    One query, whatever their number. Users who hold a permission set by way of a permission set
    group are not counted: their assignment names the group's own permission set (DOC). ``None``
    where the org does not tell.
    """
    if admitted.is_empty or others.everybody:
        return 0
    conditions = ["IsActive = true"]
    if not admitted.everybody:
        conditions.append(f"Id IN {_holders(admitted)}")
    if not others.is_empty:
        conditions.append(f"Id NOT IN {_holders(others)}")
    try:
        return rest.count(f"SELECT COUNT() FROM User WHERE {' AND '.join(conditions)}")
    except OrgRefused:
        return None


def _holders(names: Admission) -> str:
    """Everybody has an assignment of the permission set that belongs to the profile (DOC)."""
    return _HELD.format(" OR ".join(_conditions(names)))


def _conditions(names: Admission) -> Iterator[str]:
    if names.profiles:
        yield (
            "(PermissionSet.IsOwnedByProfile = true "
            f"AND PermissionSet.Profile.Name IN {quoted_list(names.profiles)})"
        )
    for name in names.permission_sets:
        prefix, _, bare = name.rpartition("__")
        namespace = quoted(prefix) if prefix else "null"
        yield (
            f"(PermissionSet.IsOwnedByProfile = false AND PermissionSet.Name = {quoted(bare)} "
            f"AND PermissionSet.NamespacePrefix = {namespace})"
        )
