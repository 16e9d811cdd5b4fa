"""Setting: one of the org's own switches for external client apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provision.errors import CannotError, VersionUnsupported
from provision.metadata.component import Component
from provision.metadata.document import serialise
from provision.metadata.field import Field, Kind, MetadataType
from provision.metadata.package import Package, manifest
from provision.org.deploy import DeployOptions
from provision.org.org import ReadableOrg, WritableOrg

__all__ = ["PACKAGED_OAUTH", "SECRETS_OVER_REST", "Setting", "read_settings", "write_settings"]

SECRETS_OVER_REST: Final = "enableClientSecretInRestApiAccess"
"""Whether consumer secrets can be read over Connect REST (DOC)."""
PACKAGED_OAUTH: Final = "enablePackageEcaOauthFromDevOrg"
"""Whether an org that is no Dev Hub may own packaged OAuth settings (DOC)."""

_SINCE: Final = 62  # WSDL
_MEMBER: Final = "ExternalClientApp"
_SETTINGS: Final = MetadataType(
    "ExternalClientAppSettings",
    "settings",
    "settings",
    58,
    (
        Field(SECRETS_OVER_REST, Kind.BOOLEAN, since=_SINCE, default=False),
        Field(PACKAGED_OAUTH, Kind.BOOLEAN, since=_SINCE, default=False),
    ),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A switch by its metadata name, and where it stands, or should."""

    name: str
    on: bool

    def __str__(self) -> str:
        return f"{self.name} {'on' if self.on else 'off'}"


@dataclass(frozen=True, slots=True)
class _SettingsPackage(Package):
    """A package of settings: its manifest calls the type Settings, its file the type's own name.

    Settings that a file leaves out stay as they are (OBS: scratch org definitions set one alone).
    """

    def files(self) -> Mapping[str, bytes]:
        files = {"package.xml": manifest(self.api_version, [("Settings", _MEMBER)])}
        return files | {each.file_name: serialise(each) for each in self.components}


def read_settings(org: ReadableOrg) -> frozenset[str] | None:
    """The names of the switches that are on; ``None`` if the org shows no such settings.

    Raises :class:`VersionUnsupported` below API 62, and what the org raises.
    """
    if org.api_version < _SINCE:
        raise VersionUnsupported(
            f"the settings of external client apps came with API {_SINCE}; "
            f"this is {org.api_version}",
            next_step="Leave --api-version out.",
        )
    records = org.metadata.read(_SETTINGS, [_MEMBER])
    if not records:
        return None
    return frozenset(
        field.name
        for field in _SETTINGS.fields
        if any(record.fields.get(field.name) is True for record in records)
    )


def write_settings(org: WritableOrg, settings: Sequence[Setting]) -> None:
    """Switch ``settings``, in one deploy. Raises :class:`CannotError` if the org does not."""
    component = Component(_SETTINGS, _MEMBER, {each.name: each.on for each in settings})
    package = _SettingsPackage(org.api_version, (component,))
    result = org.deployer.run(package, DeployOptions())
    if not result.success:
        raise CannotError(
            f"{org.name} did not take {', '.join(map(str, settings))}: {'; '.join(result.reasons)}",
            next_step="The user needs Customize Application and Modify Metadata; or set it in "
            "Setup, External Client App Settings.",
        )
    if org.deployer.interrupted:  # which it forgives a deploy that succeeded
        raise KeyboardInterrupt
