"""The org's own settings that decide about external client apps: read, and deployed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.catalogue.document import serialise
from provision.catalogue.field import MetadataType
from provision.catalogue.org_settings import MANIFEST_TYPE, member_of
from provision.catalogue.package import Package, manifest
from provision.org.metadata import MetadataReader

__all__ = ["PACKAGED_OAUTH", "SECRETS_OVER_REST", "SETTINGS_SINCE", "SettingsPackage", "switches"]

SECRETS_OVER_REST: Final = "enableClientSecretInRestApiAccess"
"""Whether consumer secrets can be read over Connect REST (DOC)."""
PACKAGED_OAUTH: Final = "enablePackageEcaOauthFromDevOrg"
"""Whether an org that is no Dev Hub may own packaged OAuth settings (DOC)."""
SETTINGS_SINCE: Final = 62
"""The API version from which on both settings are there (WSDL)."""


def switches(metadata: MetadataReader, settings: MetadataType) -> Mapping[str, bool]:
    """Where each switch of ``settings`` stands; those that the org does not show are left out.

    DOC: an org shows API Access Control once Salesforce Support has switched the feature on.
    Raises what the org raises.
    """
    return {
        field.name: value
        for record in metadata.read(settings, [member_of(settings)])
        for field in settings.fields
        if isinstance(value := record.fields.get(field.name), bool)
    }


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
