"""Writes: which failures of a call say that nothing was done, and which leave that unknown."""

import json
import ssl
from collections.abc import Callable

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ReadTimeoutError

from provision.errors import LoginRefused, OrgRefused, OrgUnreachable, WriteUnknown
from provision.org.http import http_session
from provision.org.http_retry import OrgBusy
from provision.org.rest import RestWriter
from provision.org.session import Session
from provision.org.soap import SoapEndpoint
from provision.org.write import write

URL = "https://acme.my.salesforce.com/services/data/v68.0/sobjects/PermissionSet"
WHAT = "the creation of permission set Robots"
JSON, HTML, XML = "application/json", "text/html", "text/xml; charset=utf-8"
FAULT = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: no</faultstring>"
    "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)


def answer(status: int, body: object, kind: str = JSON) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = URL
    response.headers["Content-Type"] = kind
    text = body if isinstance(body, str) else json.dumps(body)
    response._content = text.encode()
    return response


def refusal(code: str) -> list[dict[str, str]]:
    return [{"errorCode": code, "message": "no"}]


def not_connected() -> requests.ConnectionError:
    reason = NewConnectionError(None, "refused")
    return requests.ConnectionError(MaxRetryError(None, URL, reason))


def untrusted() -> requests.exceptions.SSLError:
    error = requests.exceptions.SSLError("certificate verify failed")
    reason = ssl.SSLCertVerificationError("self-signed")
    reason.verify_code, reason.verify_message = 18, "self-signed certificate"
    error.__context__ = reason
    return error


def ended_by(error: BaseException) -> Callable[[], requests.Response]:
    def send() -> requests.Response:
        raise error

    return send


@pytest.fixture
def rest() -> RestWriter:
    return RestWriter(
        Session("https://acme.my.salesforce.com", "token", "a test"), http_session(1), 68
    )


@pytest.fixture
def soap() -> SoapEndpoint:
    session = Session("https://acme.my.salesforce.com", "token", "a test")
    return SoapEndpoint(session, http_session(1), 68)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (not_connected(), OrgUnreachable),
        (requests.exceptions.ConnectTimeout(), OrgUnreachable),
        (requests.exceptions.ProxyError("no tunnel"), OrgUnreachable),
        (requests.exceptions.InvalidHeader("a token with a line feed"), OrgUnreachable),
        (untrusted(), OrgUnreachable),
        (OSError("Could not find a suitable TLS CA certificate bundle"), OrgUnreachable),
        (FileNotFoundError(2, "no such file"), OrgUnreachable),
        (OrgBusy("busy", pause=60.0, next_step="later"), OrgBusy),
    ],
)
def test_a_call_that_was_never_sent_did_nothing(rest, error, raised) -> None:
    with pytest.raises(raised) as caught:
        write(WHAT, URL, ended_by(error), rest._created)
    assert not isinstance(caught.value, WriteUnknown)


@pytest.mark.parametrize(
    ("error", "interrupted"),
    [
        (requests.exceptions.ReadTimeout(), False),
        (requests.exceptions.ConnectionError(ConnectionResetError(104, "reset")), False),
        (requests.exceptions.ConnectionError(ReadTimeoutError(None, URL, "timed out")), False),
        (requests.exceptions.ChunkedEncodingError("cut off"), False),
        (requests.exceptions.ContentDecodingError("no gzip"), False),
        (requests.exceptions.SSLError("EOF in the middle"), False),
        (ConnectionResetError(104, "reset"), False),
        (BrokenPipeError(32, "broken pipe"), False),
        (ValueError("a bug"), False),
        (MemoryError(), False),
        (KeyboardInterrupt(), True),
        (SystemExit(1), True),
    ],
)
def test_any_failure_after_sending_leaves_the_outcome_unknown(rest, error, interrupted) -> None:
    with pytest.raises(WriteUnknown) as caught:
        write(WHAT, URL, ended_by(error), rest._created)
    assert caught.value.what == WHAT
    assert caught.value.interrupted is interrupted
    assert caught.value.exit_code == 5
    assert caught.value.next_step


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 412, 415, 422])
@pytest.mark.parametrize("code", ["DUPLICATE_VALUE", "UNABLE_TO_LOCK_ROW", "NOT_FOUND"])
def test_a_refusal_with_a_code_says_that_nothing_was_done(rest, status, code) -> None:
    with pytest.raises(OrgRefused) as caught:
        write(WHAT, URL, lambda: answer(status, refusal(code)), rest._created)
    assert caught.value.code == code


def test_a_refused_session_says_that_nothing_was_done(rest) -> None:
    with pytest.raises(LoginRefused):
        write(WHAT, URL, lambda: answer(401, refusal("INVALID_SESSION_ID")), rest._created)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        *((status, refusal("DUPLICATE_VALUE"), JSON) for status in (500, 502, 503, 504)),
        *((status, "<html>Be right back</html>", HTML) for status in (400, 403, 404, 500, 503)),
        *((status, "", "text/plain") for status in (200, 201, 302, 400, 408, 500, 504)),
        (400, refusal("UNKNOWN_EXCEPTION"), JSON),
        (400, refusal("REQUEST_RUNNING_TOO_LONG"), JSON),
        (400, refusal("something in words"), JSON),
        (400, [], JSON),
        (408, refusal("DUPLICATE_VALUE"), JSON),
        (201, {"success": True}, JSON),
        (201, [], JSON),
        (201, '{"id": "0PS', JSON),
        (200, "<html>Log in</html>", HTML),
        (302, {"id": "0PS"}, JSON),
    ],
)  # fmt: skip
def test_an_unclear_refusal_leaves_the_outcome_unknown(rest, status, body, kind) -> None:
    with pytest.raises(WriteUnknown):
        write(WHAT, URL, lambda: answer(status, body, kind), rest._created)


@pytest.mark.parametrize("code", ["INVALID_CROSS_REFERENCE_KEY", "UNABLE_TO_LOCK_ROW"])
def test_a_soap_fault_refuses_with_http_500(soap, code) -> None:
    with pytest.raises(OrgRefused) as caught:
        write(WHAT, URL, lambda: answer(500, FAULT.format(code=code), XML), soap._results)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, FAULT.format(code="UNKNOWN_EXCEPTION"), XML),
        (500, FAULT.format(code="SERVER_UNAVAILABLE"), XML),
        (500, FAULT.format(code="UNABLE_TO_LOCK_ROW"), HTML),
        (503, FAULT.format(code="UNABLE_TO_LOCK_ROW"), XML),
        (200, FAULT.format(code="UNABLE_TO_LOCK_ROW"), XML),
        (500, FAULT.format(code="UNABLE_TO_LOCK_ROW")[:-40], XML),
        (200, "", XML),
        (500, "", XML),
    ],
)
def test_an_unclear_soap_fault_leaves_the_outcome_unknown(soap, status, body, kind) -> None:
    with pytest.raises(WriteUnknown):
        write(WHAT, URL, lambda: answer(status, body, kind), soap._results)
