"""Reading metadata over SOAP: types, names and components."""

from __future__ import annotations

from typing import Final

from provision.catalogue.field import MetadataType
from provision.catalogue.org_settings import (
    APP_SETTINGS,
    MANIFEST_TYPE,
    SETTINGS_TYPES,
    member_of,
    settings_type_named,
)
from provision.localorg.clock import stamp
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.settings import read_settings
from provision.localorg.domain.types import KNOWN_TYPES, known_type
from provision.localorg.domain.views import component_view
from provision.localorg.quirks import DisputedFields, Quirks
from provision.localorg.soap.message import (
    NIL_RECORD,
    SoapCall,
    XmlValue,
    children,
    elements,
    record,
    text,
)
from provision.localorg.store.components import Stored
from provision.localorg.store.tokens import TokenFormat

__all__ = ["describe_metadata", "file_properties", "list_metadata", "read_metadata", "type_in"]

_MOST_NAMES: Final = 10  # DOC: readMetadata accepts at most ten names
_MOST_QUERIES: Final = 3  # DOC: listMetadata accepts at most three queries


def type_in(name: str, version: int, quirks: Quirks | None = None) -> MetadataType:
    """The metadata type with a name. Raises :class:`Refused` if this version does not have it."""
    is_sure = quirks is not None and quirks.disputed_fields is DisputedFields.REFUSED
    metadata_type = known_type(name, version, is_sure=is_sure)
    if metadata_type is None:
        raise Refused("INVALID_TYPE", f"Unknown type:{name}")
    return metadata_type


def list_metadata(call: SoapCall) -> str:
    """``listMetadata``: file properties, without the parent (OBS)."""
    queries = children(call.body, "queries")
    if len(queries) > _MOST_QUERIES:
        raise Refused("INVALID_FIELD", "listMetadata takes at most 3 queries")
    found: list[XmlValue] = []
    for query in queries:
        name = text(query, "type")
        if name == MANIFEST_TYPE:
            found.extend(_settings_properties(call.org, member) for member in SETTINGS_TYPES)
        else:
            metadata_type = type_in(name, call.version, call.org.quirks)
            found.extend(
                file_properties(call.org, stored) for stored in _listed(call, metadata_type)
            )
    return elements({"result": found})


def _listed(call: SoapCall, metadata_type: MetadataType) -> list[Stored]:
    quirks = call.org.quirks
    jwt_token = call.session.token.format is TokenFormat.JWT
    if quirks.empty_listing or quirks.hidden_metadata:
        return []
    if quirks.list_jwt_tokens_empty and jwt_token and call.version < 68:
        return []
    return call.org.components.all(metadata_type)


def file_properties(org: Org, stored: Stored, *, prefix: str = "") -> dict[str, XmlValue]:
    """The FileProperties of a component, in the WSDL's order."""
    component = stored.component
    return {
        "createdById": stored.created_by,
        "createdByName": _name(org, stored.created_by),
        "createdDate": stamp(stored.created),
        "fileName": prefix + component.file_name,
        "fullName": component.full_name,
        "id": stored.id,
        "lastModifiedById": stored.modified_by,
        "lastModifiedByName": _name(org, stored.modified_by),
        "lastModifiedDate": stamp(stored.modified),
        "manageableState": "unmanaged",
        "type": component.type.name,
    }


def _settings_properties(org: Org, member: str) -> dict[str, XmlValue]:
    user = org.records.all("User")[0]
    now = stamp(org.clock.now())
    return {
        "createdById": str(user["Id"]),
        "createdByName": str(user["Name"]),
        "createdDate": now,
        "fileName": SETTINGS_TYPES[member].file_name(member),
        "fullName": member,
        "id": "",
        "lastModifiedById": str(user["Id"]),
        "lastModifiedByName": str(user["Name"]),
        "lastModifiedDate": now,
        "type": MANIFEST_TYPE,
    }


def _name(org: Org, user_id: str) -> str:
    user = org.records.get("User", user_id)
    return str(user["Name"]) if user else ""


def read_metadata(call: SoapCall) -> str:
    """``readMetadata``: at most ten records. A missing one is a nil record (OBS)."""
    names = [(name.text or "").strip() for name in children(call.body, "fullNames")]
    if len(names) > _MOST_NAMES:
        raise Refused(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {_MOST_NAMES} records into this call",
        )
    wanted = text(call.body, "type")
    settings = settings_type_named(wanted)
    if settings is not None:
        known = {member_of(settings): record(read_settings(call.org, settings, call.version))}
        return elements({"result": {"records": [known.get(name, NIL_RECORD) for name in names]}})
    metadata_type = type_in(wanted, call.version, call.org.quirks)
    records: list[XmlValue] = []
    for name in names:
        stored = None
        if not call.org.quirks.hidden_metadata:
            stored = call.org.components.get(metadata_type, name)
        records.append(
            record(component_view(call.org, stored, call.version)) if stored else NIL_RECORD
        )
    return elements({"result": {"records": records}})


def describe_metadata(call: SoapCall) -> str:
    """``describeMetadata``: the types of the requested version."""
    as_of = text(call.body, "asOfVersion").partition(".")[0]
    version = int(as_of) if as_of.isdecimal() else call.version
    described = [t for t in KNOWN_TYPES if t.since <= version]
    objects: list[XmlValue] = [
        {
            "directoryName": metadata_type.directory,
            "inFolder": False,
            "metaFile": False,
            "suffix": metadata_type.suffix,
            "xmlName": MANIFEST_TYPE if member_of(metadata_type) else metadata_type.name,
        }
        # One entry stands for all settings, as in a manifest.
        for metadata_type in sorted((*described, APP_SETTINGS), key=lambda t: t.name)
    ]
    return elements(
        {
            "result": {
                "metadataObjects": objects,
                "organizationNamespace": "",
                "partialSaveAllowed": True,
                "testRequired": False,
            }
        }
    )
