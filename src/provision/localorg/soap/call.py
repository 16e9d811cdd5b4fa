"""One SOAP call: its operation, its arguments, and who makes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

from provision.catalogue.document import DocumentError, local_name, parse_xml
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange
from provision.localorg.oauth.session import Session

__all__ = ["Operation", "SoapCall", "child", "children", "parse_call", "text", "truth"]

_VERSION: Final = re.compile(r"/services/Soap/[a-zA-Z]+/(\d+)(?:\.\d+)?(?:/|$)")
_TRUE: Final = {"true", "1"}


@dataclass(frozen=True, slots=True)
class SoapCall:
    """A call on its way to its operation. ``version`` is that of the endpoint."""

    exchange: Exchange
    session: Session
    version: int
    body: ET.Element

    @property
    def org(self) -> Org:
        """The org that is called."""
        return self.session.org


Operation: TypeAlias = Callable[[SoapCall], str]
"""An operation: from a call to the XML inside its response element."""


def parse_call(content: bytes, path: str) -> tuple[ET.Element, str, int]:
    """The operation's element, the session id and the endpoint's version of a request.

    Whatever the prefixes, the SOAPAction or the path's tail: clients differ in all three.
    Raises :class:`Refused`.
    """
    found = _VERSION.match(path)
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
    """The text of the first child with one of these local names, or an empty text."""
    found = child(element, *names)
    return (found.text or "").strip() if found is not None else ""


def truth(element: ET.Element | None, name: str, *, default: bool) -> bool:
    """A flag: ``true``, ``True`` (simple-salesforce) and ``1`` are all sent."""
    written = text(element, name).lower()
    return written in _TRUE if written else default
