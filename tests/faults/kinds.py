"""The faults: what can go wrong with one request, each as a row."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import requests

from tests.faults.answers import HTML, answer, dropped, problem, refused, timed_out
from tests.faults.request import Named
from tests.faults.virtual_time import VirtualTime

__all__ = ["KINDS", "Call", "Kind", "Reach"]

_HTTP_TIMEOUT = 30.0  # what the program gives a call unless it is told otherwise
_ON_THE_WAY = 20.0  # seconds after which an org takes a request that was held up on the way


@dataclass(frozen=True)
class Call:
    """One request that meets a fault.

    ``deliver`` lets the org take it, and returns its answer; ``finish`` has the org carry out the
    deploys that it took, which are else under way until somebody asked about them.
    ``harm`` sets a fault of the local org itself for the next deploy that it is given; ``delay``
    has the org do the request some seconds later, or when the run has ended.
    """

    request: requests.PreparedRequest
    named: Named
    deliver: Callable[[], requests.Response]
    finish: Callable[[], None]
    harm: Callable[[str], None]
    delay: Callable[[float, Callable[[], requests.Response]], None]
    time: VirtualTime


class Reach(StrEnum):
    """Which requests a fault is tried on."""

    ALL = "all"
    WRITES = "writes"  # for others, the same as the fault's twin that comes before
    CREATES = "creates"
    DEPLOYS = "deploys"
    STATUS = "status"  # asking how a deploy is doing


@dataclass(frozen=True)
class Kind:
    """One fault. ``lasting``: all later requests meet ``then``, or the same fault again.

    ``in_fleets`` is false for one that would leave threads of a fleet's run at work.
    """

    name: str
    what: str
    act: Callable[[Call], requests.Response]
    reach: Reach = Reach.ALL
    lasting: bool = False
    then: Callable[[Call], requests.Response] | None = None
    in_fleets: bool = True

    def fits(self, named: Named) -> bool:
        """Whether the fault says something about a request that its twins do not."""
        match self.reach:
            case Reach.ALL:
                return True
            case Reach.WRITES:
                return named.is_write
            case Reach.CREATES:
                return named.is_write and "POST sobjects/" in named.name
            case Reach.DEPLOYS:
                return named.is_deploy
            case Reach.STATUS:
                return named.is_status


def _refuse(call: Call) -> requests.Response:
    raise refused(call.request)


def _drop(call: Call) -> requests.Response:
    raise dropped(call.request)


def _late(call: Call) -> requests.Response:
    call.time.sleep(_HTTP_TIMEOUT)
    raise timed_out(call.request)


def _held_up(act: Callable[[Call], requests.Response]) -> Callable[[Call], requests.Response]:
    """The same fault, and the org takes the request later, when the program knows of the fault."""

    def taken_later(call: Call) -> requests.Response:
        call.delay(_ON_THE_WAY, call.deliver)
        return act(call)

    return taken_later


def _fixed(
    status: int, body: bytes = HTML, kind: str = "text/html", **headers: str
) -> Callable[[Call], requests.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda call: answer(call.request, status, body, kind, named)


def _refusal(status: int, code: str, message: str) -> Callable[[Call], requests.Response]:
    return lambda call: problem(call.request, call.named, status, code, message)


def _after(act: Callable[[Call], requests.Response]) -> Callable[[Call], requests.Response]:
    """The same fault, once the org has done what it was asked for."""

    def done_first(call: Call) -> requests.Response:
        call.deliver().close()
        call.finish()
        return act(call)

    return done_first


def _taken(act: Callable[[Call], requests.Response]) -> Callable[[Call], requests.Response]:
    """The same fault, once the org has the request, whatever that takes it."""

    def taken_first(call: Call) -> requests.Response:
        call.deliver().close()
        return act(call)

    return taken_first


def _truncated(call: Call) -> requests.Response:
    """The connection ends in the middle of the body."""
    real = call.deliver()
    kind = real.headers.get("Content-Type", "")
    body = real.content
    return answer(
        call.request, real.status_code, body[: len(body) // 2], kind, length=max(len(body), 1)
    )


def _garbled(call: Call) -> requests.Response:
    """A body that ends in the middle, and says that it is whole."""
    real = call.deliver()
    kind = real.headers.get("Content-Type", "")
    return answer(call.request, real.status_code, real.content[: len(real.content) // 2], kind)


def _wrong_shape(call: Call) -> requests.Response:
    """JSON or XML that is well formed, and not what was asked for."""
    real = call.deliver()
    kind = real.headers.get("Content-Type", "")
    body = b"<answer><nothing/></answer>" if call.named.is_soap else b'["?"]'
    return answer(call.request, real.status_code, body, kind)


def _odd_status(call: Call) -> requests.Response:
    """A deploy's status in words and numbers that no client knows."""
    real = call.deliver()
    content = real.json()
    result = content["deployResult"]
    result.update(done=False, success=False, status="Wobbling", numberComponentsTotal="n/a")
    result["details"] = {"componentFailures": [{"lineNumber": "n/a", "success": "n/a"}]}
    kind = real.headers.get("Content-Type", "")
    return answer(call.request, real.status_code, json.dumps(content).encode(), kind)


