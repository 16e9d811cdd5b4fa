"""Failures: turns the failure of a call into an error that says what to do next."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Final, TypeVar
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    NameResolutionError,
    ReadTimeoutError,
)

from provision.errors import LoginRefused, OrgRefused, OrgUnreachable
from provision.org.connections import AnswerTooLong
from provision.org.session import Session
from provision.refusals.api import FRESH_TOKEN
from provision.refusals.dictionary import named, next_step

__all__ = ["SESSION_GONE", "network_failure", "refusal", "session_refused", "translated"]

Result = TypeVar("Result")

_SECONDS: Final = re.compile(r"timeout=([\d.]+)")  # as urllib3 writes it
_NO_WAY: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})
_WRONG_HOST: Final = 62  # OpenSSL: X509_V_ERR_HOSTNAME_MISMATCH
_EXPIRED: Final = 10  # OpenSSL: X509_V_ERR_CERT_HAS_EXPIRED
_AGAIN: Final = "Run it again. If it fails again, look for a proxy or a firewall in between."
_TLS_CHECK: Final = "Check the host and the port: an org is called at its My Domain URL."

SESSION_GONE: Final = "INVALID_SESSION_ID"
_OF_NEW_TOKEN: Final = (
    f"{named(FRESH_TOKEN).next_step} If the org accepted it earlier in this run, it has expired: "
    "run it again."
)


def translated(url: str, call: Callable[[], Result]) -> Result:
    """``call``'s result; a failure of the network becomes :class:`OrgUnreachable`."""
    try:
        return call()
    except requests.exceptions.InvalidHeader as error:
        # Its text quotes the header, and with it the access token.
        raise OrgUnreachable(
            f"{url} was not called: the session's access token has characters that no token has",
            next_step="Look for spaces and line feeds in the token, as in SF_ACCESS_TOKEN.",
        ) from error.with_traceback(None)
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise network_failure(url, error) from error
    except OSError as error:  # requests looks for the file itself, and does not wrap the error
        raise OrgUnreachable(
            f"{url} cannot be called: {error}",
            next_step="Check the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names.",
        ) from error


def network_failure(
    url: str, error: requests.exceptions.RequestException | HTTPError
) -> OrgUnreachable:
    """The error for a call to ``url`` that failed in the network."""
    chain = tuple(_chain(error))
    if isinstance(error, requests.exceptions.ProxyError):
        return _proxy(url, chain)
    if isinstance(error, requests.exceptions.SSLError):
        return _tls(url, chain)
    # A timeout in the middle of a body is a ConnectionError for requests.
    if isinstance(error, requests.exceptions.Timeout) or _any(chain, ReadTimeoutError):
        return _timeout(url, error, chain)
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return OrgUnreachable(
            f"{url} answered with a redirect to {error}, which is not followed: only the org may "
            "get what was sent",
            next_step="If the org's My Domain has another name now, use its new URL.",
        )
    if _any(chain, AnswerTooLong):
        return OrgUnreachable(
            f"{url} was reached, and {_root(error)}, so it was not read to the end",
            next_step="Check that the instance URL is the org's My Domain URL, and look for a "
            "proxy in between.",
        )
    return (
        _not_reached(url, chain)
        or _cut_off(url, error, chain)
        or OrgUnreachable(
            f"{url} cannot be reached: {_root(error)}",
            next_step="Check the instance URL, the network and the proxy settings.",
        )
    )


def _not_reached(url: str, chain: tuple[BaseException, ...]) -> OrgUnreachable | None:
    host = urlsplit(url).netloc
    if any(isinstance(each, (NameResolutionError, socket.gaierror)) for each in chain):
        return OrgUnreachable(
            f"{url} cannot be reached: the name {urlsplit(url).hostname} is not known (DNS)",
            next_step="Check the spelling of the instance URL, then this machine's DNS and VPN.",
        )
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        local = " Start the local org with `provision localorg serve`." if _is_local(url) else ""
        return OrgUnreachable(
            f"{url} cannot be reached: nothing listens at {host} (connection refused)",
            next_step=f"Check the host and the port of the instance URL.{local}",
        )
    if any(isinstance(each, OSError) and each.errno in _NO_WAY for each in chain):
        return OrgUnreachable(
            f"{url} cannot be reached: this machine has no route to {host}",
            next_step="Check the network connection and the VPN.",
        )
    return None


