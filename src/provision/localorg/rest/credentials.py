"""Connect REST: consumer keys and secrets, and their staged rotation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from werkzeug.wrappers import Response

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.org_settings import APP_SETTINGS
from provision.localorg.clock import stamp
from provision.localorg.domain.consumers import new_key, new_secret
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import has_permission
from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.domain.settings import is_enabled
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.oauth.session import Session
from provision.localorg.store.consumers import Consumer, StagedPair
from provision.localorg.store.ids import long_id

__all__ = [
    "consumer_list",
    "credentials",
    "stage",
    "staged_change",
    "staged_list",
    "staged_one",
    "staged_revoke",
]

_SETTING: Final = "enableClientSecretInRestApiAccess"
_PERMISSIONS: Final = ("ExternalClientAppDeveloper", "ViewClientSecret")
_STAGED_SINCE: Final = 65
_CREDENTIALS_SINCE: Final = 60
_OVERLAP_SECONDS: Final = 30 * 24 * 3600  # DOC: the old pair works for 30 days
_PARTS: Final[Mapping[str, Callable[[Consumer], dict[str, str]]]] = {
    "key": lambda consumer: {"key": consumer.key},
    "secret": lambda consumer: {"secret": consumer.secret},
    "keyandsecret": lambda consumer: {"key": consumer.key, "secret": consumer.secret},
}


def _session(exchange: Exchange, since: int) -> Session:
    """The session. Raises :class:`Refused` unless version, setting and permissions allow it."""
    session = exchange.session()
    if exchange.version < since:
        raise not_found()
    org = session.org
    allowed = all(has_permission(org, session.user_id, name) for name in _PERMISSIONS)
    if not (is_enabled(org, APP_SETTINGS, _SETTING) and allowed):
        # OBS: clients look for "not currently enabled" in the text.
        raise Refused(
            "FUNCTIONALITY_NOT_ENABLED",
            "This feature is not currently enabled for this user.",
            status=403,
        )
    return session


def _consumer(org: Org, app_id: str, consumer_id: str = "") -> Consumer:
    """The consumer of an app. If ``consumer_id`` is given, it must match."""
    consumer = org.consumers.of_app(long_id(app_id))
    if consumer is None or consumer.org != org.id or not consumer.key:
        raise not_found()
    if consumer_id and consumer.id[:15] != consumer_id[:15]:
        raise not_found()
    return consumer


def _url(exchange: Exchange, app_id: str, consumer: Consumer) -> str:
    return f"{exchange.version_path}/apps/oauth/credentials/{app_id}/{consumer.id}"


def consumer_list(exchange: Exchange, app_id: str) -> Response:
    """``GET .../apps/oauth/credentials/APP``: the consumers of an app, without secrets."""
    org = _session(exchange, _CREDENTIALS_SINCE).org
    consumer = _consumer(org, app_id)
    app = org.components.by_id(EXTERNAL_CLIENT_APPLICATION, consumer.app)
    url = _url(exchange, app_id, consumer)
    return json_reply(
        {
            "consumers": [
                {
                    "id": consumer.id,
                    "key": consumer.key,
                    "name": app.component.full_name if app else "",
                    "stagedCredentialsUrl": f"{url}/staged",
                    "url": url,
                }
            ],
            "currentPageUrl": url.rpartition("/")[0],
            "nextPageUrl": None,
        }
    )


def credentials(exchange: Exchange, app_id: str, consumer_id: str) -> Response:
    """``GET .../credentials/APP/CONSUMER[?part=key|secret|keyandsecret]`` (default: key; DOC)."""
    org = _session(exchange, _CREDENTIALS_SINCE).org
    consumer = _consumer(org, app_id, consumer_id)
    part = exchange.request.args.get("part", "key").lower()
    if part not in _PARTS:
        raise Refused("INVALID_FIELD", f"part is one of {', '.join(_PARTS)}")
    return json_reply({"id": consumer.id, **_PARTS[part](consumer)})


def staged_list(exchange: Exchange, app_id: str, consumer_id: str) -> Response:
    """``GET .../CONSUMER/staged``: the pair in the staging slot, if any."""
    org = _session(exchange, _STAGED_SINCE).org
    consumer = _consumer(org, app_id, consumer_id)
    pair = org.consumers.staged_of(consumer.id)
    url = f"{_url(exchange, app_id, consumer)}/staged"
    shown = [_pair_as_json(org, pair, url)] if pair else []
    return json_reply({"stagedCredentials": shown, "url": url})


def stage(exchange: Exchange, app_id: str, consumer_id: str) -> Response:
    """``POST .../CONSUMER/staged``: add a second pair; only one can be staged (DOC)."""
    session = _session(exchange, _STAGED_SINCE)
    exchange.begin_write()
    org = session.org
    consumer = _consumer(org, app_id, consumer_id)
    staged = org.consumers.staged_of(consumer.id)
    if staged is not None:
        if _state(org, staged) != "Expired":
            raise Refused(
                "DUPLICATE_VALUE", "There are staged credentials already: rotate or delete them"
            )
        org.consumers.unstage(staged)
    now = org.clock.now()
    pair = StagedPair(
        org.database.new_id("8Sc"),
        consumer.id,
        new_key(),
        new_secret(),
        "Active",
        now,
        session.user_id,
        now + _OVERLAP_SECONDS,
    )
    org.consumers.stage(pair)
    return json_reply(_pair_as_json(org, pair, f"{_url(exchange, app_id, consumer)}/staged"), 201)


def staged_one(exchange: Exchange, app_id: str, consumer_id: str, pair_id: str) -> Response:
    """``GET .../staged/ID``."""
    org = _session(exchange, _STAGED_SINCE).org
    consumer, pair = _pair(org, app_id, consumer_id, pair_id)
    return json_reply(_pair_as_json(org, pair, f"{_url(exchange, app_id, consumer)}/staged"))


def staged_change(exchange: Exchange, app_id: str, consumer_id: str, pair_id: str) -> Response:
    """``PATCH .../staged/ID`` with ``{"command": "rotate"}``: exchange the two pairs."""
    session = _session(exchange, _STAGED_SINCE)
    exchange.begin_write()
    org = session.org
    consumer, pair = _pair(org, app_id, consumer_id, pair_id)
    if exchange.json_body().get("command") != "rotate":
        raise Refused("INVALID_FIELD", "The command is rotate")
    if _state(org, pair) != "Active":
        raise Refused("INVALID_STATUS", f"The staged credentials are {_state(org, pair)}")
    now = org.clock.now()
    org.consumers.unstage(pair)
    old = replace(
        pair,
        key=consumer.key,
        secret=consumer.secret,
        state="Rotated",
        expires=now + _OVERLAP_SECONDS,
    )
    org.consumers.put(replace(consumer, key=pair.key, secret=pair.secret))
    org.consumers.stage(old)
    return json_reply(_pair_as_json(org, old, f"{_url(exchange, app_id, consumer)}/staged"))


def staged_revoke(exchange: Exchange, app_id: str, consumer_id: str, pair_id: str) -> Response:
    """``DELETE .../staged/ID``: revoke the staged pair."""
    org = _session(exchange, _STAGED_SINCE).org
    exchange.begin_write()
    _, pair = _pair(org, app_id, consumer_id, pair_id)
    org.consumers.unstage(pair)
    return Response("", 204)


def _pair(org: Org, app_id: str, consumer_id: str, pair_id: str) -> tuple[Consumer, StagedPair]:
    consumer = _consumer(org, app_id, consumer_id)
    pair = org.consumers.staged_of(consumer.id)
    if pair is None or pair.id[:15] != pair_id[:15]:
        raise not_found()
    return consumer, pair


def _state(org: Org, pair: StagedPair) -> str:
    return "Expired" if pair.expires <= org.clock.now() else pair.state


def _pair_as_json(org: Org, pair: StagedPair, url: str) -> dict[str, Any]:
    return {
        "id": pair.id,
        "key": pair.key,
        "secret": pair.secret,
        "state": _state(org, pair),
        "createdBy": pair.created_by,
        "createdDate": stamp(pair.created),
        "expirationDate": stamp(pair.expires),
        "stagedCredentialsUrl": url,
        "url": f"{url}/{pair.id}",
    }
