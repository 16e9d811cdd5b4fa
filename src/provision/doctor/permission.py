"""The permissions of a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from provision.errors import OrgRefused
from provision.org.rest import RestReader, quoted, quoted_list

__all__ = ["permissions_of"]

_NO_SUCH_COLUMN: Final = "INVALID_FIELD"


def permissions_of(rest: RestReader, username: str, names: Sequence[str]) -> Mapping[str, bool]:
    """Whether ``username`` has each of the permissions ``names`` (API names).

    DOC: a user is assigned the profile's own permission set as well, and of a permission set
    group the set that it adds up to. A permission that the org does not have is left out of the
    answer. Raises :class:`OrgRefused` if the org does not tell.
    """
    soql = (
        "SELECT PermissionSetId FROM PermissionSetAssignment "
        f"WHERE Assignee.Username = {quoted(username)}"
    )
    ids = sorted({str(row["PermissionSetId"]) for row in rest.query(soql)})
    if not ids:
        raise OrgRefused(
            f"the org does not show which permission sets {username} has",
            code="",
            next_step="The user needs View Setup and Configuration to see them.",
        )
    try:
        return _held(rest, ids, names)
    except OrgRefused as error:
        if error.code != _NO_SUCH_COLUMN:
            raise
    # Which permissions exist depends on the org's release and licences, and one column that does
    # not exist makes the org refuse the whole query.
    held: dict[str, bool] = {}
    for name in names:
        try:
            held |= _held(rest, ids, [name])
        except OrgRefused as error:
            if error.code != _NO_SUCH_COLUMN:
                raise
    return held


def _held(rest: RestReader, ids: Sequence[str], names: Sequence[str]) -> dict[str, bool]:
    columns = ", ".join(f"Permissions{name}" for name in names)
    rows = rest.query(f"SELECT {columns} FROM PermissionSet WHERE Id IN {quoted_list(ids)}")
    return {name: any(row[f"Permissions{name}"] for row in rows) for name in names}
