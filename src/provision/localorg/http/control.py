"""Control of the emulation itself, below ``/__localorg__/``: no endpoint of a real org."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from werkzeug.wrappers import Response

from provision.localorg.clock import stamp
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.fault import faults_of
from provision.localorg.oauth.session import ready_session
from provision.localorg.quirks import Quirks

__all__ = ["api_calls", "clock", "faults", "quirks", "reset", "session", "status"]

_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


def _guard(exchange: Exchange) -> None:
    """Refuse what a web page elsewhere could make a browser send here.

    A foreign name in ``Host`` is DNS rebinding; a body that is not JSON needs no preflight.
    """
    request = exchange.request
    host = request.host.rsplit(":", 1)[0]
    named = host in _LOOPBACK or host.endswith(".localhost")
    json_body = request.method == "GET" or request.mimetype == "application/json"
    if not (named and json_body):
        raise Refused("INSUFFICIENT_ACCESS", "control is for this machine, in JSON", status=403)


def status(exchange: Exchange) -> Response:
    """``GET /__localorg__/status``."""
    _guard(exchange)
    realm = exchange.realm
    return json_reply(
        {
            "clock": stamp(realm.clock.now()),
            "clock_offset_seconds": realm.clock.offset,
            "quirks": realm.quirks.as_text(),
            "faults": exchange.faults.content.model_dump(mode="json"),
            "orgs": [
                {
                    "name": org.name,
                    "id": org.id,
                    **asdict(org.profile),
                    "api_calls": exchange.api_calls.get(org.id, 0),
                }
                for org in realm
            ],
        }
    )


def clock(exchange: Exchange) -> Response:
    """``POST /__localorg__/clock`` with ``{"advance": SECONDS}``."""
    _guard(exchange)
    seconds = exchange.json_body().get("advance")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds < 0:
        raise Refused("INVALID_FIELD", "advance is a number of seconds, not below 0")
    exchange.realm.advance(seconds)
    return json_reply({"clock": stamp(exchange.realm.clock.now())})


def quirks(exchange: Exchange) -> Response:
    """``PUT /__localorg__/quirks`` with ``{NAME: VALUE}``; what is left out is at its default."""
    _guard(exchange)
    wanted = Quirks.of(*(f"{name}={value}" for name, value in exchange.json_body().items()))
    exchange.realm.quirks = wanted
    return json_reply(wanted.as_text())


def faults(exchange: Exchange) -> Response:
    """``PUT /__localorg__/faults`` with the content of a faults file."""
    _guard(exchange)
    content = faults_of(exchange.json_body())
    exchange.faults.replace(content)
    return json_reply(content.model_dump(mode="json"))


def api_calls(exchange: Exchange) -> Response:
    """``PUT /__localorg__/api-calls`` with ``{"used": N}``: of the host's org, else the first."""
    _guard(exchange)
    used = exchange.json_body().get("used")
    if not isinstance(used, int) or isinstance(used, bool) or used < 0:
        raise Refused("INVALID_FIELD", "used is a number of calls, not below 0")
    org = exchange.host_org() or exchange.realm.default
    exchange.api_calls[org.id] = used
    return json_reply({"used": used, "limit": org.profile.daily_requests})


def session(exchange: Exchange) -> Response:
    """``POST /__localorg__/session`` with ``{"username": NAME}``: a session without a login."""
    _guard(exchange)
    ready = ready_session(exchange.realm, str(exchange.json_body().get("username", "")))
    return json_reply({**asdict(ready), "instance_url": exchange.base_url}, 201)


def reset(exchange: Exchange) -> Response:
    """``POST /__localorg__/reset``: back to the seed, and to now."""
    _guard(exchange)
    exchange.realm.reset()
    return json_reply({"orgs": [org.id for org in exchange.realm]})
