"""What a client gets instead of the response when a request meets a fault."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.wrappers import Response

from provision.localorg.domain.problem import Refused
from provision.localorg.fault import Fault, FaultKind
from provision.localorg.http.connection import Answer

__all__ = ["answer_with_fault"]

_HTML: Final = "<html><head><title>Error</title></head><body>Service Unavailable</body></html>"

_GARBAGE: Final = b'{"id": ["]'  # neither JSON nor XML

# Faults that look like a refusal. Over SOAP each is a SOAP fault with HTTP 500.
_UNKNOWN: Final = Refused("UNKNOWN_EXCEPTION", "An unexpected error occurred.", status=500)

_REFUSALS: Final[Mapping[FaultKind, Refused]] = {
    FaultKind.REQUEST_LIMIT_EXCEEDED: Refused(
        "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403
    ),
    FaultKind.UNABLE_TO_LOCK_ROW: Refused(
        "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"
    ),
    FaultKind.INVALID_SESSION_ID: Refused(
        "INVALID_SESSION_ID", "Session expired or invalid", status=401
    ),
    FaultKind.ERROR_BEFORE: _UNKNOWN,
}

# Faults that replace the response after the work is done.
_AFTERWARDS: Final[Mapping[FaultKind, Callable[[Response], Response]]] = {
    FaultKind.HTML_ERROR_AFTER: lambda _: Response(_HTML, 500, content_type="text/html"),
    FaultKind.SERVER_UNAVAILABLE_AFTER: lambda _: Response(_HTML, 503, content_type="text/html"),
    FaultKind.GARBLED: lambda response: _with_body(response, _GARBAGE),
    FaultKind.EMPTY: lambda response: _with_body(response, b""),
    FaultKind.ODD_STATUS: lambda response: _with_body(response, _odd(response.get_data())),
}


def answer_with_fault(
    fault: Fault | None,
    work: Callable[[], Response],
    refuse: Callable[[Refused], Response],
) -> Answer:
    """The answer to a request that may meet a fault. ``work`` answers it without the fault.

    Component failures and stuck deploys do not change the response: they are part of the deploy.
    """
    if fault is None:
        return Answer(work())
    if fault.kind in _REFUSALS:
        return Answer(refuse(_REFUSALS[fault.kind]))
    match fault.kind:
        case FaultKind.DROP_BEFORE:
            return Answer(None)
        case FaultKind.SLOW:
            time.sleep(fault.seconds)
            return Answer(work())
        case FaultKind.HTML_ERROR:
            return Answer(Response(_HTML, 500, content_type="text/html"))
        case FaultKind.SERVER_UNAVAILABLE:
            return Answer(_busy(503, fault.retry_after))
        case FaultKind.TOO_MANY_REQUESTS:
            return Answer(_busy(429, fault.retry_after or str(int(fault.seconds))))
        case _:
            return _afterwards(fault, work(), refuse)


def _afterwards(fault: Fault, response: Response, refuse: Callable[[Refused], Response]) -> Answer:
    """The answer that replaces ``response`` after the work is done."""
    if fault.kind in _AFTERWARDS:
        return Answer(_AFTERWARDS[fault.kind](response))
    match fault.kind:
        case FaultKind.DROP_AFTER:
            return Answer(None)
        case FaultKind.ERROR_AFTER:
            return Answer(refuse(_UNKNOWN))
        case FaultKind.SLOW_AFTER:
            time.sleep(fault.seconds)
            return Answer(response)
        case FaultKind.TRUNCATED:
            return Answer(response, keep_body=len(response.get_data()) // 2)
        case _:
            return Answer(response)


def _with_body(response: Response, body: bytes) -> Response:
    response.set_data(body)
    return response


def _odd(body: bytes) -> bytes:
    """A body that is well-formed, but whose values have types that no client expects."""
    for plain in (b'"done": true', b'"done":true', b'"done": false', b'"done":false'):
        body = body.replace(plain, b'"done": "false"')
    for plain in (b"<done>true</done>", b"<done>false</done>"):
        body = body.replace(plain, b"<done>n/a</done>")
    return re.sub(rb'"lineNumber": ?(null|\d+)', b'"lineNumber": "n/a"', body)


def _busy(status: int, retry_after: str) -> Response:
    response = Response(_HTML, status, content_type="text/html")
    if retry_after:
        response.headers["Retry-After"] = retry_after
    return response
