"""The OAuth endpoints that programs talk to."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.wrappers import Request, Response

from provision.localorg.http.exchange import Exchange, json_reply
from provision.localorg.oauth.error import OAuthError
from provision.localorg.oauth.grant import (
    TokenRequest,
    authorization_code,
    client_credentials,
    refresh,
)
from provision.localorg.oauth.issue import Issued
from provision.localorg.oauth.jwt_bearer import jwt_bearer
from provision.localorg.oauth.session import Session, session_of
from provision.localorg.oauth.signing import jwks, sign
from provision.localorg.store.records import Json

__all__ = [
    "identity",
    "introspect",
    "keys",
    "oauth_error_reply",
    "revoke",
    "token",
    "token_operation",
    "userinfo",
]

_ID_TOKEN_MINUTES: Final = 2

_GRANTS: Final[Mapping[str, tuple[str, Callable[[TokenRequest], Issued]]]] = {
    "urn:ietf:params:oauth:grant-type:jwt-bearer": ("jwt-bearer", jwt_bearer),
    "client_credentials": ("client-credentials", client_credentials),
    "refresh_token": ("refresh", refresh),
    "authorization_code": ("authorization-code", authorization_code),
}


def token(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``POST /services/oauth2/token``."""
    del arguments
    form = {key: str(value) for key, value in exchange.request.values.items()}
    _, grant = _GRANTS.get(form.get("grant_type", ""), ("", _unsupported))
    request = TokenRequest(
        exchange.realm,
        exchange.host_org(),
        form,
        exchange.request.headers.get("Authorization", ""),
        exchange.base_url,
    )
    try:
        issued = grant(request)
    except OAuthError as error:
        return oauth_error_reply(error)
    exchange.org = issued.client.org
    return json_reply(_token_answer(exchange, issued))


def token_operation(request: Request) -> str:
    """What a request of the token endpoint is called: by its grant."""
    name, _ = _GRANTS.get(str(request.values.get("grant_type", "")), ("unknown", _unsupported))
    return f"token:{name}"


def _unsupported(request: TokenRequest) -> Issued:
    del request
    raise OAuthError("unsupported_grant_type", "grant type not supported")


def oauth_error_reply(error: OAuthError) -> Response:
    """An OAuth error as JSON."""
    return json_reply({"error": error.error, "error_description": error.description}, error.status)


def _token_answer(exchange: Exchange, issued: Issued) -> dict[str, Json]:
    org = issued.client.org
    identity_url = f"{exchange.base_url}/id/{org.id}/{issued.user['Id']}"
    at = str(int(org.clock.now() * 1000))
    answer: dict[str, Json] = {
        "access_token": issued.access,
        "signature": _signature(identity_url + at, issued.client.key),
        "scope": " ".join(issued.scopes),
        "instance_url": exchange.base_url,
        "id": identity_url,
        "token_type": "Bearer",
        "issued_at": at,
    }
    if issued.refresh:
        answer["refresh_token"] = issued.refresh
    if "openid" in issued.scopes:
        answer["id_token"] = _id_token(exchange, issued, identity_url)
    return answer


def _id_token(exchange: Exchange, issued: Issued, subject: str) -> str:
    """An OpenID Connect id token; DOC: valid for 2 minutes unless the app says otherwise."""
    org = issued.client.org
    now = int(org.clock.now())
    config = issued.client.settings.get("idTokenConfig")
    minutes = config.get("idTokenValidityInMinutes", 0) if isinstance(config, Mapping) else 0
    claims = {
        "iss": exchange.base_url,
        "sub": subject,
        "aud": issued.client.key,
        "iat": now,
        "exp": now + 60 * (int(str(minutes)) or _ID_TOKEN_MINUTES),
    }
    return sign(org.database, claims)


def keys(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``GET /id/keys``: the key that JWTs of this server are signed with."""
    del arguments
    return json_reply(jwks(exchange.realm.database))


def _signature(text: str, key: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()


def userinfo(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``GET`` and ``POST /services/oauth2/userinfo``."""
    del arguments
    session = _token_session(exchange)
    if session is None:
        return _bad_token()
    user, org = session.user, session.org
    return json_reply(
        {
            "sub": f"{exchange.base_url}/id/{org.id}/{session.user_id}",
            "user_id": session.user_id,
            "organization_id": org.id,
            "preferred_username": user["Username"],
            "nickname": user["Alias"] or user["Username"],
            "name": user["Name"],
            "email": user["Email"],
            "email_verified": True,
            "given_name": user["FirstName"],
            "family_name": user["LastName"],
            "zoneinfo": user["TimeZoneSidKey"],
            "active": user["IsActive"],
            "user_type": "STANDARD",
            "language": user["LanguageLocaleKey"],
            "locale": user["LocaleSidKey"],
            "utcOffset": 0,
            "urls": _urls(exchange),
            "is_app_installed": True,
        }
    )


def identity(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``GET /id/<org>/<user>``."""
    session = _token_session(exchange)
    if session is None:
        return _bad_token()
    if session.org.short_id != arguments["org"][:15]:
        return Response("Wrong_Org", 404, content_type="text/html")
    user = session.org.records.get("User", arguments["user"])
    if user is None:
        return Response("Bad_Id", 404, content_type="text/html")
    return json_reply(
        {
            "id": f"{exchange.base_url}/id/{session.org.id}/{user['Id']}",
            "asserted_user": user["Id"] == session.user_id,
            "user_id": user["Id"],
            "organization_id": session.org.id,
            "username": user["Username"],
            "nick_name": user["Alias"] or user["Username"],
            "display_name": user["Name"],
            "email": user["Email"],
            "email_verified": True,
            "first_name": user["FirstName"],
            "last_name": user["LastName"],
            "active": user["IsActive"],
            "user_type": "STANDARD",
            "urls": _urls(exchange),
        }
    )


def _urls(exchange: Exchange) -> dict[str, Json]:
    base = exchange.base_url
    return {
        "metadata": f"{base}/services/Soap/m/{{version}}/",
        "partner": f"{base}/services/Soap/u/{{version}}/",
        "rest": f"{base}/services/data/v{{version}}/",
        "sobjects": f"{base}/services/data/v{{version}}/sobjects/",
        "query": f"{base}/services/data/v{{version}}/query/",
    }


def _token_session(exchange: Exchange) -> Session | None:
    text = exchange.bearer() or str(exchange.request.values.get("access_token", ""))
    session = session_of(exchange.realm, text)
    if session is not None:
        exchange.org = session.org
    return session


def _bad_token() -> Response:
    # OBS: the body is this one word.
    return Response("Bad_OAuth_Token", 403, content_type="text/html;charset=UTF-8")


def revoke(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``POST /services/oauth2/revoke``."""
    del arguments
    tokens = exchange.realm.default.tokens
    found = tokens.find(str(exchange.request.values.get("token", "")))
    if found is None:
        return oauth_error_reply(
            OAuthError("unsupported_token_type", "this token is not supported")
        )
    tokens.revoke(found)
    return Response("", 200, content_type="text/html;charset=UTF-8")


def introspect(exchange: Exchange, arguments: Mapping[str, str]) -> Response:
    """``POST /services/oauth2/introspect``."""
    del arguments
    session = session_of(exchange.realm, str(exchange.request.values.get("token", "")))
    if session is None:
        return json_reply({"active": False})
    return json_reply(
        {
            "active": True,
            "scope": " ".join(session.token.scopes),
            "username": session.user["Username"],
            "sub": f"{exchange.base_url}/id/{session.org.id}/{session.user_id}",
            "token_type": "access_token",
            "iat": int(session.token.issued),
        }
    )
