"""SOAP answers: elements in the order given, in the shape that every client reads.

jsforce reads an answer as empty, without an error, when Envelope or Body have no prefix, when
Body has an attribute, or when anything below it has a prefix (org-protocol 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.sax.saxutils import escape

from provision.catalogue.component import Component, RawXml, Unset, Value
from provision.catalogue.document import METADATA_NAMESPACE

__all__ = [
    "NIL_RECORD",
    "Xml",
    "XmlValue",
    "elements",
    "envelope",
    "fault",
    "partner_envelope",
    "record",
]

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_PARTNER: Final = "urn:partner.soap.sforce.com"
_FAULT_SPACE: Final = "urn:fault.partner.soap.sforce.com"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Xml:
    """Text that is XML already."""

    text: str


XmlValue: TypeAlias = (
    "str | int | float | bool | Xml | Mapping[str, XmlValue] | Sequence[XmlValue] | None"
)

NIL_RECORD: Final = Xml('<records xsi:nil="true"/>')


def elements(values: Mapping[str, XmlValue]) -> str:
    """Elements, one for each value, several for a list; ``None`` is left out."""
    return "".join(part for name, value in values.items() for part in _element(name, value))


def _element(name: str, value: XmlValue) -> Iterator[str]:
    match value:
        case None:
            return
        case Xml():
            yield value.text
        case bool():
            yield f"<{name}>{'true' if value else 'false'}</{name}>"
        case str() | int() | float():
            yield f"<{name}>{_escaped(str(value))}</{name}>"
        case Mapping():
            yield f"<{name}>{elements(value)}</{name}>"
        case _:
            for item in value:
                yield from _element(name, item)


def _escaped(text: str) -> str:
    # JSON can bring characters that XML cannot hold.
    return escape(_NOT_XML.sub("\ufffd", text)).replace("\r", "&#13;")


def envelope(operation: str, body: str) -> str:
    """The answer of a Metadata API operation."""
    return (
        f'{_DECLARATION}<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns="{METADATA_NAMESPACE}"'
        f' xmlns:xsi="{_XSI}"><soapenv:Body><{operation}Response>{body}</{operation}Response>'
        "</soapenv:Body></soapenv:Envelope>"
    )


def partner_envelope(operation: str, body: str) -> str:
    """The answer of a partner or enterprise API operation."""
    return (
        f'{_DECLARATION}<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns="{_PARTNER}"'
        f' xmlns:xsi="{_XSI}"><soapenv:Body><{operation}Response>{body}</{operation}Response>'
        "</soapenv:Body></soapenv:Envelope>"
    )


def fault(code: str, message: str, *, partner: str = "") -> str:
    """A fault, to be sent with HTTP 500. ``partner`` names the fault's type on that API."""
    space = _FAULT_SPACE if partner else METADATA_NAMESPACE
    detail = ""
    if partner:
        detail = (
            f'<detail><sf:{partner} xsi:type="sf:{partner}"><sf:exceptionCode>{code}'
            f"</sf:exceptionCode><sf:exceptionMessage>{_escaped(message)}</sf:exceptionMessage>"
            f"</sf:{partner}></detail>"
        )
    return (
        f'{_DECLARATION}<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns:sf="{space}"'
        f' xmlns:xsi="{_XSI}"><soapenv:Body><soapenv:Fault><faultcode>sf:{code}</faultcode>'
        f"<faultstring>{_escaped(f'{code}: {message}')}</faultstring>{detail}</soapenv:Fault>"
        "</soapenv:Body></soapenv:Envelope>"
    )


def record(component: Component) -> Xml:
    """A component as a ``records`` element of readMetadata: full name first (WSDL)."""
    inner = [f"<fullName>{_escaped(component.full_name)}</fullName>"]
    inner.extend(_field(name, component.fields[name]) for name in sorted(component.fields))
    return Xml(f'<records xsi:type="{component.type.name}">{"".join(inner)}</records>')


def _field(name: str, value: Value) -> str:
    match value:
        case RawXml():
            return value.text
        case Unset():
            return ""
        case tuple():
            return elements({name: [dict(sorted(item.items())) for item in value]})
        case Mapping():
            return elements({name: dict(sorted(value.items()))})
        case _:
            return elements({name: value})
