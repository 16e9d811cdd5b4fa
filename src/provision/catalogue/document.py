"""Component files and SOAP records: XML to components and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from provision.catalogue.component import (
    UNSET,
    Component,
    RawXml,
    Record,
    Scalar,
    Unset,
    Value,
)
from provision.catalogue.field import Field, Kind, MetadataType, unknown_field

__all__ = [
    "METADATA_NAMESPACE",
    "DocumentError",
    "component_of",
    "local_name",
    "parse_component",
    "parse_xml",
    "serialise",
]

METADATA_NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NIL: Final = f"{{{_XSI}}}nil"
_MAX_BYTES: Final = 64 * 1024 * 1024
_INDENT: Final = "    "
_NOT_XML_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DocumentError(ValueError):
    """XML that is not a component of the type it should be. Carries one sentence."""


def local_name(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def parse_xml(source: bytes | str) -> ET.Element:
    """Parse XML from an org or a file; DTDs, and with them entities, are refused.

    Raises :class:`DocumentError`.
    """
    data = source.encode() if isinstance(source, str) else source
    if len(data) > _MAX_BYTES:
        raise DocumentError(f"{len(data)} bytes of XML, more than {_MAX_BYTES}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DocumentError("the XML has a document type declaration, which no org sends")
    try:
        return ET.fromstring(data)  # noqa: S314  # entities are refused above
    except (ET.ParseError, LookupError, ValueError) as error:  # the latter two: its encoding
        raise DocumentError(f"not well-formed XML: {error}") from error


def parse_component(metadata_type: MetadataType, full_name: str, source: bytes | str) -> Component:
    """The component in a file of ``metadata_type``. Raises :class:`DocumentError`."""
    root = parse_xml(source)
    if local_name(root.tag) != metadata_type.name:
        raise DocumentError(f"the file is a {local_name(root.tag)}, not a {metadata_type.name}")
    return component_of(metadata_type, full_name, root)


def component_of(metadata_type: MetadataType, full_name: str, element: ET.Element) -> Component:
    """The component whose fields are the children of ``element``.

    An element with ``xsi:nil`` is :data:`UNSET`. A field that the catalogue does not know is kept
    as :class:`RawXml`. Raises :class:`DocumentError` for a value of the wrong kind.
    """
    grouped: dict[str, list[ET.Element]] = {}
    for child in element:
        grouped.setdefault(local_name(child.tag), []).append(child)
    grouped.pop("fullName", None)
    fields: dict[str, Value] = {}
    for name, elements in grouped.items():
        fields[name] = _value(metadata_type.field(name), name, elements)
    return Component(metadata_type, full_name, fields)


def _value(field: Field | None, name: str, elements: Sequence[ET.Element]) -> Value:
    if field is None:
        return RawXml("".join(_raw(element) for element in elements))
    if field.kind is Kind.RECORDS:
        if len(elements) == 1 and _is_nil(elements[0]):
            return UNSET
        return tuple(_record(field, element) for element in elements)
    if len(elements) > 1:
        raise DocumentError(f"{name} occurs {len(elements)} times")
    element = elements[0]
    if _is_nil(element):
        return UNSET
    return _record(field, element) if field.kind is Kind.RECORD else _scalar(field, element)


def _is_nil(element: ET.Element) -> bool:
    return element.get(_NIL) in {"true", "1"}


def _record(field: Field, element: ET.Element) -> Record:
    record: dict[str, Scalar] = {}
    for child in element:
        name = local_name(child.tag)
        if len(child):
            raise DocumentError(f"{field.name}.{name} has elements inside")
        record[name] = _scalar(field.child(name) or unknown_field(name), child)
    return record


def _scalar(field: Field, element: ET.Element) -> Scalar:
    if len(element):
        raise DocumentError(f"{field.name} has elements inside")
    text = element.text or ""
    if field.kind is Kind.BOOLEAN:
        lowered = text.strip().lower()
        if lowered in {"true", "1"}:
            return True
        if lowered in {"false", "0"}:
            return False
        raise DocumentError(f"{field.name} is {text.strip()!r}, neither true nor false")
    if field.kind is Kind.INTEGER:
        try:
            return int(text.strip())
        except ValueError:
            raise DocumentError(f"{field.name} is {text.strip()!r}, not a whole number") from None
    return text


def _raw(element: ET.Element) -> str:
    """An unknown element as text in the default namespace, so that it can be sent back."""
    name = local_name(element.tag)
    if _is_nil(element):
        return f'<{name} xmlns:xsi="{_XSI}" xsi:nil="true"/>'
    body = escape(element.text or "") + "".join(
        _raw(child) + escape(child.tail or "") for child in element
    )
    return f"<{name}>{body}</{name}>"


def serialise(component: Component) -> bytes:
    """A component's file in Metadata API format: WSDL order, four spaces, UTF-8, one line feed.

    :data:`UNSET` fields are left out: that is how a deploy clears them. Raises
    :class:`DocumentError` for text that XML cannot hold.
    """
    name = component.type.name
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{name} xmlns="{METADATA_NAMESPACE}">']
    for field_name in sorted(component.fields):
        lines.extend(_lines(field_name, component.fields[field_name]))
    lines.append(f"</{name}>")
    return ("\n".join(lines) + "\n").encode()


def _lines(name: str, value: Value) -> Iterable[str]:
    match value:
        case Unset():
            return
        case RawXml():
            yield _INDENT + value.text
        case bool() | int() | str():
            yield f"{_INDENT}<{name}>{_text(value)}</{name}>"
        case tuple():
            for record in value:
                yield from _record_lines(name, record)
        case _:
            yield from _record_lines(name, value)


def _record_lines(name: str, record: Record) -> Iterable[str]:
    yield f"{_INDENT}<{name}>"
    for child in sorted(record):
        yield f"{_INDENT * 2}<{child}>{_text(record[child])}</{child}>"
    yield f"{_INDENT}</{name}>"


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    unfit = _NOT_XML_TEXT.search(text)
    if unfit:
        raise DocumentError(f"the character {unfit.group()!r} cannot stand in XML")
    return escape(text).replace("\r", "&#13;")
