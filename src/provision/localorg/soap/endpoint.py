"""The SOAP endpoints: Metadata API (``m``), and login (``u`` and ``c``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.wrappers import Request, Response

from provision.catalogue.document import local_name
from provision.localorg.domain.access import require_metadata_access
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange
from provision.localorg.oauth.session import Session, session_of
from provision.localorg.soap import deploy, reading, retrieve, writing
from provision.localorg.soap.call import Operation, SoapCall, parse_call
from provision.localorg.soap.xml import envelope, fault

__all__ = ["metadata_endpoint", "soap_fault", "soap_operation"]

_FIRST_IN_BODY: Final = re.compile(rb"<(?:[\w-]+:)?Body\b[^>]*>\s*<(?:[\w-]+:)?(\w+)")

_OPERATIONS: Final[Mapping[str, Operation]] = {
    "cancelDeploy": deploy.cancel_deploy,
    "createMetadata": writing.create_metadata,
    "deleteMetadata": writing.delete_metadata,
    "describeValueType": writing.describe_value_type,
    "updateMetadata": writing.update_metadata,
    "upsertMetadata": writing.upsert_metadata,
    "checkDeployStatus": deploy.check_deploy_status,
    "checkRetrieveStatus": retrieve.check_retrieve_status,
    "checkStatus": retrieve.check_status,
    "deploy": deploy.deploy,
    "deployRecentValidation": deploy.deploy_recent_validation,
    "describeMetadata": reading.describe_metadata,
    "listMetadata": reading.list_metadata,
    "readMetadata": reading.read_metadata,
    "retrieve": retrieve.retrieve,
}


def metadata_endpoint(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``POST /services/Soap/m/NN[/anything]``."""
    del arguments
    element, session_id, version = parse_call(exchange.request.get_data(), exchange.request.path)
    name = local_name(element.tag)
    operation = _OPERATIONS.get(name)
    session = _session(exchange, session_id)
    if version > session.org.profile.api_version:
        raise Refused("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    if operation is None:
        raise Refused("UNKNOWN_EXCEPTION", f"No operation available for request {name}")
    require_metadata_access(session.org, session.user_id)
    body = operation(SoapCall(exchange, session, version, element))
    return _reply(envelope(name, body), 200)


def soap_operation(request: Request) -> str:
    """What a SOAP request is called: by the first element of its body."""
    found = _FIRST_IN_BODY.search(request.get_data())
    return f"soap:{found.group(1).decode()}" if found else "soap:unknown"


def _session(exchange: Exchange, session_id: str) -> Session:
    session = session_of(exchange.realm, session_id)
    if session is None or not session.may_use_api:
        raise Refused(
            "INVALID_SESSION_ID",
            "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing"
            " session hash: null=\nThis error usually occurs after a session expires or a user logs"
            " out. ",
        )
    exchange.count_call(session.org)  # DOC: calls of SOAP count like those of REST
    return session


def soap_fault(code: str, message: str, *, partner: str = "") -> Response:
    """A fault: always HTTP 500, since jsforce takes any other for an empty answer."""
    return _reply(fault(code, message, partner=partner), 500)


def _reply(body: str, status: int) -> Response:
    return Response(body, status, content_type="text/xml;charset=UTF-8")
