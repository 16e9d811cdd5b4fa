"""HTTP to an org: a session with a timeout for every call, retries and call counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests

from provision.distribution import VERSION
from provision.org.clock import Clock, SystemClock
from provision.org.connections import TrustingAdapter, bound_body, bound_time
from provision.org.http_retry import HttpRetry, never_connected
from provision.org.quota import CallCounter, Calls

if TYPE_CHECKING:
    from requests.sessions import _Settings
    from urllib3.poolmanager import ProxyManager

__all__ = [
    "DEFAULT_TIMEOUT",
    "calls_of",
    "clock_of",
    "http_session",
    "org_time_of",
]

DEFAULT_TIMEOUT: Final = 30.0
"""Seconds that one HTTP call may take, from when it was sent until its answer is complete."""

_SYSTEM_CLOCK: Final = SystemClock()


class _Adapter(TrustingAdapter):
    """Gives every call a timeout, and the org's own certificate if it has one.

    REQUESTS_CA_BUNDLE overrules the ``verify`` of a requests session, but not that of an adapter.
    All calls to an org pass through here. They are counted, delayed and repeated here, and the time
    and size of their answers are limited.
    """

    def __init__(self, timeout: float, ca_file: Path | None, clock: Clock) -> None:
        super().__init__()
        self._timeout = timeout
        self._ca_file = ca_file
        self.clock = clock
        self._retry = HttpRetry(clock)
        self.counter = CallCounter()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # requests' own
        """Make the pool of connections; requests' own contract."""
        super().init_poolmanager(*args, **options)
        bound_time(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:  # noqa: ANN401
        """The connections through a proxy; requests' own contract."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        bound_time(manager)
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # the signature is requests'
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request; requests' own contract. Raises :class:`OrgBusy` as well."""
        _to_this_machine(request)
        send = partial(
            super().send,
            request,
            stream=stream,
            timeout=self._timeout if timeout is None else timeout,
            verify=verify if self._ca_file is None else str(self._ca_file),
            cert=cert,
            proxies=proxies,
        )
        return self._retry.send(request, lambda: self._counted(send))

    def _counted(self, send: Callable[[], requests.Response]) -> requests.Response:
        try:
            response = send()
        except requests.exceptions.RequestException as error:
            if not never_connected(error):
                self.counter.count({})
            raise
        self.counter.count(response.headers)
        bound_body(response)
        return response


class _OrgSession(requests.Session):
    """Follows no redirect, and looks up proxies and CA files once for each host.

    requests looks through the whole environment for each call, which in a CI job with many
    variables takes as long as the rest of the call.
    """

    def __init__(self) -> None:
        super().__init__()
        self._settings: dict[str, _Settings] = {}

    def resolve_redirects(
        self,
        resp: requests.Response,
        req: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # the signature is requests'
        timeout: object = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: object = None,
        proxies: object = None,
        yield_requests: bool = False,  # noqa: FBT001, FBT002
        **adapter_kwargs: object,
    ) -> Iterator[requests.Response]:
        """Never a redirect: a call contains a token, a secret or a key that only its host may get.

        For another host requests removes the authorization header, but not a form or a SOAP body.
        Raises :class:`requests.TooManyRedirects`, unless the caller handles redirects itself.
        """
        del req, stream, timeout, verify, cert, proxies, adapter_kwargs
        if resp.is_redirect and not yield_requests:
            raise requests.TooManyRedirects(_host_of(resp.headers["location"]))
        return iter(())

    def merge_environment_settings(
        self,
        url: str | bytes | None,
        proxies: MutableMapping[str, str] | None,
        stream: bool | None,  # noqa: FBT001  # the signature is requests'
        verify: bool | str | None,  # noqa: FBT001
        cert: str | tuple[str, str] | None,
    ) -> _Settings:
        """The settings of a call; requests' own contract."""
        merge = partial(super().merge_environment_settings, url, proxies, stream, verify, cert)
        if proxies or stream or verify is not None or cert:
            return merge()
        host = urlsplit(str(url))._replace(path="", query="", fragment="").geturl()
        if host not in self._settings:
            self._settings[host] = merge()
        return self._settings[host].copy()


def http_session(
    timeout: float = DEFAULT_TIMEOUT, ca_file: Path | None = None, clock: Clock = _SYSTEM_CLOCK
) -> requests.Session:
    """A session for one org. ``timeout`` is in seconds; ``ca_file`` is the only PEM to trust.

    With a ``ca_file`` the org is on this machine, and no proxy is used. ``clock`` waits between
    repeated calls. :func:`calls_of` tells how many calls there were.
    """
    session = _OrgSession()
    session.trust_env = ca_file is None
    # Several threads may share the session: its adapters and pools are made for that, its cookie
    # jar is not. No API that we call needs a cookie, so none is kept.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.auth = _as_it_is  # else an entry in ~/.netrc would replace our Authorization header
    session.headers["User-Agent"] = f"provision/{VERSION}"
    adapter = _Adapter(timeout, ca_file, clock)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def calls_of(http: requests.Session) -> Calls:
    """The calls that went through a session that :func:`http_session` made."""
    adapter = http.get_adapter("https://")
    return adapter.counter.calls if isinstance(adapter, _Adapter) else Calls()


def org_time_of(http: requests.Session) -> float | None:
    """When the org last answered a session that :func:`http_session` made, by the org's clock.

    In seconds since 1970; ``None`` if unknown.
    """
    adapter = http.get_adapter("https://")
    return adapter.counter.org_time if isinstance(adapter, _Adapter) else None


def clock_of(http: requests.Session) -> Clock:
    """The clock by which a session that :func:`http_session` made waits."""
    adapter = http.get_adapter("https://")
    return adapter.clock if isinstance(adapter, _Adapter) else _SYSTEM_CLOCK


def _host_of(location: str) -> str:
    """Only the host: an address may have a token in it."""
    try:
        return urlsplit(location).hostname or "another path of it"
    except ValueError:
        return "what is not an address"


def _to_this_machine(request: requests.PreparedRequest) -> None:
    """Send a call for ``NAME.localhost`` to ``localhost``, with the name in its Host header.

    RFC 6761: such names mean this machine, but many resolvers do not know them. The local org uses
    them to tell its orgs apart.
    """
    parts = urlsplit(request.url or "")
    if (parts.hostname or "").endswith(".localhost"):
        request.headers.setdefault("Host", parts.netloc)
        port = f":{parts.port}" if parts.port else ""
        request.url = urlunsplit(parts._replace(netloc=f"localhost{port}"))


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
