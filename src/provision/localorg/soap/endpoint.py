"""The SOAP endpoints: Metadata API (``m``), and login (``u`` and ``c``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from werkzeug.wrappers import Request, Response

from provision.catalogue.document import local_name
from provision.localorg.domain.people import require_metadata_access, username_of
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange
from provision.localorg.oauth.client import PLATFORM_CLI, find_client
from provision.localorg.oauth.session import Session, session_of
from provision.localorg.oauth.tokens import issue_access
from provision.localorg.soap import deploy, reading, retrieve, writing
from provision.localorg.soap.message import (
    Operation,
    SoapCall,
    elements,
    envelope,
    fault,
    parse_call,
    partner_envelope,
    text,
)

__all__ = [
    "login_endpoint",
    "metadata_endpoint",
    "soap_fault",
    "soap_operation",
]

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


def metadata_endpoint(exchange: Exchange, tail: str = "") -> Response:
    """``POST /services/Soap/m/NN[/anything]``."""
    element, session_id, version = parse_call(exchange.request.get_data(), tail)
    name = local_name(element.tag)
    operation = _OPERATIONS.get(name)
    session = _session(exchange, session_id)
    if version > session.org.info.api_version:
        raise Refused("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    if operation is None:
        raise Refused("UNKNOWN_EXCEPTION", f"No operation available for request {name}")
    require_metadata_access(session.org, session.user_id)
    body = operation(SoapCall(exchange, session, version, element))
    return _reply(envelope(name, body), 200)


def soap_operation(request: Request) -> str:
    """The name of a SOAP request in the log: the first element in its body."""
    found = _FIRST_IN_BODY.search(request.get_data())
    return f"soap:{found.group(1).decode()}" if found else "soap:unknown"


def _session(exchange: Exchange, session_id: str) -> Session:
    session = session_of(exchange.orgs, session_id)
    if session is None or not session.may_use_api:
        raise Refused(
            "INVALID_SESSION_ID",
            "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing"
            " session hash: null=\nThis error usually occurs after a session expires or a user logs"
            " out. ",
        )
    exchange.count_call(session.org)  # DOC: SOAP calls count like REST calls
    return session


def soap_fault(code: str, message: str, *, partner: str = "") -> Response:
    """A fault. It is always HTTP 500: jsforce reads any other as an empty response."""
    return _reply(fault(code, message, partner=partner), 500)


def _reply(body: str, status: int) -> Response:
    return Response(body, status, content_type="text/xml;charset=UTF-8")


_XML: Final = "text/xml;charset=UTF-8"
_INVALID: Final = "Invalid username, password, security token; or user locked out."


def login_endpoint(exchange: Exchange, tail: str = "") -> Response:
    """``POST /services/Soap/u/NN`` and ``/services/Soap/c/NN``: ``login`` only."""
    element, _, version = parse_call(exchange.request.get_data(), tail)
    name = local_name(element.tag)
    if name != "login":
        raise Refused("UNKNOWN_EXCEPTION", f"No operation available for request {name}")
    body = _login(exchange, element, version)
    if body is None:
        content = fault("INVALID_LOGIN", _INVALID, partner="LoginFault")
        return Response(content, 500, content_type=_XML)
    return Response(partner_envelope("login", body), 200, content_type=_XML)


def _login(exchange: Exchange, element: ET.Element, version: int) -> str | None:
    found = username_of(exchange.orgs.default, text(element, "username"))
    org = exchange.orgs.org(found[0]) if found else None
    user = org.records.get("User", found[1]) if org and found else None
    if org is None or user is None or not user["IsActive"]:
        return None
    password = str(user.get("$Password") or "")
    # A security token may follow the password. Here every token is correct.
    if not password or not text(element, "password").startswith(password):
        return None
    exchange.org = org
    client = find_client(exchange.orgs, org, PLATFORM_CLI)
    base = exchange.base_url
    return elements(
        {
            "result": {
                "metadataServerUrl": f"{base}/services/Soap/m/{version}.0/{org.id}",
                "passwordExpired": False,
                "sandbox": org.info.sandbox,
                "serverUrl": f"{base}/services/Soap/u/{version}.0/{org.id}",
                "sessionId": issue_access(client, user, client.scopes),
                "userId": str(user["Id"]),
                "userInfo": {
                    "organizationId": org.id,
                    "organizationName": org.name,
                    "userEmail": str(user["Email"]),
                    "userFullName": str(user["Name"]),
                    "userId": str(user["Id"]),
                    "userLanguage": str(user["LanguageLocaleKey"]),
                    "userName": str(user["Username"]),
                },
            }
        }
    )
