"""From a request to its handler, and from whatever that raises to an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from provision.localorg.domain.problem import Refused
from provision.localorg.domain.realm import Realm
from provision.localorg.http.connection import Answer
from provision.localorg.http.exchange import Exchange, ReadOnly, json_reply
from provision.localorg.http.request_log import RequestLog, RequestRecord
from provision.localorg.oauth import authorize, endpoint
from provision.localorg.rest import deploy, query, resources, sobjects
from provision.localorg.soap.endpoint import metadata_endpoint, soap_fault
from provision.metadata.catalogue import NEWEST_API

__all__ = ["Application"]

Handler: TypeAlias = Callable[[Exchange, Mapping[str, str]], Response]

_DATA: Final = "/services/data/v<int:version>.0"
_GET: Final = ("GET", "HEAD")

_ROUTES: Final[tuple[tuple[str, tuple[str, ...], Handler], ...]] = (
    ("/services/oauth2/token", ("POST", "GET"), endpoint.token),
    ("/services/oauth2/authorize", ("GET", "POST"), authorize.authorize),
    ("/services/oauth2/userinfo", ("GET", "POST"), endpoint.userinfo),
    ("/services/oauth2/revoke", ("POST", "GET"), endpoint.revoke),
    ("/services/oauth2/introspect", ("POST",), endpoint.introspect),
    ("/id/<org>/<user>", ("GET", "POST"), endpoint.identity),
    ("/services/Soap/m/<path:rest>", ("POST",), metadata_endpoint),
    ("/services/data", _GET, resources.versions),
    (_DATA, _GET, resources.resources),
    (f"{_DATA}/limits", _GET, resources.limits),
    (f"{_DATA}/query", _GET, query.query),
    (f"{_DATA}/queryAll", _GET, query.query),
    (f"{_DATA}/query/<locator>", _GET, query.more),
    (f"{_DATA}/tooling/query", _GET, query.tooling_query),
    (f"{_DATA}/sobjects", _GET, resources.describe_global),
    (f"{_DATA}/sobjects/<name>", ("POST",), sobjects.create),
    (f"{_DATA}/sobjects/<name>/describe", _GET, resources.describe),
    (f"{_DATA}/sobjects/<name>/<id>", _GET, sobjects.read),
    (f"{_DATA}/sobjects/<name>/<id>", ("PATCH",), sobjects.update),
    (f"{_DATA}/sobjects/<name>/<id>", ("DELETE",), sobjects.delete),
    (f"{_DATA}/metadata/deployRequest", ("POST",), deploy.start_deploy),
    (f"{_DATA}/metadata/deployRequest/<id>", _GET, deploy.deploy_status),
    (f"{_DATA}/metadata/deployRequest/<id>", ("PATCH",), deploy.cancel_deploy),
)


class Application:
    """All endpoints of the local org. One request is one transaction."""

    def __init__(self, realm: Realm, log: RequestLog, *, read_only: bool = False) -> None:
        self._realm = realm
        self._log = log
        self._read_only = read_only
        self._api_calls: dict[str, int] = {}
        rules = [
            Rule(path, methods=methods, endpoint=handler) for path, methods, handler in _ROUTES
        ]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False)

    def answer(self, request: Request) -> Answer:
        """Answer a request, and note it."""
        started = time.perf_counter()
        exchange = Exchange(
            request, self._realm, read_only=self._read_only, api_calls=self._api_calls
        )
        response = self._respond(exchange)
        self._log.add(
            RequestRecord(
                request.method,
                request.path,
                exchange.operation or "unknown",
                response.status_code,
                exchange.is_write,
                exchange.org.name if exchange.org else "",
                self._realm.clock.now(),
                round(time.perf_counter() - started, 6),
            )
        )
        return Answer(response)

    def _respond(self, exchange: Exchange) -> Response:
        soap = exchange.request.path.startswith("/services/Soap/")
        try:
            with self._realm.database.transaction():
                response = self._handle(exchange)
        except Refused as error:
            response = _soap_refusal(error) if soap else _rest_refusal(error)
        except ReadOnly:
            refused = Refused(
                "INSUFFICIENT_ACCESS_OR_READONLY", "this local org is read-only", status=403
            )
            response = _soap_refusal(refused) if soap else _rest_refusal(refused)
        if exchange.operation.startswith("rest:") and exchange.org is not None:
            used = self._api_calls.get(exchange.org.id, 0)
            response.headers["Sforce-Limit-Info"] = f"api-usage={used}/{resources.DAILY_REQUESTS}"
        return response

    def _handle(self, exchange: Exchange) -> Response:
        request = exchange.request
        adapter = self._map.bind(request.host, url_scheme=request.scheme)
        try:
            handler, arguments = adapter.match(request.path, method=request.method)
        except (NotFound, RequestRedirect) as error:
            raise resources.not_found() from error
        except MethodNotAllowed as error:
            allowed = ", ".join(sorted(error.valid_methods or ()))
            raise Refused(
                "METHOD_NOT_ALLOWED",
                f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}",
                status=405,
            ) from error
        version = arguments.get("version")
        if isinstance(version, int) and version > NEWEST_API:
            raise resources.not_found()
        response: Response = handler(exchange, {k: str(v) for k, v in arguments.items()})
        return response


def _rest_refusal(refused: Refused) -> Response:
    error: dict[str, object] = {"message": refused.text, "errorCode": refused.code}
    if refused.fields:
        error["fields"] = list(refused.fields)
    return json_reply([error], refused.status)


def _soap_refusal(refused: Refused) -> Response:
    return soap_fault(refused.code, refused.text)
