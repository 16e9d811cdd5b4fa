"""SOAP messages: how requests are parsed, and how responses are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from provision.catalogue.component import Component, RawXml, Unset, Value
from provision.catalogue.document import METADATA_NAMESPACE, DocumentError, local_name, parse_xml
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange
from provision.localorg.oauth.session import Session

__all__ = [
    "NIL_RECORD",
    "Operation",
    "SoapCall",
    "Xml",
    "XmlValue",
    "child",
    "children",
    "elements",
    "envelope",
    "fault",
    "parse_call",
    "partner_envelope",
    "record",
    "text",
    "truth",
]

_VERSION: Final = re.compile(r"(\d+)(?:\.\d+)?(?:/|$)")
_TRUE: Final = {"true", "1"}


@dataclass(frozen=True, slots=True)
class SoapCall:
    """A call of an operation. ``version`` is the API version of the endpoint."""

    exchange: Exchange
    session: Session
    version: int
    body: ET.Element

    @property
    def org(self) -> Org:
        """The org that is called."""
        return self.session.org


Operation: TypeAlias = Callable[[SoapCall], str]
"""An operation: takes a call, and returns the XML inside its response element."""


def parse_call(content: bytes, tail: str) -> tuple[ET.Element, str, int]:
    """The operation's element, the session id and the endpoint's version of a request.

    ``tail`` is the path behind the endpoint. Prefixes, the SOAPAction and the end of the path do
    not matter: clients differ in all three. Raises :class:`Refused`.
    """
    found = _VERSION.match(tail)
    if found is None:
        raise Refused("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    try:
        root = parse_xml(content)
    except DocumentError as error:
        raise Refused("UNKNOWN_EXCEPTION", str(error)) from error
    body = child(root, "Body")
    operations = list(body) if body is not None else []
    if local_name(root.tag) != "Envelope" or not operations:
        raise Refused("UNKNOWN_EXCEPTION", "The request is not a SOAP envelope with a body")
    header = child(root, "Header")
    session = child(header, "SessionHeader") if header is not None else None
    return operations[0], text(session, "sessionId"), int(found.group(1))


def child(element: ET.Element | None, *names: str) -> ET.Element | None:
    """The first child with one of these local names, or ``None``."""
    if element is None:
        return None
    return next((part for part in element if local_name(part.tag) in names), None)


def children(element: ET.Element | None, name: str) -> list[ET.Element]:
    """All children with a local name."""
    if element is None:
        return []
    return [part for part in element if local_name(part.tag) == name]


def text(element: ET.Element | None, *names: str) -> str:
    """The text of the first child with one of these local names, or an empty string."""
    found = child(element, *names)
    return (found.text or "").strip() if found is not None else ""


def truth(element: ET.Element | None, name: str, *, default: bool) -> bool:
    """A boolean. Clients send ``true``, ``True`` (simple-salesforce) or ``1``."""
    written = text(element, name).lower()
    return written in _TRUE if written else default


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
    """An element for each value, and several for a list. ``None`` is left out."""
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
    # JSON can contain characters that XML cannot.
    return escape(_NOT_XML.sub("\ufffd", text)).replace("\r", "&#13;")


def envelope(operation: str, body: str) -> str:
    """The response of a Metadata API operation."""
    return (
        f'{_DECLARATION}<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns="{METADATA_NAMESPACE}"'
        f' xmlns:xsi="{_XSI}"><soapenv:Body><{operation}Response>{body}</{operation}Response>'
        "</soapenv:Body></soapenv:Envelope>"
    )


def partner_envelope(operation: str, body: str) -> str:
    """The response of a partner or enterprise API operation."""
    return (
        f'{_DECLARATION}<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns="{_PARTNER}"'
        f' xmlns:xsi="{_XSI}"><soapenv:Body><{operation}Response>{body}</{operation}Response>'
        "</soapenv:Body></soapenv:Envelope>"
    )


def fault(code: str, message: str, *, partner: str = "") -> str:
    """A fault, for HTTP 500. ``partner`` is the type of a fault of the partner API."""
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
