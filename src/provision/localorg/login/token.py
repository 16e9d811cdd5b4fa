"""The token endpoint."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.wrappers import Request, Response

from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.oauth.grant import (
    TokenRequest,
    authorization_code,
    client_credentials,
    jwt_bearer,
    refresh,
)
from provision.localorg.oauth.tokens import Issued, sign
from provision.localorg.store.rows import Json

__all__ = ["oauth_error_reply", "token", "token_operation"]

_ID_TOKEN_MINUTES: Final = 2

_GRANTS: Final[Mapping[str, tuple[str, Callable[[TokenRequest], Issued]]]] = {
    "urn:ietf:params:oauth:grant-type:jwt-bearer": ("jwt-bearer", jwt_bearer),
    "client_credentials": ("client-credentials", client_credentials),
    "refresh_token": ("refresh", refresh),
    "authorization_code": ("authorization-code", authorization_code),
}


def token(exchange: Exchange) -> Response:
    """``POST /services/oauth2/token``."""
    form = {key: str(value) for key, value in exchange.request.values.items()}
    _, grant = _GRANTS.get(form.get("grant_type", ""), ("", _unsupported))
    request = TokenRequest(
        exchange.orgs,
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
    """The name of a token request in the log: each grant has its own."""
    name, _ = _GRANTS.get(str(request.values.get("grant_type", "")), ("unknown", _unsupported))
    return f"token:{name}"


def _unsupported(request: TokenRequest) -> Issued:
    del request
    raise OAuthError(OAuthRefusal.FLOW_OFF)


def oauth_error_reply(error: OAuthError) -> Response:
    """An OAuth error as a JSON response."""
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


def _signature(text: str, key: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha256)).decode()
