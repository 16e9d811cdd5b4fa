"""The metadata types of the local org: the catalogue's, and a few more."""

from __future__ import annotations

from typing import Final

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.dependent_types import DEPENDENT_TYPES, dependent_type_named
from provision.catalogue.field import Field, MetadataType
from provision.catalogue.judge import Harmless

__all__ = ["CONNECTED_APP", "DEPENDENT", "KNOWN_TYPES", "known_type"]

_UNPLANNED: Final = Harmless("Only the local org has this type, so no plan changes it.")

# Its elements are stored as the seed gives them. Only those that queries show are fields here.
CONNECTED_APP: Final = MetadataType(
    "ConnectedApp",
    "connectedApps",
    "connectedApp",
    29,
    (Field("contactEmail", risk=_UNPLANNED), Field("label", risk=_UNPLANNED)),
)

DEPENDENT: Final = tuple(each.metadata_type for each in DEPENDENT_TYPES if each.listed)
"""The types of an app's other components. The org reads only their field for the parent."""

KNOWN_TYPES: Final = (*CORE_TYPES, CONNECTED_APP, *DEPENDENT)
"""Every type that is stored as components, in the order of a deploy."""


def known_type(name: str, version: int, *, is_sure: bool = False) -> MetadataType | None:
    """The type with a name, or ``None`` if API version ``version`` does not have it.

    With ``is_sure`` it is also ``None`` if sources disagree on that.
    """
    dependent = dependent_type_named(name)
    if is_sure and dependent is not None and dependent.is_disputed_in(version):
        return None
    return next((t for t in KNOWN_TYPES if t.name == name and t.since <= version), None)
