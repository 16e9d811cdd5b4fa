"""The org's own switches for external client apps: the Settings type's one member."""

from __future__ import annotations

from typing import Final

from provision.localorg.domain.org import Org
from provision.localorg.domain.reading import read_file
from provision.localorg.quirks import ElementOrder
from provision.metadata.component import Component, Value
from provision.metadata.field import Field, Kind, MetadataType
from provision.metadata.judge import Harmless

__all__ = [
    "SETTINGS",
    "SETTINGS_MEMBER",
    "is_enabled",
    "read_settings",
    "settings_file",
    "write_settings",
]

SETTINGS_MEMBER: Final = "ExternalClientApp"

_UNPLANNED: Final = Harmless("A setting of the local org, which no plan changes.")

# In package.xml the type is Settings; in the file, and over SOAP, its own name (WSDL).
SETTINGS: Final = MetadataType(
    "ExternalClientAppSettings",
    "settings",
    "settings",
    58,
    (
        Field(
            "enableClientSecretInRestApiAccess",
            Kind.BOOLEAN,
            since=62,
            default=False,
            risk=_UNPLANNED,
        ),
        Field(
            "enableConsumerSecretApiAccess", Kind.BOOLEAN, since=62, default=False, risk=_UNPLANNED
        ),
        Field(
            "enablePackageEcaOauthFromDevOrg",
            Kind.BOOLEAN,
            since=62,
            default=False,
            risk=_UNPLANNED,
        ),
    ),
)


def read_settings(org: Org, version: int) -> Component:
    """The settings as API version ``version`` returns them."""
    fields: dict[str, Value] = {
        field.name: is_enabled(org, field.name)
        for field in SETTINGS.fields
        if field.known_in(version)
    }
    return Component(SETTINGS, SETTINGS_MEMBER, fields)


def write_settings(org: Org, component: Component) -> bool:
    """Keep the settings that a component names; whether any changed."""
    before = read_settings(org, org.profile.api_version)
    for name, value in component.fields.items():
        if SETTINGS.field(name) is not None:
            org.database.keep(_key(org, name), "true" if value is True else "false")
    return before != read_settings(org, org.profile.api_version)


def is_enabled(org: Org, name: str) -> bool:
    """Whether a setting is on; all are off in a new org."""
    return org.database.setting(_key(org, name)) == "true"


def _key(org: Org, name: str) -> str:
    return f"{org.id}:{SETTINGS.name}.{name}"


def settings_file(source: bytes, version: int) -> Component:
    """The settings in a deployed file. Raises :class:`Refused`."""
    return read_file(SETTINGS, SETTINGS_MEMBER, source, version, ElementOrder.TOLERATED)
