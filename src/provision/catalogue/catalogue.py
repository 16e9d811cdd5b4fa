"""The field catalogue: every field of the types of an external client app.

The rows are in ``catalogue/types``, one module for each type. A row has all that the program knows
about a field: nothing else lists fields. The spec, the templates, the comparison, the JSON Schema
and the local org read it. Rows are in WSDL order, which is alphabetical: an org was seen to drop or
refuse elements in another order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.catalogue.component import Component
from provision.catalogue.field import PARENT_FIELD, Field, Key, MetadataType
from provision.catalogue.types.global_oauth import GLOBAL_OAUTH_SETTINGS
from provision.catalogue.types.header import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.types.oauth_policies import OAUTH_POLICIES
from provision.catalogue.types.oauth_settings import OAUTH_SETTINGS
from provision.catalogue.types.policies import POLICIES

__all__ = [
    "ADMIN_APPROVED",
    "CORE_TYPES",
    "EXTERNAL_CLIENT_APPLICATION",
    "GLOBAL_OAUTH_SETTINGS",
    "KEYED_FIELDS",
    "NEWEST_API",
    "OAUTH_POLICIES",
    "OAUTH_SETTINGS",
    "OLDEST_API",
    "PARENT_FIELD",
    "POLICIES",
    "KeyedField",
    "fields_set_by",
    "is_admin_approved",
    "path_of",
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

ADMIN_APPROVED: Final = "AdminApprovedPreAuthorized"
"""The value of ``permittedUsersPolicyType`` with which an administrator decides who may log in."""

_BY_NAME = {metadata_type.name: metadata_type for metadata_type in CORE_TYPES}
_BY_DIRECTORY = {metadata_type.directory: metadata_type for metadata_type in CORE_TYPES}


def type_named(name: str) -> MetadataType | None:
    """The metadata type called ``name``, or ``None`` if the catalogue does not know it."""
    return _BY_NAME.get(name)


def is_admin_approved(policy: Component | None) -> bool:
    """Whether the OAuth policy of an app leaves it to an administrator who may use the app.

    Without a policy, each user decides (OBS: the default of a new app).
    """
    return policy is not None and policy.text("permittedUsersPolicyType") == ADMIN_APPROVED


def type_by_directory(directory: str) -> MetadataType | None:
    """The metadata type whose files live in ``directory`` of a package, or ``None``."""
    return _BY_DIRECTORY.get(directory)


@dataclass(frozen=True, slots=True)
class KeyedField:
    """A metadata field that a spec can set by a key."""

    type: MetadataType
    field: Field
    key: Key


KEYED_FIELDS: Final = tuple(
    KeyedField(metadata_type, field, field.key)
    for metadata_type in CORE_TYPES
    for field in metadata_type.fields
    if field.key is not None
)
"""Every such field. Of several that one key sets, the one that decides comes first."""


def path_of(metadata_type: MetadataType, name: str) -> tuple[str, ...]:
    """The path in a spec that sets the field ``name``: its key's, or one in `metadata:`."""
    field = metadata_type.field(name)
    if field is None or field.key is None:
        return ("metadata", metadata_type.name, name)
    return field.key.path


def fields_set_by(name: str) -> tuple[KeyedField, ...]:
    """The fields that the key ``name`` sets, as in ``policies.session_timeout``."""
    return tuple(keyed for keyed in KEYED_FIELDS if keyed.key.name == name)
