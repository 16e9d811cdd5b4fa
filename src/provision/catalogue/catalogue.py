"""The field catalogue: every field of the external client app types, and nothing twice.

The one place where a field's rules are written down, in ``metadata/types``, a module a type. The
spec, the templates, the comparison, the JSON Schema and the local org all read it here. Sources,
marked in the notes: DOC is the Metadata API Developer Guide (API 66, with the release pages up to
68), WSDL the Metadata WSDL 63 and the type packages derived from later ones, OBS a report of a
live org. Fields stand in WSDL order, which is alphabetical; an org has been seen to drop or refuse
elements that are out of order.
"""

from __future__ import annotations

from provision.catalogue.field import PARENT_FIELD, MetadataType
from provision.catalogue.types.global_oauth import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.types.header import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.types.oauth_policies import OAUTH_POLICIES
from provision.catalogue.types.oauth_settings import OAUTH_SETTINGS
from provision.catalogue.types.policies import POLICIES

__all__ = [
    "CORE_TYPES",
    "EXTERNAL_CLIENT_APPLICATION",
    "GLOBAL_OAUTH_SETTINGS",
    "NEWEST_API",
    "OAUTH_POLICIES",
    "OAUTH_SETTINGS",
    "OLDEST_API",
    "PARENT_FIELD",
    "POLICIES",
    "type_by_directory",
    "type_named",
]

OLDEST_API = 59
NEWEST_API = 68

CORE_TYPES = (
    EXTERNAL_CLIENT_APPLICATION,
    OAUTH_SETTINGS,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    POLICIES,
)
"""The five types of an app with OAuth, in the order in which an org wants them created."""

_BY_NAME = {metadata_type.name: metadata_type for metadata_type in CORE_TYPES}
_BY_DIRECTORY = {metadata_type.directory: metadata_type for metadata_type in CORE_TYPES}


def type_named(name: str) -> MetadataType | None:
    """The metadata type called ``name``, or ``None`` if the catalogue does not know it."""
    return _BY_NAME.get(name)


def type_by_directory(directory: str) -> MetadataType | None:
    """The metadata type whose files live in ``directory`` of a package, or ``None``."""
    return _BY_DIRECTORY.get(directory)
