"""Seeds: which orgs a server has, and who is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.localorg.domain.people import (
    ADMIN,
)
from provision.localorg.domain.people_sobjects import PERMISSIONS
from provision.localorg.yaml_model import YamlModel, read_model

__all__ = [
    "ADMIN",
    "ConnectedAppSeed",
    "InstalledAppSeed",
    "OrgSeed",
    "PermissionSetGroupSeed",
    "PermissionSetSeed",
    "ProfileSeed",
    "Seed",
    "UserSeed",
    "load_seed",
]


class ProfileSeed(YamlModel):
    """A profile: its English label, and the permissions that it gives."""

    name: str
    permissions: tuple[str, ...] = ()
    session_minutes: Annotated[int, Field(gt=0)] | None = None


class PermissionSetSeed(YamlModel):
    """A permission set. ``namespace`` is that of the package that installed it, if any."""

    name: str
    label: str = ""
    namespace: str = ""
    permissions: tuple[str, ...] = ()
    assign_to: tuple[str, ...] = ()


class PermissionSetGroupSeed(YamlModel):
    """A permission set group: the permission sets in it, and the users who have it."""

    name: str
    permission_sets: tuple[str, ...] = ()
    assign_to: tuple[str, ...] = ()


class UserSeed(YamlModel):
    """A user. ``profile`` is the English label of a profile. Only SOAP logins use the password."""

    username: str
    profile: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    password: str = "localorg"  # noqa: S105  # the same in every local org, not a secret
    active: bool = True
    frozen: bool = False


# A user with Use Any API Client needs no admin approval of an app: only a seed may give it.
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


class ConnectedAppSeed(YamlModel):
    """An old connected app: its name, and its elements as in its metadata file."""

    name: str
    metadata: dict[str, Any]


class InstalledAppSeed(YamlModel):
    """An app that an installed package brought. ``name`` is without the package's ``namespace``."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z](_?[A-Za-z0-9])*$")]
    namespace: Annotated[str, Field(pattern=r"^[A-Za-z](_?[A-Za-z0-9]){0,14}$")]
    label: str = ""
    scopes: str = "Api, RefreshToken"


class OrgSeed(YamlModel):
    """One org. ``latency`` is added to each of its responses, in seconds.

    ``namespace`` is the org's own, if packages are developed in it. ``daily_requests`` is the
    limit of API calls in 24 hours that the org reports. ``settings`` are the org's switches, by
    the name of their file in a manifest (``ConnectedApp``, ``OauthOidc``, ``ExternalClientApp``).
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
    settings: dict[str, dict[str, bool]] = Field(default_factory=dict)


class Seed(YamlModel):
    """The content of a seed file: the orgs of a server. The first is the default one."""

    orgs: Annotated[tuple[OrgSeed, ...], Field(min_length=1)] = (OrgSeed(),)


def load_seed(path: Path | None) -> Seed:
    """The seed in a YAML file, or the default one. Raises :class:`CannotError`."""
    return Seed() if path is None else read_model(path, Seed)
