"""Endpoints below ``/__localorg__/``, which control the emulation. No real org has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from werkzeug.wrappers import Response

from provision.localorg.clock import stamp
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.fault import FaultFile
from provision.localorg.oauth.session import ready_session
from provision.localorg.quirks import Quirks
from provision.localorg.yaml_model import validated

__all__ = ["api_calls", "clock", "faults", "guarded", "quirks", "reset", "session", "status"]

_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


def guarded(handler: Callable[[Exchange], Response]) -> Callable[[Exchange], Response]:
    """A handler that refuses requests which a foreign web page could make a browser send here.

    A foreign name in ``Host`` is DNS rebinding. A browser sends a body that is not JSON without
    asking the server first (CORS preflight).
    """

    def guarded_handler(exchange: Exchange) -> Response:
        request = exchange.request
        host = request.host.rsplit(":", 1)[0]
        is_local = host in _LOOPBACK or host.endswith(".localhost")
        is_json = request.method == "GET" or request.mimetype == "application/json"
        if not (is_local and is_json):
            raise Refused(
                "INSUFFICIENT_ACCESS", "control takes JSON from this machine only", status=403
            )
        return handler(exchange)

    return guarded_handler


def status(exchange: Exchange) -> Response:
    """``GET /__localorg__/status``."""
    orgs = exchange.orgs
    return json_reply(
        {
            "clock": stamp(orgs.clock.now()),
            "clock_offset_seconds": orgs.clock.offset,
            "quirks": orgs.quirks.as_text(),
            "faults": exchange.faults.content.model_dump(mode="json"),
            "orgs": [
                {
                    "name": org.name,
                    "id": org.id,
                    **asdict(org.info),
                    "api_calls": exchange.api_calls.get(org.id, 0),
                }
                for org in orgs
            ],
        }
    )


def clock(exchange: Exchange) -> Response:
    """``POST /__localorg__/clock`` with ``{"advance": SECONDS}``."""
    seconds = exchange.json_body().get("advance")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds < 0:
        raise Refused("INVALID_FIELD", "advance is a number of seconds, 0 or more")
    exchange.orgs.advance(seconds)
    return json_reply({"clock": stamp(exchange.orgs.clock.now())})


def quirks(exchange: Exchange) -> Response:
    """``PUT /__localorg__/quirks`` with ``{NAME: VALUE}``; the others go to their defaults."""
    wanted = Quirks.of(*(f"{name}={value}" for name, value in exchange.json_body().items()))
    exchange.orgs.quirks = wanted
    return json_reply(wanted.as_text())


def faults(exchange: Exchange) -> Response:
    """``PUT /__localorg__/faults`` with the content of a faults file."""
    content = validated(exchange.json_body(), FaultFile, "faults")
    exchange.faults.replace(content)
    return json_reply(content.model_dump(mode="json"))


def api_calls(exchange: Exchange) -> Response:
    """``PUT /__localorg__/api-calls`` with ``{"used": N}``, for the host's or the first org."""
    used = exchange.json_body().get("used")
    if not isinstance(used, int) or isinstance(used, bool) or used < 0:
        raise Refused("INVALID_FIELD", "used is a number of calls, 0 or more")
    org = exchange.host_org() or exchange.orgs.default
    exchange.api_calls[org.id] = used
    return json_reply({"used": used, "limit": org.info.daily_requests})


def session(exchange: Exchange) -> Response:
    """``POST /__localorg__/session`` with ``{"username": NAME}``: a session without a login."""
    ready = ready_session(exchange.orgs, str(exchange.json_body().get("username", "")))
    return json_reply({**asdict(ready), "instance_url": exchange.base_url}, 201)


def reset(exchange: Exchange) -> Response:
    """``POST /__localorg__/reset``: back to the seed and to the present time."""
    exchange.orgs.reset()
    return json_reply({"orgs": [org.id for org in exchange.orgs]})
