"""The org's own settings for external client apps, as metadata that is no component of an app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.catalogue.document import serialise
from provision.catalogue.org_settings import MANIFEST_TYPE, member_of
from provision.catalogue.package import Package, manifest

__all__ = [
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


@dataclass(frozen=True, slots=True)
class SettingsPackage(Package):
    """A package of settings: its manifest calls the type Settings, its file the type's own name.

    Settings that a file leaves out stay as they are (OBS: scratch org definitions set one alone).
    """

    @property
    def switched(self) -> str:
        """What the package switches, in words, as in "enableX off, enableY on"."""
        return ", ".join(
            f"{name} {'on' if value is True else 'off'}"
            for component in self.components
            for name, value in component.fields.items()
        )

    def files(self) -> Mapping[str, bytes]:
        """The package's files by path, manifest first. Raises :class:`DocumentError`."""
        members = [(MANIFEST_TYPE, member_of(each.type)) for each in self.components]
        files = {"package.xml": manifest(self.api_version, members)}
        return files | {each.file_name: serialise(each) for each in self.components}
