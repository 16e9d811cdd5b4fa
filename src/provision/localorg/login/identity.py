"""Endpoints about a token: userinfo, the identity URL, introspection, revocation, signing keys."""

from __future__ import annotations

from werkzeug.wrappers import Response

from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.login.token import oauth_error_reply
from provision.localorg.oauth.error import OAuthError, OAuthRefusal
from provision.localorg.oauth.session import Session, session_of
from provision.localorg.oauth.tokens import jwks
from provision.localorg.store.rows import Json

__all__ = ["identity", "introspect", "keys", "revoke", "userinfo"]


def userinfo(exchange: Exchange) -> Response:
    """``GET`` and ``POST /services/oauth2/userinfo``."""
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


def identity(exchange: Exchange, org_id: str, user_id: str) -> Response:
    """``GET /id/<org>/<user>``."""
    session = _token_session(exchange)
    if session is None:
        return _bad_token()
    if session.org.short_id != org_id[:15]:
        return Response("Wrong_Org", 404, content_type="text/html")
    user = session.org.records.get("User", user_id)
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
    session = session_of(exchange.orgs, text)
    if session is not None:
        exchange.org = session.org
    return session


def _bad_token() -> Response:
    # OBS: this word is the whole body.
    return Response("Bad_OAuth_Token", 403, content_type="text/html;charset=UTF-8")


def revoke(exchange: Exchange) -> Response:
    """``POST /services/oauth2/revoke``."""
    tokens = exchange.orgs.default.tokens
    found = tokens.find(str(exchange.request.values.get("token", "")))
    if found is None:
        return oauth_error_reply(OAuthError(OAuthRefusal.BAD_TOKEN_TYPE))
    tokens.revoke(found)
    return Response("", 200, content_type="text/html;charset=UTF-8")


def introspect(exchange: Exchange) -> Response:
    """``POST /services/oauth2/introspect``."""
    session = session_of(exchange.orgs, str(exchange.request.values.get("token", "")))
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


def keys(exchange: Exchange) -> Response:
    """``GET /id/keys``: the key with which this server signs JWTs."""
    return json_reply(jwks(exchange.orgs.database))
