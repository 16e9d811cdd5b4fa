"""zeep in strict mode over the real Metadata WSDL, which simple-salesforce ships (v63).

zeep reads answers strictly, but forgives wrong enum values and missing elements; so each answer is
also validated against the schema in the WSDL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import simple_salesforce
from lxml import etree
from zeep import Client, Plugin, Settings

__all__ = ["StrictMetadata", "strict_metadata"]

_WSDL: Final = Path(simple_salesforce.__file__).with_name("metadata.wsdl")
_BINDING: Final = "{http://soap.sforce.com/2006/04/metadata}MetadataBinding"
_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema}schema"
_BODY: Final = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
_FAULT: Final = "{http://schemas.xmlsoap.org/soap/envelope/}Fault"


class StrictMetadata:
    """The Metadata API with a session; builds its arguments from the WSDL's types as well."""

    def __init__(self, client: Client, url: str, token: str) -> None:
        self._client = client
        self._service = client.create_service(_BINDING, f"{url}/services/Soap/m/63.0")
        self._header = client.get_element("ns0:SessionHeader")(sessionId=token)

    def __call__(self, operation: str, *arguments: Any, **named: Any) -> Any:
        """Call an operation; the test fails if its answer is not valid."""
        call = getattr(self._service, operation)
        answer = call(*arguments, **named, _soapheaders=[self._header])
        # Where the WSDL has headers for an answer, zeep gives them too.
        return answer["body"]["result"] if "body" in dir(answer) else answer

    def new(self, type_name: str, **values: Any) -> Any:
        """A value of one of the WSDL's types."""
        return self._client.get_type(f"ns0:{type_name}")(**values)


@contextmanager
def strict_metadata(url: str, token: str) -> Iterator[StrictMetadata]:
    """The Metadata API of an org, held to the WSDL."""
    client = Client(str(_WSDL), settings=Settings(strict=True), plugins=[_Validating()])
    with client.transport.session:
        yield StrictMetadata(client, url, token)


class _Validating(Plugin):  # type: ignore[misc]
    """Holds every answer to the schema: order, enums, what must be there."""

    def ingress(self, envelope: Any, http_headers: Any, operation: Any) -> tuple[Any, Any]:
        """Validate what came, and pass it on."""
        [answer] = envelope.find(_BODY)
        if answer.tag != _FAULT:
            _schema().assertValid(etree.fromstring(etree.tostring(answer)))
        return envelope, http_headers


@cache
def _schema() -> etree.XMLSchema:
    [schema] = etree.parse(str(_WSDL)).iter(_SCHEMA)
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
