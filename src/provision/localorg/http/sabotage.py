"""What a fault does to an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.wrappers import Response

from provision.localorg.domain.problem import Refused
from provision.localorg.fault import Fault, FaultKind
from provision.localorg.http.connection import Answer

__all__ = ["sabotaged"]

_HTML: Final = "<html><head><title>Error</title></head><body>Service Unavailable</body></html>"

# The refusals that a fault feigns. Over SOAP each is a fault with HTTP 500.
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
}


def sabotaged(
    fault: Fault | None,
    work: Callable[[], Response],
    refuse: Callable[[Refused], Response],
) -> Answer:
    """The answer to a request that meets a fault. ``work`` answers it as if nothing were.

    Component failures and stuck deploys are no matter of the answer: the deploy sees to them.
    """
    if fault is None:
        return Answer(work())
    if fault.kind in _REFUSALS:
        return Answer(refuse(_REFUSALS[fault.kind]))
    match fault.kind:
        case FaultKind.DROP_BEFORE:
            return Answer(None)
        case FaultKind.DROP_AFTER:
            work()
            return Answer(None)
        case FaultKind.SLOW:
            time.sleep(fault.seconds)
            return Answer(work())
        case FaultKind.TRUNCATED:
            response = work()
            return Answer(response, keep_body=len(response.get_data()) // 2)
        case FaultKind.HTML_ERROR:
            return Answer(Response(_HTML, 500, content_type="text/html"))
        case FaultKind.SERVER_UNAVAILABLE:
            return Answer(_busy(503, fault.retry_after))
        case FaultKind.TOO_MANY_REQUESTS:
            return Answer(_busy(429, fault.retry_after or str(int(fault.seconds))))
        case _:
            return Answer(work())


def _busy(status: int, retry_after: str) -> Response:
    response = Response(_HTML, status, content_type="text/html")
    if retry_after:
        response.headers["Retry-After"] = retry_after
    return response
