"""The network under test: one request of many that does not go as it should."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter

__all__ = ["Request", "answered", "interrupted_after", "interrupted_before", "meddling"]


@dataclass(frozen=True)
class Request:
    """One request that does not go as it should. ``deliver`` has the org do it."""

    sent: requests.PreparedRequest
    deliver: Callable[[], requests.Response]


Act = Callable[[Request], requests.Response]


@contextmanager
def meddling(method: str, part: str, act: Act, *, nth: int = 1) -> Iterator[list[str]]:
    """Within the block, ``act`` does the ``nth`` request that fits; all requests, in order."""
    send = HTTPAdapter.send
    seen: list[str] = []
    fitting = 0

    def meddled(
        adapter: HTTPAdapter, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        nonlocal fitting
        seen.append(f"{request.method} {request.url}")
        if request.method == method and part in str(request.url):
            fitting += 1
            if fitting == nth:
                return act(Request(request, lambda: send(adapter, request, **options)))
        return send(adapter, request, **options)

    HTTPAdapter.send = meddled  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        HTTPAdapter.send = send  # type: ignore[method-assign]


def interrupted_before(request: Request) -> requests.Response:
    """Ctrl-C while the request is sent: the org does not get it."""
    raise KeyboardInterrupt


def interrupted_after(request: Request) -> requests.Response:
    """Ctrl-C while the answer is awaited: the org did it."""
    request.deliver().close()
    raise KeyboardInterrupt


def answered(status: int, body: object) -> Act:
    """An answer that nobody gave: the org does not get the request."""

    def act(request: Request) -> requests.Response:
        response = requests.Response()
        response.status_code = status
        response.url = str(request.sent.url)
        response.request = request.sent
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(body).encode()
        return response

    return act