def _signal(number: signal.Signals) -> Callable[[Call], requests.Response]:
    """A signal before the org has the request.

    The program's own handler decides what comes of it; if that raises, the request is not sent.
    """

    def act(call: Call) -> requests.Response:
        os.kill(os.getpid(), number)
        return call.deliver()

    return act


def _signal_after(
    number: signal.Signals, *, finished: bool = False
) -> Callable[[Call], requests.Response]:
    """A signal while the answer is awaited. ``finished``: a deploy has ended by then."""

    def act(call: Call) -> requests.Response:
        response = call.deliver()
        if finished:
            call.finish()
        os.kill(os.getpid(), number)
        return response

    return act


def _interrupt_unsent(call: Call) -> requests.Response:
    """Ctrl-C while the request is on its way, and is sent all the same."""
    os.kill(os.getpid(), signal.SIGINT)
    raise dropped(call.request)  # unless the program's handler raised before


def _harmed(kind: str) -> Callable[[Call], requests.Response]:
    def act(call: Call) -> requests.Response:
        call.harm(kind)
        return call.deliver()

    return act


_UNKNOWN = _refusal(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId: 1-2 (3)")
_GONE = _refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
_LIMIT = _refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
_BUSY = _fixed(503)
_BUSY_ASKING = _fixed(503, Retry_After="5")
_ONCE = Reach.WRITES

KINDS: tuple[Kind, ...] = (
    Kind("refused", "connection refused", _refuse),
    Kind("down", "connection refused from here on", _refuse, lasting=True),
    Kind("drop-before", "connection lost, the org does not have the request", _drop),
    Kind("drop-after", "connection lost, the org did it", _after(_drop), _ONCE),
    Kind("drop-meanwhile", "connection lost, the deploy that the org took is under way",
         _taken(_drop), Reach.DEPLOYS),
    Kind("drop-held-up", "connection lost, the org takes the request 20 s later",
         _held_up(_drop), _ONCE),
    Kind("late-before", "no answer in time, nothing done", _late),
    Kind("late-after", "no answer in time, the org did it", _after(_late), _ONCE),
    Kind("late-held-up", "no answer in time, the org takes the request 20 s later",
         _held_up(_late), _ONCE),
    Kind("500-before", "HTTP 500 UNKNOWN_EXCEPTION, nothing done", _UNKNOWN),
    Kind("500-after", "HTTP 500 UNKNOWN_EXCEPTION, the org did it", _after(_UNKNOWN), _ONCE),
    Kind("500-html", "HTTP 500 in HTML, nothing done", _fixed(500)),
    Kind("500-html-after", "HTTP 500 in HTML, the org did it", _after(_fixed(500)), _ONCE),
    Kind("500-empty-after", "HTTP 500 without a body, the org did it",
         _after(_fixed(500, b"")), _ONCE),
    Kind("502-after", "HTTP 502 of a proxy, the org did it", _after(_fixed(502)), _ONCE),
    Kind("503-before", "HTTP 503, nothing done", _BUSY),
    Kind("503-after", "HTTP 503, the org did it", _after(_BUSY), _ONCE),
    Kind("503-retry", "HTTP 503 with Retry-After, nothing done", _BUSY_ASKING),
    Kind("503-retry-after", "HTTP 503 with Retry-After, the org did it",
         _after(_BUSY_ASKING), _ONCE),
    Kind("503-lasting", "HTTP 503 from here on", _BUSY, lasting=True),
    Kind("429", "HTTP 429 with Retry-After", _fixed(429, Retry_After="5")),
    Kind("session-once", "HTTP 401 INVALID_SESSION_ID, once", _GONE),
    Kind("session-gone", "HTTP 401 INVALID_SESSION_ID from here on", _GONE, lasting=True),
    Kind("session-gone-after", "done, and HTTP 401 INVALID_SESSION_ID from then on",
         lambda call: call.deliver(), _ONCE, lasting=True, then=_GONE),
    Kind("limit", "HTTP 403 REQUEST_LIMIT_EXCEEDED, once", _LIMIT),
    Kind("limit-lasting", "HTTP 403 REQUEST_LIMIT_EXCEEDED from here on", _LIMIT, lasting=True),
    Kind("limit-after", "done, and HTTP 403 REQUEST_LIMIT_EXCEEDED from then on",
         lambda call: call.deliver(), _ONCE, lasting=True, then=_LIMIT),
    Kind("locked-row", "UNABLE_TO_LOCK_ROW, nothing done",
         _refusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"), _ONCE),
    Kind("no-access", "INSUFFICIENT_ACCESS, nothing done",
         _refusal(403, "INSUFFICIENT_ACCESS", "insufficient access rights"), _ONCE),
    Kind("duplicate", "DUPLICATE_VALUE from a create that was done",
         _after(_refusal(400, "DUPLICATE_VALUE", "duplicate value found")), Reach.CREATES),
    Kind("truncated", "connection lost in the middle of the answer", _truncated),
    Kind("garbled", "half an answer", _garbled),
    Kind("wrong-shape", "an answer of another shape", _wrong_shape),
    Kind("empty-200", "HTTP 200 without a body", _after(_fixed(200, b"", "application/json"))),
    Kind("html-200", "HTTP 200 with an HTML page", _after(_fixed(200))),
    Kind("redirect", "a redirect, nothing done",
         _fixed(302, b"", Location="/secur/maintenance.jsp")),
    Kind("int-before", "Ctrl-C before the org has the request", _signal(signal.SIGINT)),
    Kind("int-after", "Ctrl-C once the org has the request; a deploy is under way",
         _signal_after(signal.SIGINT)),
    Kind("int-held-up", "Ctrl-C, the org takes the request 20 s later",
         _held_up(_interrupt_unsent), _ONCE),
    Kind("int-lasting", "Ctrl-C after the org did it, and at each request from then on",
         _signal_after(signal.SIGINT), _ONCE, lasting=True, then=_signal(signal.SIGINT),
         in_fleets=False),
    Kind("term-before", "SIGTERM before the org has the request", _signal(signal.SIGTERM)),
    Kind("term-after", "SIGTERM after the org did it",
         _signal_after(signal.SIGTERM, finished=True)),
    Kind("hup-before", "SIGHUP before the org has the request", _signal(signal.SIGHUP), _ONCE),
    Kind("hup-after", "SIGHUP after the org did it",
         _signal_after(signal.SIGHUP, finished=True), _ONCE),
    Kind("deploy-stuck", "a deploy that never ends", _harmed("stuck"), Reach.DEPLOYS),
    Kind("deploy-failed", "a deploy that the org refuses", _harmed("component_failure"),
         Reach.DEPLOYS),
    Kind("odd-status", "a deploy's status that makes no sense, once", _odd_status, Reach.STATUS),
    Kind("odd-status-lasting", "a deploy's status that makes no sense, from here on",
         _odd_status, Reach.STATUS, lasting=True),
)  # fmt: skip
