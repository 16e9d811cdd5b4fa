"""Seeds: which orgs a server has, and who is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from xml.sax.saxutils import escape

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.catalogue.component import Component, RawXml, Value
from provision.catalogue.org_settings import SETTINGS_TYPES
from provision.errors import CannotError
from provision.localorg.domain.org import Org, Profile
from provision.localorg.domain.people import (
    add_group,
    add_profile,
    add_record,
    add_user,
    user_by_username,
)
from provision.localorg.domain.people_sobjects import PERMISSIONS
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.realm import Realm
from provision.localorg.domain.settings import write_settings
from provision.localorg.domain.types import CONNECTED_APP
from provision.localorg.installed import InstalledAppSeed, plant_installed_app
from provision.localorg.store.components import Stored
from provision.localorg.store.records import Json, Row

__all__ = ["ADMIN", "OrgSeed", "Seed", "load_seed", "plant"]

ADMIN: Final = "admin@localorg.example"

# Labels of the standard profiles; OBS: a Japanese org calls System Administrator so.
_LABELS: Final[dict[str, dict[str, str]]] = {
    "ja": {"System Administrator": "システム管理者", "Standard User": "標準ユーザー"},
    "de": {"System Administrator": "Systemadministrator", "Standard User": "Standardbenutzer"},
    "fr": {
        "System Administrator": "Administrateur système",
        "Standard User": "Utilisateur standard",
    },
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileSeed(_Model):
    """A profile, by its English label, with the permissions that are on."""

    name: str
    permissions: tuple[str, ...] = ()
    session_minutes: Annotated[int, Field(gt=0)] | None = None


class PermissionSetSeed(_Model):
    """A permission set; ``namespace`` is that of the package it came with."""

    name: str
    label: str = ""
    namespace: str = ""
    permissions: tuple[str, ...] = ()
    assign_to: tuple[str, ...] = ()


class PermissionSetGroupSeed(_Model):
    """A permission set group: the permission sets of the org that it brings, and who has it."""

    name: str
    permission_sets: tuple[str, ...] = ()
    assign_to: tuple[str, ...] = ()


class UserSeed(_Model):
    """A user; ``profile`` is an English profile label. The password is for SOAP logins only."""

    username: str
    profile: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    password: str = "localorg"  # noqa: S105  # the same everywhere, and no secret
    active: bool = True
    frozen: bool = False


# Use Any API Client lets its holder past admin approval: nobody has it unless a seed says so.
_ADMIN_LACKS: Final = frozenset({"ApiUserOnly", "UseAnyApiClient"})
_ADMIN_PERMISSIONS: Final = tuple(
    name
    for permission in PERMISSIONS
    if (name := permission.removeprefix("Permissions")) not in _ADMIN_LACKS
)

_DEFAULT_PROFILES: Final = (
    ProfileSeed(name="System Administrator", permissions=_ADMIN_PERMISSIONS),
    ProfileSeed(name="Standard User", permissions=("ApiEnabled",)),
    ProfileSeed(name="Minimum Access - Salesforce", permissions=("ApiEnabled",)),
    ProfileSeed(
        name="Minimum Access - API Only Integrations", permissions=("ApiEnabled", "ApiUserOnly")
    ),
)
_DEFAULT_USERS: Final = (
    UserSeed(username=ADMIN, profile="System Administrator", first_name="Ada", last_name="Admin"),
    UserSeed(
        username="ci@localorg.example", profile="Minimum Access - Salesforce", last_name="CI Robot"
    ),
    UserSeed(
        username="user@localorg.example",
        profile="Standard User",
        first_name="Uma",
        last_name="User",
    ),
)


class ConnectedAppSeed(_Model):
    """A connected app from before: its name, and its elements as in its metadata file."""

    name: str
    metadata: dict[str, Any]


class OrgSeed(_Model):
    """One org. ``latency`` is added to each of its answers, in seconds.

    ``namespace`` is the org's own, if packages are made in it. ``daily_requests`` is the API calls
    of 24 hours that it says it allows. ``settings`` are switches by what a manifest calls their
    file (``ConnectedApp``, ``OauthOidc``, ``ExternalClientApp``).
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")] = "localorg"
    id: Annotated[str, Field(pattern=r"^(00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?)?$")] = ""
    edition: str = "Developer Edition"
    sandbox: bool = False
    language: Literal["en_US", "ja", "de", "fr"] = "en_US"
    api_version: Annotated[int, Field(ge=OLDEST_API, le=NEWEST_API)] = NEWEST_API
    session_minutes: Annotated[int, Field(gt=0)] = 120
    latency: Annotated[float, Field(ge=0)] = 0.0
    daily_requests: Annotated[int, Field(gt=0)] = 15_000
    profiles: tuple[ProfileSeed, ...] = _DEFAULT_PROFILES
    permission_sets: tuple[PermissionSetSeed, ...] = (PermissionSetSeed(name="Deployers"),)
    permission_set_groups: tuple[PermissionSetGroupSeed, ...] = ()
    users: tuple[UserSeed, ...] = _DEFAULT_USERS
    connected_apps: tuple[ConnectedAppSeed, ...] = ()
    installed_apps: tuple[InstalledAppSeed, ...] = ()
    namespace: Annotated[str, Field(pattern=r"^([A-Za-z](_?[A-Za-z0-9]){0,14})?$")] = ""
    settings: dict[str, dict[str, bool]] = {}


