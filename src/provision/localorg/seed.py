"""Seeds: which orgs a server has, and who is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.errors import CannotError
from provision.localorg.domain.people import (
    ADMIN,
)
from provision.localorg.domain.people_sobjects import PERMISSIONS

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


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileSeed(_Model):
    """A profile: its English label, and the permissions that it gives."""

    name: str
    permissions: tuple[str, ...] = ()
    session_minutes: Annotated[int, Field(gt=0)] | None = None


class PermissionSetSeed(_Model):
    """A permission set. ``namespace`` is that of the package that installed it, if any."""

    name: str
    label: str = ""
    namespace: str = ""
    permissions: tuple[str, ...] = ()
    assign_to: tuple[str, ...] = ()


class PermissionSetGroupSeed(_Model):
    """A permission set group: the permission sets in it, and the users who have it."""

    name: str
    permission_sets: tuple[str, ...] = ()
    assign_to: tuple[str, ...] = ()


class UserSeed(_Model):
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


class ConnectedAppSeed(_Model):
    """An old connected app: its name, and its elements as in its metadata file."""

    name: str
    metadata: dict[str, Any]


class InstalledAppSeed(_Model):
    """An app that an installed package brought. ``name`` is without the package's ``namespace``."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z](_?[A-Za-z0-9])*$")]
    namespace: Annotated[str, Field(pattern=r"^[A-Za-z](_?[A-Za-z0-9]){0,14}$")]
    label: str = ""
    scopes: str = "Api, RefreshToken"


class OrgSeed(_Model):
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
    settings: dict[str, dict[str, bool]] = {}


class Seed(_Model):
    """The content of a seed file: the orgs of a server. The first is the default one."""

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
