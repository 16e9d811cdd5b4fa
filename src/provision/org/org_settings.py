"""Reading the org's own settings that decide about external client apps."""

from __future__ import annotations

from collections.abc import Mapping

from provision.catalogue.field import MetadataType
from provision.catalogue.org_settings import member_of
from provision.org.metadata import MetadataReader

__all__ = ["switches"]


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
