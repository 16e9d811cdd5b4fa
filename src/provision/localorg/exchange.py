"""One request on its way through the org, with what the request log records of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.wrappers import Request, Response

from provision.localorg.domain.org import Org, Orgs
from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.fault import Fault, FaultPlan
from provision.localorg.oauth.session import Session, session_of

__all__ = ["Exchange", "ReadOnly", "json_reply"]


class ReadOnly(Exception):
    """A request tried to write to a read-only server."""


@dataclass(slots=True)
class Exchange:
    """A request, the server's orgs, and what handlers record for the request log.

    ``operation`` is the name that the log and fault files use, such as ``rest:query``;
    ``version`` is the API version in a REST path; ``api_calls`` counts requests by org id;
    ``dispatch`` answers a request inside this one.
    """

    request: Request
    orgs: Orgs
    faults: FaultPlan
    read_only: bool
    api_calls: dict[str, int]
    dispatch: Callable[[Exchange], Response]
    operation: str = "unknown"
    version: int = 0
    is_write: bool = False
    org: Org | None = None
    fault: Fault | None = None

    def inner(self, request: Request) -> Exchange:
        """The exchange of a request inside this one (composite)."""
        return replace(self, request=request, operation="unknown", is_write=False, fault=None)

    @property
    def base_url(self) -> str:
        """Scheme and host as the client wrote them. Every URL in a response starts with them."""
        return f"{self.request.scheme}://{self.request.host}"

    @property
    def version_path(self) -> str:
        """The path of the request's API version, such as ``/services/data/v67.0``."""
        return f"/services/data/v{self.version}.0"

    def begin_write(self) -> None:
        """Record that this request writes. Raises :class:`ReadOnly` if the server is read-only."""
        self.is_write = True
        if self.read_only:
            raise ReadOnly

    def bearer(self) -> str:
        """The access token in the Authorization header, or an empty string."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() in {"bearer", "oauth"} else ""

    def session(self) -> Session:
        """The session of a REST call. Raises :class:`Refused` (401, or 404 for the version)."""
        session = session_of(self.orgs, self.bearer())
        if session is None:
            raise Refused("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        if not session.may_use_api:
            raise Refused(
                "INVALID_SESSION_ID",
                "This session is not valid for use with the REST API",
                status=401,
            )
        if self.version > session.org.info.api_version:
            raise not_found()
        self.count_call(session.org)
        return session

    def count_call(self, org: Org) -> None:
        """Count this request as an API call to ``org``."""
        self.org = org
        self.api_calls[org.id] = self.api_calls.get(org.id, 0) + 1

    def host_org(self) -> Org | None:
        """The org that the host name stands for, or ``None``."""
        return self.orgs.of_host(self.request.host)

    def json_body(self) -> Mapping[str, Any]:
        """The JSON object in the body. Raises :class:`Refused`."""
        try:
            body = json.loads(self.request.get_data() or b"{}")
        except ValueError as error:
            raise Refused("JSON_PARSER_ERROR", f"The body is not JSON: {error}") from error
        if not isinstance(body, dict):
            raise Refused("JSON_PARSER_ERROR", "The body is not a JSON object")
        return body


def json_reply(body: object, status: int = 200) -> Response:
    """A JSON response."""
    response = Response(
        json.dumps(body, separators=(",", ":")),
        status,
        content_type="application/json;charset=UTF-8",
    )
    response.headers["Cache-Control"] = "no-cache,must-revalidate,max-age=0,no-store,private"
    return response
