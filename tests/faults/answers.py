"""Answers and failures as a network, a proxy or an org in trouble gives them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from http.client import RemoteDisconnected
from typing import Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from tests.faults.request import Named

HTML: Final = b"<html><head><title>Error</title></head><body>Be right back</body></html>"

_POOL: Final = HTTPConnectionPool("localhost", 1)
_NAMESPACE: Final = "http://schemas.xmlsoap.org/soap/envelope/"


def refused(request: requests.PreparedRequest) -> requests.ConnectionError:
    """Nobody listens: certainly nothing was sent."""
    cause = NewConnectionError(HTTPConnection("localhost", 1), "[Errno 111] Connection refused")
    return requests.ConnectionError(MaxRetryError(_POOL, request.url or "", cause), request=request)


def dropped(request: requests.PreparedRequest) -> requests.ConnectionError:
    """The connection ended without an answer."""
    lost = RemoteDisconnected("Remote end closed connection without response")
    return requests.ConnectionError(ProtocolError("Connection aborted.", lost), request=request)


def timed_out(request: requests.PreparedRequest) -> requests.ReadTimeout:
    """No answer within the time that the program gives a call."""
    error = ReadTimeoutError(_POOL, request.url or "", "Read timed out. (read timeout=30)")
    return requests.ReadTimeout(error, request=request)


def answer(
    request: requests.PreparedRequest,
    status: int,
    body: bytes,
    kind: str = "text/html; charset=UTF-8",
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
) -> requests.Response:
    """A response as requests builds one. A ``length`` beyond the body is a cut connection."""
    raw = HTTPResponse(
        body=io.BytesIO(body),
        headers={
            "Content-Type": kind,
            "Content-Length": str(len(body) if length is None else length),
            **(headers or {}),
        },
        status=status,
        preload_content=False,
        request_method=request.method,
    )
    return HTTPAdapter().build_response(request, raw)


def problem(
    request: requests.PreparedRequest, named: Named, status: int, code: str, message: str
) -> requests.Response:
    """An error as the interface that was called writes it: REST, SOAP, or a token endpoint."""
    if named.is_soap:
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_NAMESPACE}" '
            f'xmlns:sf="http://soap.sforce.com/2006/04/metadata"><soapenv:Body><soapenv:Fault>'
            f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring>"
            "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
        )
        return answer(request, 500, body.encode(), "text/xml;charset=UTF-8")
    if named.is_token:
        content: object = {"error": "server_error", "error_description": message}
    else:
        content = [{"errorCode": code, "message": message}]
    return answer(request, status, json.dumps(content).encode(), "application/json;charset=UTF-8")
