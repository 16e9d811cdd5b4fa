"""Last changes: who changed an app's records, and when, as far as the org tells.

What the session's user may not see is left out silently: a user who may see an app may not be able
to see who changed it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.errors import OrgRefused
from provision.org.pool import Pool
from provision.org.rest import RestReader, quoted
from provision.plan.drift import LastChange, ToldBy

__all__ = ["audit_trail", "record_changes"]

# By type: the sObject, and its column with the app's id. OBS: the global settings are none.
_SOBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    EXTERNAL_CLIENT_APPLICATION.name: ("ExternalClientApplication", "Id"),
    OAUTH_SETTINGS.name: ("ExtlClntAppOauthSettings", "ExternalClientApplicationId"),
    OAUTH_POLICIES.name: ("ExtlClntAppOauthPlcyCnfg", "ExternalClientApplicationId"),
    POLICIES.name: ("ExtlClntAppPlcyCnfg", "ExternalClientApplicationId"),
}
_MOST_READ: Final = 500  # entries of the audit trail, newest first: one page of an answer
_MOST_TOLD: Final = 3


def record_changes(
    rest: RestReader, app_id: str, types: Collection[str], pool: Pool
) -> tuple[LastChange, ...]:
    """Who changed the app's records of ``types`` (names of metadata types) last.

    DOC: every sObject has LastModifiedDate and LastModifiedBy. One query a type, all at once.
    """
    asked = [name for name in _SOBJECTS if name in types]
    found = pool.run([partial(_of_record, rest, app_id, name) for name in asked])
    return tuple(change for changes in found for change in changes)


def audit_trail(
    rest: RestReader, names: Sequence[str], since: datetime | None
) -> tuple[LastChange, ...]:
    """The newest entries of the setup audit trail that name the app, by one of ``names``.

    They are not older than ``since``, if that is known. DOC: it takes View Setup and Configuration,
    and a query cannot filter by the text of an entry.
    """
    where = f"WHERE CreatedDate >= {since:%Y-%m-%dT%H:%M:%SZ} " if since else ""
    rows = _rows(
        rest,
        "SELECT Display, CreatedDate, CreatedBy.Username, DelegateUser FROM SetupAuditTrail "
        f"{where}ORDER BY CreatedDate DESC LIMIT {_MOST_READ}",
    )
    mentions = re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE
    )
    entries = (_entry(row) for row in rows if mentions.search(str(row.get("Display") or "")))
    return tuple(entry for entry in entries if entry is not None)[:_MOST_TOLD]


def _of_record(rest: RestReader, app_id: str, type_name: str) -> list[LastChange]:
    sobject, column = _SOBJECTS[type_name]
    rows = _rows(
        rest,
        "SELECT DeveloperName, LastModifiedDate, LastModifiedBy.Username "
        f"FROM {sobject} WHERE {column} = {quoted(app_id)}",
    )
    found = []
    for row in rows:
        at = _moment(row.get("LastModifiedDate"))
        if at is not None:
            what = f"{type_name} {row.get('DeveloperName', '')}"
            who = _username(row.get("LastModifiedBy"))
            found.append(LastChange(ToldBy.RECORD, at, who, what))
    return found


def _entry(row: Mapping[str, Any]) -> LastChange | None:
    at = _moment(row.get("CreatedDate"))
    if at is None:
        return None
    who, real = _username(row.get("CreatedBy")), row.get("DelegateUser")
    # DOC: DelegateUser is the user who was logged in as another one.
    person = f"{real}, logged in as {who}" if real and who else str(real or who)
    return LastChange(ToldBy.AUDIT_TRAIL, at, person, str(row["Display"]))


def _rows(rest: RestReader, soql: str) -> Sequence[Mapping[str, Any]]:
    try:
        return rest.query(soql)
    except OrgRefused:  # this user cannot see the object or the column
        return ()


def _username(user: object) -> str:
    name = user.get("Username") if isinstance(user, Mapping) else None
    return str(name) if name else ""


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC).replace(microsecond=0)
    except ValueError:
        return None
