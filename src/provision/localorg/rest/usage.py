"""Connect REST: which apps are used and by whom, and how to revoke their tokens."""

from __future__ import annotations

from typing import Any, Final

from werkzeug.wrappers import Response

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.localorg.clock import stamp
from provision.localorg.domain.org import Org
from provision.localorg.domain.problem import not_found
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.store.components import Stored
from provision.localorg.store.ids import long_id
from provision.localorg.store.tokens import Token

__all__ = ["revoke_app", "revoke_token", "revoke_user", "usage", "user_tokens", "users"]

_PAGE: Final = 100  # DOC


def usage(exchange: Exchange) -> Response:
    """``GET .../apps/oauth/usage``: every app (OBS), although DOC says only used ones."""
    org = exchange.session().org
    args = exchange.request.args
    size = max(1, args.get("pageSize", _PAGE, type=int))
    page = max(0, args.get("page", 0, type=int))
    apps = org.components.all(EXTERNAL_CLIENT_APPLICATION)
    shown = apps[page * size : (page + 1) * size]
    url = f"{exchange.version_path}/apps/oauth/usage"
    has_more = (page + 1) * size < len(apps)
    return json_reply(
        {
            "apps": [_app(org, each, url) for each in shown],
            "currentPageUrl": f"{url}?page={page}&pageSize={size}",
            "nextPageUrl": f"{url}?page={page + 1}&pageSize={size}" if has_more else None,
        }
    )


def _app(org: Org, stored: Stored, url: str) -> dict[str, Any]:
    tokens = _tokens(org, stored.id)
    return {
        "developerName": stored.component.full_name,
        "identifier": stored.id,
        "label": stored.component.text("label"),
        "tokenCount": len(tokens),
        "userCount": len({token.user for token in tokens}),
        "usersUrl": f"{url}/{stored.id}/users",
        "tokensUrl": f"{url}/{stored.id}/tokens",
    }


def _tokens(org: Org, app_id: str) -> list[Token]:
    return [token for token in org.tokens.of_org(org.id) if token.app == app_id]


def _known(org: Org, given_id: str) -> str:
    app_id = long_id(given_id)
    if org.components.by_id(EXTERNAL_CLIENT_APPLICATION, app_id) is None:
        raise not_found()
    return app_id


def users(exchange: Exchange, app_id: str) -> Response:
    """``GET .../usage/APP/users``."""
    org = exchange.session().org
    tokens = _tokens(org, _known(org, app_id))
    found = (org.records.get("User", user) for user in sorted({token.user for token in tokens}))
    shown = [{"id": user["Id"], "username": user["Username"]} for user in found if user]
    return json_reply({"users": shown, "nextPageUrl": None})


def revoke_app(exchange: Exchange, app_id: str) -> Response:
    """``DELETE .../usage/APP/tokens``."""
    org = exchange.session().org
    exchange.begin_write()
    org.tokens.revoke_app(org.id, _known(org, app_id))
    return Response("", 204)


def user_tokens(exchange: Exchange, app_id: str, user_id: str) -> Response:
    """``GET .../usage/APP/USER/tokens``."""
    org = exchange.session().org
    tokens = _of_user(org, app_id, user_id)
    shown = [
        {"id": token.id, "createdDate": stamp(token.issued), "lastUsedDate": stamp(token.used)}
        for token in tokens
    ]
    return json_reply({"tokens": shown, "nextPageUrl": None})


def revoke_user(exchange: Exchange, app_id: str, user_id: str) -> Response:
    """``DELETE .../usage/APP/USER/tokens``."""
    org = exchange.session().org
    exchange.begin_write()
    for token in _of_user(org, app_id, user_id):
        org.tokens.revoke(token)
    return Response("", 204)


def _of_user(org: Org, app_id: str, user_id: str) -> list[Token]:
    user = long_id(user_id)
    return [token for token in _tokens(org, _known(org, app_id)) if token.user == user]


def revoke_token(exchange: Exchange, token_id: str) -> Response:
    """``DELETE .../usage/tokens/TOKEN``."""
    org = exchange.session().org
    exchange.begin_write()
    for token in org.tokens.of_org(org.id):
        if token.id == token_id:
            org.tokens.revoke(token)
            return Response("", 204)
    raise not_found()
