"""The org's own settings for external client apps, as metadata that is no component of an app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.metadata.document import serialise
from provision.metadata.field import Field, Kind, MetadataType
from provision.metadata.judge import Flag
from provision.metadata.package import Package, manifest
from provision.metadata.risk import disruptive, weakens

__all__ = [
    "APP_SETTINGS",
    "MEMBER",
    "PACKAGED_OAUTH",
    "SECRETS_OVER_REST",
    "SETTINGS_SINCE",
    "SettingsPackage",
]

SECRETS_OVER_REST: Final = "enableClientSecretInRestApiAccess"
"""Whether consumer secrets can be read over Connect REST (DOC)."""
PACKAGED_OAUTH: Final = "enablePackageEcaOauthFromDevOrg"
"""Whether an org that is no Dev Hub may own packaged OAuth settings (DOC)."""
SETTINGS_SINCE: Final = 62
"""The API version from which on both settings are there (WSDL)."""
MEMBER: Final = "ExternalClientApp"
"""What the settings are called in a manifest."""

APP_SETTINGS: Final = MetadataType(
    "ExternalClientAppSettings",
    "settings",
    "settings",
    58,
    (
        Field(
            SECRETS_OVER_REST,
            Kind.BOOLEAN,
            since=SETTINGS_SINCE,
            default=False,
            risk=Flag(
                on=weakens("Consumer secrets may be read over the REST API."),
                off=disruptive("Consumer secrets can no longer be read over the REST API."),
            ),
        ),
        Field(
            PACKAGED_OAUTH,
            Kind.BOOLEAN,
            since=SETTINGS_SINCE,
            default=False,
            risk=Flag(
                on=weakens("Packages may carry the OAuth settings of apps."),
                off=disruptive("Packages can no longer carry the OAuth settings of apps."),
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class SettingsPackage(Package):
    """A package of settings: its manifest calls the type Settings, its file the type's own name.

    Settings that a file leaves out stay as they are (OBS: scratch org definitions set one alone).
    """

    def files(self) -> Mapping[str, bytes]:
        """The package's files by path, manifest first. Raises :class:`DocumentError`."""
        files = {"package.xml": manifest(self.api_version, [("Settings", MEMBER)])}
        return files | {each.file_name: serialise(each) for each in self.components}
