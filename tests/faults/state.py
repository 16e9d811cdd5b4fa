"""What is: the state of each org of a local org's database, read past every interface."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["OrgState", "is_done", "read_state"]

_APP = "ExternalClientApplication"
_POLICY = "ExtlClntAppOauthConfigurablePolicies"
_GLOBAL = "ExtlClntAppGlobalOauthSettings"


@dataclass(frozen=True)
class OrgState:
    """One org. Names stand for ids; what an org mints anew each time is apart from the rest."""

    components: Mapping[tuple[str, str], Mapping[str, Any]]
    app_ids: Mapping[str, str]
    permission_sets: frozenset[str]
    profiles: frozenset[str]
    assignments: frozenset[tuple[str, str]]
    grants: frozenset[tuple[str, str]]
    settings_on: frozenset[str]
    consumers: Mapping[str, tuple[str, str]]
    staged: Mapping[str, tuple[str, str]]

    @cached_property
    def things(self) -> frozenset[str]:
        """Everything there is, in words, minted values and ids included."""
        return frozenset(
            [
                *self._common(self.components),
                *(f"id of {app}: {record_id}" for app, record_id in self.app_ids.items()),
                *(f"consumer of {app}: {pair}" for app, pair in self.consumers.items()),
                *(f"staged pair of {app}: {pair}" for app, pair in self.staged.items()),
            ]
        )

    @cached_property
    def shape(self) -> frozenset[str]:
        """The same without minted values: equal for two runs that did the same."""
        alike = {
            name: {
                field: "a certificate" if field == "certificate" else value
                for field, value in fields.items()
                if field not in {"oauthLink", "orgScopedExternalApp"}
            }
            for name, fields in self.components.items()
        }
        return frozenset(
            [
                *self._common(alike),
                *(f"consumer of {app}" for app in self.consumers),
                *(f"staged pair of {app}: {state}" for app, (_, state) in self.staged.items()),
            ]
        )

    def _common(self, components: Mapping[tuple[str, str], Mapping[str, Any]]) -> Iterator[str]:
        for (kind, name), fields in components.items():
            yield f"{kind} {name}: {json.dumps(fields, sort_keys=True)}"
        for name in self.permission_sets:
            yield f"permission set {name}"
        for name in self.profiles:
            yield f"profile {name}"
        for name, username in self.assignments:
            yield f"permission set {name} of {username}"
        for app, name in self.grants:
            yield f"grant of {app} to {name}"
        for name in self.settings_on:
            yield f"setting {name}"

    def users_of(self, app: str) -> frozenset[str]:
        """Who may use an app, by its policy and the grants."""
        if app not in self.app_ids:
            return frozenset()
        everybody = frozenset(user for _, user in self.assignments)
        policy = self._fields(_POLICY, app)
        if policy.get("permittedUsersPolicyType") != "AdminApprovedPreAuthorized":
            return everybody
        granted = {name for of, name in self.grants if of == app}
        return frozenset(user for name, user in self.assignments if name in granted)

    def certificate(self, app: str) -> str:
        """The certificate of an app as the org keeps it, empty without one."""
        return str(self._fields(_GLOBAL, app).get("certificate", ""))

    def minted(self, app: str) -> tuple[object, ...]:
        """What belongs to one app and is another each time: its certificate, its pairs."""
        return self.certificate(app), self.consumers.get(app), self.staged.get(app)

    def _fields(self, kind: str, app: str) -> Mapping[str, Any]:
        found = [
            fields
            for (of, _), fields in self.components.items()
            if of == kind and fields.get("externalClientApplication") == app
        ]
        return found[0] if found else {}


def is_done(
    before: OrgState, after: OrgState, final: OrgState, *, but_settings: bool = False
) -> bool:
    """Whether a run did what the one that went well did, from the same state.

    ``but_settings``: whatever it left of the org's settings.

    What an org mints anew each time is done if it is another than before where it should be.
    """
    lacking = after.shape ^ final.shape
    if any(not (but_settings and thing.startswith("setting ")) for thing in lacking):
        return False
    return all(
        (after.minted(app) != before.minted(app)) == (final.minted(app) != before.minted(app))
        for app in final.app_ids
    )


def read_state(database: Path) -> dict[str, OrgState]:
    """Every org by name."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        connection.execute("BEGIN")
        orgs = connection.execute("SELECT id, name FROM org").fetchall()
        return {name: _org(connection, org_id) for org_id, name in orgs}
    finally:
        connection.close()


def _org(connection: sqlite3.Connection, org_id: str) -> OrgState:
    def records(kind: str) -> list[dict[str, Any]]:
        rows = connection.execute(
            "SELECT body FROM record WHERE org = ? AND object = ?", (org_id, kind)
        )
        return [json.loads(body) for (body,) in rows]

    components, app_ids, names = {}, {}, {}
    rows = connection.execute(
        "SELECT type, full_name, id, body FROM component WHERE org = ?", (org_id,)
    )
    for kind, full_name, record_id, body in rows:
        components[kind, full_name] = json.loads(body)
        if kind == _APP:
            app_ids[full_name] = record_id
            names[record_id[:15]] = full_name
    profiles = {row["Id"]: row["Name"] for row in records("Profile")}
    sets = {
        row["Id"]: f"the profile {profiles[row['ProfileId']]}" if row["ProfileId"] else row["Name"]
        for row in records("PermissionSet")
    }
    users = {row["Id"]: row["Username"] for row in records("User")}
    consumers, staged = {}, {}
    for consumer, app, key, secret in connection.execute(
        "SELECT id, app, key, secret FROM consumer WHERE org = ?", (org_id,)
    ).fetchall():
        name = names.get(str(app)[:15], str(app))
        consumers[name] = (key, secret)
        for row in connection.execute(
            "SELECT key, state FROM staged WHERE consumer = ?", (consumer,)
        ):
            staged[name] = row
    switched = connection.execute(
        "SELECT name FROM setting WHERE value = 'true' AND name LIKE ?", (f"{org_id}:%",)
    )
    return OrgState(
        components=components,
        app_ids=app_ids,
        permission_sets=frozenset(n for n in sets.values() if not n.startswith("the profile ")),
        profiles=frozenset(profiles.values()),
        assignments=frozenset(
            (sets[row["PermissionSetId"]], users[row["AssigneeId"]])
            for row in records("PermissionSetAssignment")
        ),
        grants=frozenset(
            (names[row["SetupEntityId"][:15]], sets[row["ParentId"]])
            for row in records("SetupEntityAccess")
            if row["SetupEntityId"][:15] in names
        ),
        settings_on=frozenset(name.rpartition(".")[2] for (name,) in switched),
        consumers=consumers,
        staged=staged,
    )
