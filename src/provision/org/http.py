"""HTTP to an org: a session that always has a timeout, and knows whom it trusts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final, TypeVar

import requests
import stamina
from stamina.instrumentation import set_on_retry_hooks
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from provision.errors import OrgUnreachable
from provision.org.trust import TrustingAdapter

__all__ = ["DEFAULT_TIMEOUT", "http_session", "repeated", "translated"]

DEFAULT_TIMEOUT: Final = 30.0
"""Seconds that one HTTP call may stay silent."""

_READ_ATTEMPTS: Final = 4
_BUSY: Final = frozenset({429, 503})

# Its retries would be announced on stderr, which is for what a person wants to know.
set_on_retry_hooks([])

Result = TypeVar("Result")


class _Adapter(TrustingAdapter):
    """Gives every call a timeout, and the org's own certificate where it has one.

    ``verify`` of a requests session is overruled by REQUESTS_CA_BUNDLE; an adapter's is not. GETs
    are repeated when the org is busy or drops the connection: they change nothing.
    """

    def __init__(self, timeout: float, ca_file: Path | None) -> None:
        self._timeout = timeout
        self._ca_file = ca_file
        retry = Retry(
            total=_READ_ATTEMPTS - 1,
            allowed_methods={"GET"},
            status_forcelist=_BUSY,
            backoff_factor=0.5,
            backoff_jitter=0.5,
            raise_on_status=False,
        )
        super().__init__(max_retries=retry)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # the signature is requests'
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request; requests' own contract."""
        return super().send(
            request,
            stream=stream,
            timeout=self._timeout if timeout is None else timeout,
            verify=verify if self._ca_file is None else str(self._ca_file),
            cert=cert,
            proxies=proxies,
        )


def http_session(timeout: float = DEFAULT_TIMEOUT, ca_file: Path | None = None) -> requests.Session:
    """A session for one org. ``timeout`` is in seconds; ``ca_file`` a PEM to trust beside none.

    With a ``ca_file`` the org is on this machine, and proxies are not asked.
    """
    from provision import __version__

    session = requests.Session()
    session.trust_env = ca_file is None
    # Several threads may share the session: its adapters and pools are made for that, its cookie
    # jar is not. No API that we call needs a cookie, so that none is kept.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.auth = _as_it_is  # else an entry in ~/.netrc would replace our Authorization header
    session.headers["User-Agent"] = f"provision/{__version__}"
    adapter = _Adapter(timeout, ca_file)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def translated(url: str, call: Callable[[], Result]) -> Result:
    """``call``'s result; a failure of the network becomes :class:`OrgUnreachable`."""
    try:
        return call()
    except requests.exceptions.SSLError as error:
        raise OrgUnreachable(
            f"{url} has a certificate that is not trusted: {_root(error)}",
            next_step="Behind a proxy of your own, point REQUESTS_CA_BUNDLE at its CA file.",
        ) from error
    except requests.exceptions.Timeout as error:
        raise OrgUnreachable(
            f"{url} did not answer in time",
            next_step="Try again, or give it longer with --http-timeout SECONDS.",
        ) from error
    except requests.exceptions.InvalidHeader as error:
        # Its text quotes the header, and with it the access token.
        raise OrgUnreachable(
            f"{url} was not called: the session's access token has characters that no token has",
            next_step="Look for blanks and line feeds in the token, as in SF_ACCESS_TOKEN.",
        ) from error.with_traceback(None)
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise OrgUnreachable(
            f"{url} cannot be reached: {_root(error)}",
            next_step="Check the instance URL, the network and the proxy settings.",
        ) from error


def repeated(call: Callable[[], Result]) -> Result:
    """``call``'s result, repeated with back-off while the org is unreachable.

    Only for calls that change nothing: reads, and asking how a deploy is doing.
    """
    for attempt in stamina.retry_context(
        on=OrgUnreachable, attempts=_READ_ATTEMPTS, wait_initial=0.5, wait_max=5.0
    ):
        with attempt:
            return call()
    raise AssertionError("stamina raises when its attempts are used up")


def _root(error: BaseException) -> str:
    """The innermost reason, which says what urllib3 wraps three times."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__