def _cut_off(url: str, error: Exception, chain: tuple[BaseException, ...]) -> OrgUnreachable | None:
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or any(
        isinstance(each, IncompleteRead) for each in chain
    ):
        return OrgUnreachable(
            f"{url} was reached, and its answer was cut off: {_root(error)}",
            next_step=_AGAIN,
        )
    if any(isinstance(each, ConnectionError) for each in chain):
        return OrgUnreachable(
            f"{url} was reached, and the connection ended before an answer came: {_root(error)}",
            next_step=_AGAIN,
        )
    return None


def _any(chain: tuple[BaseException, ...], kind: type[BaseException]) -> bool:
    return any(isinstance(each, kind) for each in chain)


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def _proxy(url: str, chain: tuple[BaseException, ...]) -> OrgUnreachable:
    """The error does not name the proxy's URL: it may have a password in it."""
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        reason = "nothing listens there (connection refused)"
    elif any(isinstance(each, (NameResolutionError, socket.gaierror)) for each in chain):
        reason = "its name is not known (DNS)"
    elif any(isinstance(each, (TimeoutError, ConnectTimeoutError)) for each in chain):
        reason = "it does not answer"
    else:
        reason = _root(chain[0])
    return OrgUnreachable(
        f"{url} was not called: the proxy of this machine cannot be used: {reason}",
        next_step="Check the variables HTTPS_PROXY and ALL_PROXY, or name the org's host in "
        "NO_PROXY.",
    )


def _tls(url: str, chain: tuple[BaseException, ...]) -> OrgUnreachable:
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _certificate(url, each)
    # OpenSSL's words for an answer in plain text: WRONG_VERSION_NUMBER, HTTP_REQUEST and others.
    reason = _root(chain[0])
    return OrgUnreachable(
        f"{url} does not answer with TLS: it may be a port for plain http ({reason})",
        next_step=_TLS_CHECK,
    )


def _certificate(url: str, error: ssl.SSLCertVerificationError) -> OrgUnreachable:
    reason = error.verify_message or str(error)
    if error.verify_code == _WRONG_HOST:
        return OrgUnreachable(
            f"{url} has a certificate of another host: {reason}", next_step=_TLS_CHECK
        )
    if error.verify_code == _EXPIRED:
        return OrgUnreachable(
            f"{url} has a certificate that is not trusted: {reason}",
            next_step="Check this machine's clock. Behind a proxy that opens TLS, its own "
            "certificate must be renewed.",
        )
    return OrgUnreachable(
        f"{url} has a certificate that is not trusted: {reason}",
        next_step="Behind a proxy of your own, point REQUESTS_CA_BUNDLE at its CA file.",
    )


def _timeout(
    url: str,
    error: requests.exceptions.RequestException | HTTPError,
    chain: tuple[BaseException, ...],
) -> OrgUnreachable:
    found = _SECONDS.search(" ".join(map(str, chain)))
    within = f"within {float(found[1]):g} seconds" if found else "in time"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return OrgUnreachable(
            f"{url} accepted no connection {within} (--http-timeout)",
            next_step="Check the network, the VPN and the proxy settings. If it is only slow, "
            "allow more time with --http-timeout SECONDS.",
        )
    return OrgUnreachable(
        f"{url} did not answer {within} (--http-timeout); it may still be busy with the call",
        next_step="Try again, or allow more time with --http-timeout SECONDS.",
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all errors that it wraps: causes, contexts, and urllib3's ``reason``."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
        waiting += [item for item in inner if isinstance(item, BaseException)]


def _root(error: BaseException) -> str:
    """The innermost reason: urllib3 wraps it three times."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__


def refusal(code: str, message: str) -> OrgRefused:
    """The error for an org's error code and message, with the next step."""
    text = message if message.startswith(code) else f"{code}: {message}"
    return OrgRefused(text, code=code, next_step=next_step(text))


def session_refused(session: Session, reason: str) -> LoginRefused:
    """The error for a session that the org refuses.

    If this run has just logged in, the session has hardly expired: the next step is that for a
    fresh token.
    """
    return LoginRefused(
        f"{session.instance_url} refused the session ({session.reached_by}): {reason}",
        code=SESSION_GONE,
        next_step=_OF_NEW_TOKEN if session.is_new else next_step(f"{SESSION_GONE}: {reason}"),
    )
