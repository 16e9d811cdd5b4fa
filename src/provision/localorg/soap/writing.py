"""Writing metadata over SOAP: create, update, upsert and delete, and the fields of a type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree as ET

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.field import Field, Kind, MetadataType, Role
from provision.catalogue.judge import Harmless
from provision.catalogue.org_settings import member_of, settings_type_named
from provision.localorg.domain.component_rules import Request
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.reading import read_element
from provision.localorg.domain.settings import write_settings
from provision.localorg.domain.views import knows
from provision.localorg.domain.writing import Outcome, delete, write
from provision.localorg.soap.message import SoapCall, XmlValue, children, elements, text
from provision.localorg.soap.reading import type_in

__all__ = [
    "create_metadata",
    "delete_metadata",
    "describe_value_type",
    "update_metadata",
    "upsert_metadata",
]

_MOST_RECORDS: Final = 10  # DOC
_NEVER_CHANGES: Final = Harmless("A component is found by its name, so the name never changes.")
_XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"


def create_metadata(call: SoapCall) -> str:
    """``createMetadata``: refuses a record that exists."""
    return _each_record(call, _create)


def update_metadata(call: SoapCall) -> str:
    """``updateMetadata``: refuses a record that does not exist."""
    return _each_record(call, _update)


def upsert_metadata(call: SoapCall) -> str:
    """``upsertMetadata``: reports whether each record is new."""
    return _each_record(call, _write, with_created=True)


def _each_record(
    call: SoapCall,
    action: Callable[[SoapCall, MetadataType, str, ET.Element], Outcome],
    *,
    with_created: bool = False,
) -> str:
    call.exchange.begin_write()
    records = children(call.body, "metadata")
    if len(records) > _MOST_RECORDS:
        raise Refused(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {_MOST_RECORDS} records into this call",
        )
    results: list[XmlValue] = []
    for record in records:
        full_name = text(record, "fullName")
        outcome, errors = _attempt(call, action, record, full_name)
        created: dict[str, XmlValue] = {}
        if with_created:
            created = {"created": outcome is not None and outcome.created}
        results.append(
            {**created, "errors": errors, "fullName": full_name, "success": outcome is not None}
        )
    return elements({"result": results})


def _attempt(
    call: SoapCall,
    action: Callable[[SoapCall, MetadataType, str, ET.Element], Outcome],
    record: ET.Element,
    full_name: str,
) -> tuple[Outcome | None, list[XmlValue]]:
    """Write one record. If it is refused, the others are written all the same."""
    try:
        with call.org.database.savepoint():
            # Clients choose the prefix. Only one namespace has types, so it does not matter.
            name = record.get(_XSI_TYPE, "").rpartition(":")[2]
            metadata_type = settings_type_named(name) or type_in(name, call.version)
            return action(call, metadata_type, full_name, record), []
    except Refused as refused:
        return None, [_error(refused)]


def _error(refused: Refused) -> dict[str, XmlValue]:
    return {
        "fields": refused.element or None,
        "message": refused.text,
        "statusCode": refused.code,
    }


def _create(
    call: SoapCall, metadata_type: MetadataType, full_name: str, record: ET.Element
) -> Outcome:
    if member_of(metadata_type) or call.org.components.get(metadata_type, full_name) is not None:
        raise Refused(
            "DUPLICATE_DEVELOPER_NAME",
            f"The developer name you entered is already in use: {full_name}",
        )
    return _write(call, metadata_type, full_name, record)


def _update(
    call: SoapCall, metadata_type: MetadataType, full_name: str, record: ET.Element
) -> Outcome:
    known = member_of(metadata_type) or call.org.components.get(metadata_type, full_name)
    if not known:
        raise Refused(
            "INVALID_CROSS_REFERENCE_KEY", f"no {metadata_type.name} named {full_name} found"
        )
    return _write(call, metadata_type, full_name, record)


def _write(
    call: SoapCall, metadata_type: MetadataType, full_name: str, record: ET.Element
) -> Outcome:
    component = read_element(metadata_type, full_name, record, call.version, call.org.quirks)
    if member_of(metadata_type):
        if full_name != member_of(metadata_type):
            raise Refused("INVALID_CROSS_REFERENCE_KEY", f"no Settings named {full_name} found")
        return Outcome("", created=False, changed=write_settings(call.org, component))
    apps = call.org.components.all(EXTERNAL_CLIENT_APPLICATION)
    known = frozenset(app.component.full_name.casefold() for app in apps)
    request = Request(call.session.user_id, call.version, earlier_apps=known)
    return write(call.org, request, component)


def delete_metadata(call: SoapCall) -> str:
    """``deleteMetadata``."""
    call.exchange.begin_write()
    metadata_type = type_in(text(call.body, "type"), call.version)
    results: list[XmlValue] = []
    for element in children(call.body, "fullNames"):
        name = (element.text or "").strip()
        stored = call.org.components.get(metadata_type, name)
        errors: list[XmlValue] = []
        if stored is None:
            missing = f"no {metadata_type.name} named {name} found"
            errors = [_error(Refused("INVALID_CROSS_REFERENCE_KEY", missing))]
        else:
            delete(call.org, stored, call.session.user_id)
        results.append({"errors": errors, "fullName": name, "success": not errors})
    return elements({"result": results})


def describe_value_type(call: SoapCall) -> str:
    """``describeValueType``: a type's fields, from the catalogue."""
    name = text(call.body, "type").rpartition("}")[2]
    metadata_type = settings_type_named(name) or type_in(name, call.version)
    fields: list[XmlValue] = [
        _described(Field("fullName", role=Role.PARENT, risk=_NEVER_CHANGES), call.version)
    ]
    fields.extend(
        _described(field, call.version)
        for field in metadata_type.fields
        if knows(call.org, field, call.version)
    )
    return elements(
        {
            "result": {
                "apiCreatable": not member_of(metadata_type),
                "apiDeletable": not member_of(metadata_type),
                "apiReadable": True,
                "apiUpdatable": True,
                "valueTypeFields": fields,
            }
        }
    )


_SOAP_TYPES: Final = {Kind.BOOLEAN: "boolean", Kind.INTEGER: "int"}


def _described(field: Field, version: int) -> dict[str, XmlValue]:
    choices: list[XmlValue] = [
        {"active": True, "defaultValue": False, "label": str(c.value), "value": str(c.value)}
        for c in field.choices
        if field.kind is Kind.ENUM and c.known_in(version)
    ]
    own_type = field.kind in {Kind.ENUM, Kind.RECORD, Kind.RECORDS}
    plain = _SOAP_TYPES.get(field.kind, "string")
    return {
        "fields": [_described(child, version) for child in field.children],
        "foreignKeyDomain": "ExternalClientApplication" if _is_parent(field) else None,
        "isForeignKey": _is_parent(field),
        "isNameField": field.name == "fullName",
        "minOccurs": int(field.required),
        "name": field.name,
        "picklistValues": choices,
        "soapType": field.name[0].upper() + field.name[1:] if own_type else plain,
        "valueRequired": field.required,
    }


def _is_parent(field: Field) -> bool:
    return field.role is Role.PARENT and field.name != "fullName"
