"""The org's own settings: which switches are on."""

from __future__ import annotations

from provision.catalogue.component import Component, Value
from provision.catalogue.field import MetadataType
from provision.catalogue.org_settings import member_of
from provision.localorg.domain.org import Org
from provision.localorg.domain.reading import read_file
from provision.localorg.quirks import Quirks

__all__ = ["is_enabled", "read_settings", "settings_file", "write_settings"]


def read_settings(org: Org, settings: MetadataType, version: int) -> Component:
    """The settings as API version ``version`` returns them."""
    fields: dict[str, Value] = {
        field.name: is_enabled(org, settings, field.name)
        for field in settings.fields
        if field.known_in(version)
    }
    return Component(settings, member_of(settings), fields)


def write_settings(org: Org, component: Component) -> bool:
    """Store the settings in a component. Returns whether any changed."""
    settings = component.type
    before = read_settings(org, settings, org.info.api_version)
    for name, value in component.fields.items():
        if settings.field(name) is not None:
            org.database.keep(_key(org, settings, name), "true" if value is True else "false")
    return before != read_settings(org, settings, org.info.api_version)


def is_enabled(org: Org, settings: MetadataType, name: str) -> bool:
    """Whether a setting is on. All are off in a new org."""
    return org.database.setting(_key(org, settings, name)) == "true"


def _key(org: Org, settings: MetadataType, name: str) -> str:
    return f"{org.id}:{settings.name}.{name}"


def settings_file(settings: MetadataType, source: bytes, version: int) -> Component:
    """The settings in a deployed file. Raises :class:`Refused`."""
    return read_file(settings, member_of(settings), source, version, Quirks())
