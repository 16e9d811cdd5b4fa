"""The login call of the partner and enterprise APIs: a username and its seeded password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from werkzeug.wrappers import Response

from provision.catalogue.document import local_name
from provision.localorg.domain.people import username_of
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange
from provision.localorg.oauth.client import PLATFORM_CLI, find_client
from provision.localorg.oauth.issue import issue_access
from provision.localorg.soap.call import parse_call, text
from provision.localorg.soap.xml import elements, fault, partner_envelope

__all__ = ["login_endpoint"]

_XML: Final = "text/xml;charset=UTF-8"
_INVALID: Final = "Invalid username, password, security token; or user locked out."


def login_endpoint(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``POST /services/Soap/u/NN`` and ``/services/Soap/c/NN``: login alone is known."""
    del arguments
    element, _, version = parse_call(exchange.request.get_data(), exchange.request.path)
    name = local_name(element.tag)
    if name != "login":
        raise Refused("UNKNOWN_EXCEPTION", f"No operation available for request {name}")
    body = _login(exchange, element, version)
    if body is None:
        content = fault("INVALID_LOGIN", _INVALID, partner="LoginFault")
        return Response(content, 500, content_type=_XML)
    return Response(partner_envelope("login", body), 200, content_type=_XML)


def _login(exchange: Exchange, element: ET.Element, version: int) -> str | None:
    found = username_of(exchange.realm.default, text(element, "username"))
    org = exchange.realm.org(found[0]) if found else None
    user = org.records.get("User", found[1]) if org and found else None
    if org is None or user is None or not user["IsActive"]:
        return None
    password = str(user.get("$Password") or "")
    # A security token may stand behind the password; here every one is right.
    if not password or not text(element, "password").startswith(password):
        return None
    exchange.org = org
    client = find_client(exchange.realm, org, PLATFORM_CLI)
    base = exchange.base_url
    return elements(
        {
            "result": {
                "metadataServerUrl": f"{base}/services/Soap/m/{version}.0/{org.id}",
                "passwordExpired": False,
                "sandbox": org.profile.sandbox,
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
