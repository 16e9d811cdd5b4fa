"""From XML to a component that an API version accepts, or the refusal."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from provision.catalogue.canonical import split_names
from provision.catalogue.catalogue import PARENT_FIELD
from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import Component, Unset
from provision.catalogue.document import DocumentError, component_of, local_name, parse_xml
from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.scope import SCOPES
from provision.catalogue.violation import Violation, violations
from provision.localorg.domain.problem import Refused
from provision.localorg.quirks import DisputedFields, ElementOrder, Quirks

__all__ = ["parent_of", "read_element", "read_file"]


def read_file(
    metadata_type: MetadataType, full_name: str, source: bytes, version: int, quirks: Quirks
) -> Component:
    """The component in a deployed file. Raises :class:`Refused`."""
    try:
        root = parse_xml(source)
    except DocumentError as error:
        raise Refused("INVALID_FIELD", f"Error parsing file: {error}") from error
    if local_name(root.tag) != metadata_type.name:
        raise Refused(
            "INVALID_FIELD",
            f"Error parsing file: Element {local_name(root.tag)} invalid at this location",
        )
    return read_element(metadata_type, full_name, root, version, quirks)


def read_element(
    metadata_type: MetadataType,
    full_name: str,
    element: ET.Element,
    version: int,
    quirks: Quirks,
) -> Component:
    """The component whose fields are an element's children. Raises :class:`Refused`."""
    if quirks.element_order is ElementOrder.DROPPED:
        _drop_out_of_order(element)
    try:
        component = component_of(metadata_type, full_name, element)
    except DocumentError as error:
        raise Refused("INVALID_FIELD", f"Error parsing file: {error}") from error
    takes_disputed = quirks.disputed_fields is DisputedFields.ACCEPTED
    for violation in violations(component, version):
        # Scopes have a refusal of their own, which lists the valid ones.
        is_of_scope = violation.field == "commaSeparatedOauthScopes"
        if not (violation.disputed and takes_disputed) and not is_of_scope:
            raise _refusal(metadata_type, violation, component, version)
    _check_values(component, version)
    return component


def _drop_out_of_order(element: ET.Element) -> None:
    """Remove elements that are out of order. OBS: an org did that without an error."""
    highest = ""
    for child in list(element):
        name = local_name(child.tag)
        if name == "fullName":
            continue
        if name < highest:
            element.remove(child)
        highest = max(highest, name)


def _refusal(
    metadata_type: MetadataType, violation: Violation, component: Component, version: int
) -> Refused:
    field = metadata_type.field(violation.field)
    name = violation.field
    if field is not None and not field.known_in(version):
        return Refused(
            "INVALID_FIELD",
            f"Error parsing file: Element {name} invalid at this location"
            f" in type {metadata_type.name}",
            element=name,
        )
    if field is not None and field.choices:
        # OBS: 'AdminApproved' is not a valid value for the enum 'PermittedUsersPolicyType'
        value = component.fields[name]
        return Refused(
            "INVALID_FIELD",
            f"'{value}' is not a valid value for the enum '{_enum(name)}'",
            element=name,
        )
    return Refused("INVALID_FIELD", f"Error parsing file: {violation.message}", element=name)


def _enum(field: str) -> str:
    return field[0].upper() + field[1:]


def _check_values(component: Component, version: int) -> None:
    for field in component.type.fields:
        value = component.fields.get(field.name)
        if isinstance(value, str) and value.strip():
            _check_text(field, value, version)


def _check_text(field: Field, value: str, version: int) -> None:
    if field.kind is Kind.SCOPES:
        _check_scopes(field, value, version)
    elif field.kind is Kind.CERTIFICATE:
        try:
            certificate_der(value)
        except ValueError as error:
            raise Refused(
                "INVALID_FIELD", f"The certificate isn't valid: {error}", element=field.name
            ) from error


def _check_scopes(field: Field, value: str, version: int) -> None:
    # OBS: tokens are case-sensitive, and the refusal lists all. Its exact text is not known.
    known = [scope.token for scope in SCOPES if scope.since <= version]
    for token in split_names(value):
        if token not in known:
            raise Refused(
                "INVALID_FIELD",
                f"Invalid OAuth scope: {token}. Valid scopes are: {', '.join(known)}",
                element=field.name,
            )


def parent_of(component: Component) -> str:
    """The app that a component names as its parent. Raises :class:`Refused` if it names none."""
    value = component.fields.get(PARENT_FIELD, "")
    if isinstance(value, Unset) or not str(value).strip():
        # OBS: the response if the element was missing, or had been dropped.
        raise Refused("REQUIRED_FIELD_MISSING", "Enter the name of the parent external client app")
    return str(value).strip()
