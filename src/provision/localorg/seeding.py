"""Seeding: fill an empty database with the orgs that a seed describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component, RawXml, Value
from provision.catalogue.field import PARENT_FIELD
from provision.catalogue.org_settings import SETTINGS_TYPES
from provision.errors import CannotError
from provision.localorg.domain.org import Org, OrgInfo, Orgs
from provision.localorg.domain.people import (
    add_group,
    add_profile,
    add_record,
    add_user,
    user_by_username,
)
from provision.localorg.domain.people_sobjects import PERMISSIONS
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.settings import write_settings
from provision.localorg.domain.types import CONNECTED_APP
from provision.localorg.seed import (
    ConnectedAppSeed,
    InstalledAppSeed,
    OrgSeed,
    PermissionSetGroupSeed,
    PermissionSetSeed,
    Seed,
    UserSeed,
)
from provision.localorg.store.components import Stored
from provision.localorg.store.rows import Json, Row

__all__ = ["seed_orgs"]

# Labels of the standard profiles. OBS: the Japanese one of System Administrator.
_LABELS: Final[dict[str, dict[str, str]]] = {
    "ja": {"System Administrator": "システム管理者", "Standard User": "標準ユーザー"},
    "de": {"System Administrator": "Systemadministrator", "Standard User": "Standardbenutzer"},
    "fr": {
        "System Administrator": "Administrateur système",
        "Standard User": "Utilisateur standard",
    },
}


def seed_orgs(orgs: Orgs, seed: Seed) -> None:
    """Add the orgs of a seed. Raises :class:`CannotError` for a seed that contradicts itself."""
    first, *others = seed.orgs
    for org_seed in (first, *map(_with_own_users, others)):
        try:
            _add_org(orgs, org_seed)
        except Refused as error:
            raise CannotError(f"the seed of {org_seed.name} is refused: {error}") from error


def _with_own_users(seed: OrgSeed) -> OrgSeed:
    """A further org without users of its own gets the default ones under its own name.

    DOC: usernames are unique over all orgs.
    """
    if "users" in seed.model_fields_set:
        return seed
    users = tuple(
        user.model_copy(
            update={"username": f"{user.username.partition('@')[0]}@{seed.name}.example"}
        )
        for user in seed.users
    )
    return seed.model_copy(update={"users": users})


def _add_org(orgs: Orgs, seed: OrgSeed) -> None:
    info = OrgInfo(
        edition=seed.edition,
        sandbox=seed.sandbox,
        language=seed.language,
        api_version=seed.api_version,
        session_minutes=seed.session_minutes,
        latency=seed.latency,
        daily_requests=seed.daily_requests,
        namespace=seed.namespace,
    )
    org = orgs.add(seed.name, info, seed.id)
    add_record(
        org,
        "Organization",
        {
            "Id": org.id,
            "Name": seed.name,
            "InstanceName": info.instance,
            "IsSandbox": seed.sandbox,
            "OrganizationType": seed.edition,
            "LanguageLocaleKey": seed.language,
            "NamespacePrefix": seed.namespace or None,
        },
    )
    _add_profiles(org, seed)
    for user in seed.users:
        _add_user(org, seed, user)
    for permission_set in seed.permission_sets:
        _add_permission_set(org, permission_set)
    for group in seed.permission_set_groups:
        _add_group(org, group)
    for app in seed.connected_apps:
        _add_connected_app(org, app)
    for installed in seed.installed_apps:
        _add_installed_app(org, installed)
    for member, switches in seed.settings.items():
        _write_settings(org, member, switches)


def _write_settings(org: Org, member: str, switches: dict[str, bool]) -> None:
    settings = SETTINGS_TYPES.get(member)
    if settings is None:
        known = ", ".join(SETTINGS_TYPES)
        raise CannotError(f"unknown settings in the seed: {member}; known settings: {known}")
    unknown = [name for name in switches if settings.field(name) is None]
    if unknown:
        raise CannotError(f"unknown switches of {member} in the seed: {', '.join(unknown)}")
    write_settings(org, Component(settings, member, dict(switches)))


def _flags(permissions: tuple[str, ...]) -> dict[str, bool]:
    names = {f"Permissions{name}" for name in permissions}
    unknown = names - set(PERMISSIONS)
    if unknown:
        raise CannotError(f"unknown permissions in the seed: {', '.join(sorted(unknown))}")
    return {permission: permission in names for permission in PERMISSIONS}


def _label(seed: OrgSeed, name: str) -> str:
    return _LABELS.get(seed.language, {}).get(name, name)


def _add_profiles(org: Org, seed: OrgSeed) -> None:
    licence = add_record(
        org,
        "UserLicense",
        {
            "Name": "Salesforce",
            "MasterLabel": "Salesforce",
            "LicenseDefinitionKey": "SFDC",
            "TotalLicenses": 100,
            "UsedLicenses": len(seed.users),
            "Status": "Active",
        },
    )
    for profile in seed.profiles:
        add_profile(
            org,
            {
                "Name": _label(seed, profile.name),
                "UserLicenseId": licence["Id"],
                "$SessionMinutes": profile.session_minutes,
                **_flags(profile.permissions),
            },
        )


def _add_user(org: Org, seed: OrgSeed, user: UserSeed) -> None:
    profiles = org.records.where("Profile", {"Name": _label(seed, user.profile)})
    if not profiles:
        raise CannotError(f"the seed gives {user.username} an unknown profile {user.profile}")
    local_part = user.username.partition("@")[0]
    added = add_user(
        org,
        {
            "Username": user.username,
            "FirstName": user.first_name or None,
            "LastName": user.last_name or local_part,
            "Alias": local_part[:8],
            "Email": user.email or user.username,
            "IsActive": user.active,
            "$Password": user.password,
            "ProfileId": profiles[0]["Id"],
            "LanguageLocaleKey": seed.language,
        },
    )
    for login in org.records.where("UserLogin", {"UserId": added["Id"]}):
        org.records.put("UserLogin", {**login, "IsFrozen": user.frozen})


def _add_connected_app(org: Org, seed: ConnectedAppSeed) -> None:
    fields: dict[str, Value] = {}
    for name, value in sorted(seed.metadata.items()):
        plain = CONNECTED_APP.field(name) is not None
        fields[name] = str(value) if plain else RawXml(_xml(name, value))
    author = str(org.records.all("User")[0]["Id"])
    now = org.clock.now()
    component = Component(CONNECTED_APP, seed.name, fields)
    org.components.put(Stored(component, org.database.new_id("0H4"), now, author, now, author))


def _xml(name: str, value: object) -> str:
    """A YAML value as XML: a list repeats its element, a mapping nests."""
    match value:
        case list():
            return "".join(_xml(name, item) for item in value)
        case dict():
            inner = "".join(_xml(child, value[child]) for child in sorted(value))
            return f"<{name}>{inner}</{name}>"
        case bool():
            return f"<{name}>{str(value).lower()}</{name}>"
        case _:
            return f"<{name}>{escape(str(value))}</{name}>"


def _add_permission_set(org: Org, seed: PermissionSetSeed) -> None:
    values = {
        "Name": seed.name,
        "Label": seed.label or seed.name.replace("_", " "),
        "NamespacePrefix": seed.namespace or None,
    }
    row = add_record(org, "PermissionSet", {**values, **_flags(seed.permissions)})
    for user in _assignees(org, seed.name, seed.assign_to):
        _assign(org, user, {"PermissionSetId": row["Id"]})


def _add_group(org: Org, seed: PermissionSetGroupSeed) -> None:
    ids = []
    for name in seed.permission_sets:
        found = org.records.where("PermissionSet", {"Name": name})
        if not found:
            raise CannotError(f"the seed puts an unknown permission set {name} into {seed.name}")
        ids.append(str(found[0]["Id"]))
    own = add_group(org, seed.name, ids)
    for user in _assignees(org, seed.name, seed.assign_to):
        group = own["PermissionSetGroupId"]
        _assign(org, user, {"PermissionSetId": own["Id"], "PermissionSetGroupId": group})


def _assignees(org: Org, name: str, usernames: Iterable[str]) -> Iterator[Row]:
    for username in usernames:
        user = user_by_username(org, username)
        if user is None:
            raise CannotError(f"the seed assigns {name} to an unknown user {username}")
        yield user


def _assign(org: Org, user: Row, what: Mapping[str, Json]) -> None:
    add_record(org, "PermissionSetAssignment", {"AssigneeId": user["Id"], **what})


def _add_installed_app(org: Org, seed: InstalledAppSeed) -> None:
    """Add the app of an installed package. No deploy changes it.

    DOC: a package has the header and the OAuth settings. OBS: the names of the policies, which
    the subscriber's org makes, have no namespace, although the app's name has one.
    """
    app = f"{seed.namespace}__{seed.name}"
    label = seed.label or seed.name.replace("_", " ")
    parent: dict[str, Value] = {PARENT_FIELD: app}
    components = {
        "0xI": Component(
            EXTERNAL_CLIENT_APPLICATION, app, {"distributionState": "Managed", "label": label}
        ),
        "0xJ": Component(
            OAUTH_SETTINGS,
            f"{app}_oauth",
            {"commaSeparatedOauthScopes": seed.scopes, **parent, "label": label},
        ),
        "0xL": Component(
            OAUTH_POLICIES,
            f"{seed.name}_oauth_defaultPolicy",
            {**parent, "permittedUsersPolicyType": "AllSelfAuthorized"},
        ),
        "0xM": Component(
            POLICIES,
            f"{seed.name}_defaultPolicy",
            {**parent, "isEnabled": True, "isOauthPluginEnabled": True},
        ),
    }
    author = str(org.records.all("User")[0]["Id"])
    now = org.clock.now()
    for prefix, component in components.items():
        record_id = org.database.new_id(prefix)
        org.components.put(Stored(component, record_id, now, author, now, author))