class Seed(_Model):
    """A seed file: the orgs of a server. The first is the default one."""

    orgs: Annotated[tuple[OrgSeed, ...], Field(min_length=1)] = (OrgSeed(),)


def load_seed(path: Path | None) -> Seed:
    """The seed in a YAML file, or the default one. Raises :class:`CannotError`."""
    if path is None:
        return Seed()
    try:
        return Seed.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise CannotError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise CannotError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        problems = (
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        raise CannotError(f"{path}: " + "; ".join(problems)) from error


def plant(realm: Realm, seed: Seed) -> None:
    """Fill an empty realm. Raises :class:`CannotError` for a seed that contradicts itself."""
    first, *others = seed.orgs
    for org_seed in (first, *map(_with_own_users, others)):
        try:
            _plant_org(realm, org_seed)
        except Refused as error:
            raise CannotError(f"the seed of {org_seed.name} is refused: {error}") from error


def _with_own_users(seed: OrgSeed) -> OrgSeed:
    """A further org whose users nobody said: usernames are unique over all orgs (DOC)."""
    if "users" in seed.model_fields_set:
        return seed
    users = tuple(
        user.model_copy(
            update={"username": f"{user.username.partition('@')[0]}@{seed.name}.example"}
        )
        for user in seed.users
    )
    return seed.model_copy(update={"users": users})


def _plant_org(realm: Realm, seed: OrgSeed) -> None:
    profile = Profile(
        edition=seed.edition,
        sandbox=seed.sandbox,
        language=seed.language,
        api_version=seed.api_version,
        session_minutes=seed.session_minutes,
        latency=seed.latency,
        daily_requests=seed.daily_requests,
        namespace=seed.namespace,
    )
    org = realm.add(seed.name, profile, seed.id)
    add_record(
        org,
        "Organization",
        {
            "Id": org.id,
            "Name": seed.name,
            "InstanceName": profile.instance,
            "IsSandbox": seed.sandbox,
            "OrganizationType": seed.edition,
            "LanguageLocaleKey": seed.language,
            "NamespacePrefix": seed.namespace or None,
        },
    )
    _plant_profiles(org, seed)
    for user in seed.users:
        _plant_user(org, seed, user)
    for permission_set in seed.permission_sets:
        _plant_permission_set(org, permission_set)
    for group in seed.permission_set_groups:
        _plant_group(org, group)
    for app in seed.connected_apps:
        _plant_connected_app(org, app)
    for installed in seed.installed_apps:
        plant_installed_app(org, installed)
    for member, switches in seed.settings.items():
        _plant_settings(org, member, switches)


def _plant_settings(org: Org, member: str, switches: dict[str, bool]) -> None:
    settings = SETTINGS_TYPES.get(member)
    if settings is None:
        known = ", ".join(SETTINGS_TYPES)
        raise CannotError(f"the seed names unknown settings {member}; there are: {known}")
    unknown = [name for name in switches if settings.field(name) is None]
    if unknown:
        raise CannotError(f"the seed names unknown switches of {member}: {', '.join(unknown)}")
    write_settings(org, Component(settings, member, dict(switches)))


def _flags(permissions: tuple[str, ...]) -> dict[str, bool]:
    names = {f"Permissions{name}" for name in permissions}
    unknown = names - set(PERMISSIONS)
    if unknown:
        raise CannotError(f"unknown permissions in the seed: {', '.join(sorted(unknown))}")
    return {permission: permission in names for permission in PERMISSIONS}


def _label(seed: OrgSeed, name: str) -> str:
    return _LABELS.get(seed.language, {}).get(name, name)


def _plant_profiles(org: Org, seed: OrgSeed) -> None:
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


def _plant_user(org: Org, seed: OrgSeed, user: UserSeed) -> None:
    profiles = org.records.where("Profile", {"Name": _label(seed, user.profile)})
    if not profiles:
        raise CannotError(f"the seed gives {user.username} an unknown profile {user.profile}")
    local_part = user.username.partition("@")[0]
    planted = add_user(
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
    for login in org.records.where("UserLogin", {"UserId": planted["Id"]}):
        org.records.put("UserLogin", {**login, "IsFrozen": user.frozen})


def _plant_connected_app(org: Org, seed: ConnectedAppSeed) -> None:
    fields: dict[str, Value] = {}
    for name, value in sorted(seed.metadata.items()):
        plain = CONNECTED_APP.field(name) is not None
        fields[name] = str(value) if plain else RawXml(_xml(name, value))
    author = str(org.records.all("User")[0]["Id"])
    now = org.clock.now()
    component = Component(CONNECTED_APP, seed.name, fields)
    org.components.put(Stored(component, org.database.new_id("0H4"), now, author, now, author))


def _xml(name: str, value: object) -> str:
    """YAML as elements: a list repeats its element, a mapping nests."""
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


def _plant_permission_set(org: Org, seed: PermissionSetSeed) -> None:
    values = {
        "Name": seed.name,
        "Label": seed.label or seed.name.replace("_", " "),
        "NamespacePrefix": seed.namespace or None,
    }
    row = add_record(org, "PermissionSet", {**values, **_flags(seed.permissions)})
    for user in _assignees(org, seed.name, seed.assign_to):
        _assign(org, user, {"PermissionSetId": row["Id"]})


def _plant_group(org: Org, seed: PermissionSetGroupSeed) -> None:
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
