"""SOAP to the Metadata API: one call, its result elements, its faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import requests

from provision.catalogue.document import METADATA_NAMESPACE, DocumentError, local_name, parse_xml
from provision.errors import OrgUnreachable
from provision.org.failure import SESSION_GONE, refusal, session_refused, translated
from provision.org.http import clock_of
from provision.org.retry import Retry, Waits, retried
from provision.org.session import Session
from provision.org.write import write

__all__ = ["READ_WAITS", "Node", "SoapEndpoint", "child_text"]

_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soapenv:Header><SessionHeader xmlns="{namespace}"><sessionId>{token}</sessionId>'
    "</SessionHeader></soapenv:Header>"
    '<soapenv:Body><{operation} xmlns="{namespace}">{arguments}</{operation}></soapenv:Body>'
    "</soapenv:Envelope>"
)

READ_WAITS: Final = Waits(0.5, longest=5.0, jitter=0.5)
"""The waits between the attempts at one read."""

_READ_ATTEMPTS: Final = 4

Node = Sequence[tuple[str, object]]
"""Child elements in order: a name, and a text, a boolean, or a node of its own."""


class SoapEndpoint:
    """The Metadata API's SOAP endpoint of one org."""

    def __init__(self, session: Session, http: requests.Session, api_version: int) -> None:
        self._session = session
        self._http = http
        self._url = f"{session.instance_url}/services/Soap/m/{api_version}.0"

    def read(self, operation: str, arguments: Node) -> list[ET.Element]:
        """The ``result`` elements of a call that changes nothing. Raises what :meth:`call` does.

        It is repeated while the org is unreachable: a read over SOAP is a POST, which the HTTP
        session does not repeat.
        """
        retry = Retry(clock_of(self._http), READ_WAITS, attempts=_READ_ATTEMPTS)
        return retried(
            lambda: self.call(operation, arguments),
            retry,
            lambda error: isinstance(error, OrgUnreachable),
        )

    def call(self, operation: str, arguments: Node) -> list[ET.Element]:
        """The ``result`` elements of a call.

        Raises :class:`OrgRefused` for a fault, :class:`LoginRefused` if the org refuses the
        session, and :class:`OrgUnreachable` for anything that is not a SOAP answer.
        """
        return self._results(translated(self._url, lambda: self._sent(operation, arguments)))

    def write(self, what: str, operation: str, arguments: Node) -> list[ET.Element]:
        """The ``result`` elements of a call that changes the org; ``what`` describes it.

        Raises what :meth:`call` does if the org turned it away, or else :class:`WriteUnknown`.
        """
        return write(what, self._url, lambda: self._sent(operation, arguments), self._results)

    def _sent(self, operation: str, arguments: Node) -> requests.Response:
        body = _ENVELOPE.format(
            namespace=METADATA_NAMESPACE,
            token=escape(self._session.access_token),
            operation=operation,
            arguments=_xml(arguments),
        )
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        return self._http.post(self._url, data=body.encode(), headers=headers)

    def _results(self, response: requests.Response) -> list[ET.Element]:
        try:
            answer = _first_of_body(parse_xml(response.content))
        except DocumentError as error:
            raise OrgUnreachable(
                f"{self._url} answered HTTP {response.status_code}, and no SOAP: {error}",
                next_step="Check the instance URL, and the org's status page.",
            ) from error
        if local_name(answer.tag) == "Fault":
            raise self._fault(answer)
        return [child for child in answer if local_name(child.tag) == "result"]

    def _fault(self, fault: ET.Element) -> Exception:
        code = child_text(fault, "faultcode").rpartition(":")[2]
        message = child_text(fault, "faultstring")
        if code == SESSION_GONE:
            return session_refused(self._session, message.strip())
        return refusal(code, message.strip() or code)


def child_text(element: ET.Element, name: str) -> str:
    """The text of the child called ``name``, empty if there is none."""
    for child in element:
        if local_name(child.tag) == name:
            return child.text or ""
    return ""


def _first_of_body(envelope: ET.Element) -> ET.Element:
    for part in envelope:
        if local_name(part.tag) == "Body" and len(part):
            return part[0]
    raise DocumentError("no SOAP body")


def _xml(node: Node) -> str:
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in node)


def _content(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return escape(str(value))
        case list() | tuple():
            return _xml(value)
        case _:
            raise TypeError(f"no SOAP argument: {value!r}")
