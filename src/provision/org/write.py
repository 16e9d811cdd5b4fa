"""Write: makes calls that change an org, and tells "turned away" from "unknown"."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import requests

from provision.errors import OrgError, ProvisionError, WriteUnknown
from provision.org.failure import translated
from provision.org.http_retry import OrgBusy, never_connected

__all__ = ["INTERRUPTED", "is_clear_refusal", "write"]

INTERRUPTED: Final = "interrupted before the answer came"

Result = TypeVar("Result")

_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]+")

# Error codes that say that something failed, but not that the org did nothing.
_DOUBTFUL: Final = frozenset(
    {
        "UNKNOWN_EXCEPTION",
        "SERVER_UNAVAILABLE",
        "INTERNAL_ERROR",
        "INTERNAL_SERVER_ERROR",
        "REQUEST_RUNNING_TOO_LONG",
        "EXCEEDED_MAX_SEMAPHORE_REQUESTS",
        "UNKNOWN_ERROR",
    }
)

# Nothing was sent to the org: the proxy did not connect, or the request could not be built.
_NOT_SENT: Final = (
    requests.exceptions.ProxyError,  # urllib3: only until the proxy has connected
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)

_NO_FILE: Final = (FileNotFoundError, IsADirectoryError, PermissionError)


def write(
    what: str,
    url: str,
    send: Callable[[], requests.Response],
    read: Callable[[requests.Response], Result],
) -> Result:
    """The result that ``read`` gets from the answer to one call that changes the org.

    ``what`` is the write in words, as in "the creation of permission set Robots". ``send`` makes
    the call once. ``read`` reads the answer. For a refusal it raises an error with the org's code,
    and for an answer that it does not understand any other error.

    If the call was turned away, the reason is raised, and the org surely did nothing: the call was
    never connected, or the org asked for a pause (HTTP 429), or refused with a 4xx that has a
    readable error body, or with a SOAP fault that has a clear code. Everything else that ends the
    call raises :class:`WriteUnknown`: an interruption, an answer that is lost, late, cut off or not
    understood, HTTP 5xx, or a bug of ours.
    """
    try:
        response = translated(url, send)
    except OrgError as error:
        if _never_sent(error):
            raise
        raise WriteUnknown(what, error.message) from error
    except Exception as error:
        raise WriteUnknown(what, _kind(error)) from error
    except (KeyboardInterrupt, SystemExit) as error:
        raise WriteUnknown(what, INTERRUPTED, interrupted=True) from error
    try:
        return read(response)
    except ProvisionError as error:
        if _turned_away(response, error):
            raise
        raise WriteUnknown(what, error.message) from error
    except Exception as error:
        raise WriteUnknown(what, f"its answer is not understood ({_kind(error)})") from error
    except (KeyboardInterrupt, SystemExit) as error:
        raise WriteUnknown(what, INTERRUPTED, interrupted=True) from error


def is_clear_refusal(code: str) -> bool:
    """Whether Salesforce's error code ``code`` says that the org did nothing."""
    return bool(_CODE.fullmatch(code)) and code not in _DOUBTFUL


def _turned_away(response: requests.Response, error: ProvisionError) -> bool:
    """Whether ``error``, read from ``response``, says clearly that the org did nothing.

    A SOAP fault comes with HTTP 500, whatever it says (facts/org-protocol.md 7): its code counts.
    """
    if isinstance(error, OrgError) and not is_clear_refusal(getattr(error, "code", "")):
        return False
    status = response.status_code
    is_refusal = 400 <= status < 500 and status != requests.codes.timeout
    return is_refusal or (status == requests.codes.server_error and _is_soap(response))


def _is_soap(response: requests.Response) -> bool:
    return response.headers.get("Content-Type", "").partition(";")[0].strip() == "text/xml"


def _never_sent(error: OrgError) -> bool:
    """Whether a call failed before its first byte was sent to the org."""
    cause = error.__cause__
    if isinstance(error, OrgBusy) or isinstance(cause, _NOT_SENT):
        return True
    if isinstance(cause, requests.exceptions.RequestException):
        untrusted = any(isinstance(e, ssl.SSLCertVerificationError) for e in _chain(cause))
        return untrusted or never_connected(cause)
    # requests looks for the CA file itself, before it connects, and raises no error of its own.
    return isinstance(cause, OSError) and (cause.errno is None or isinstance(cause, _NO_FILE))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__context__


def _kind(error: BaseException) -> str:
    return type(error).__name__
