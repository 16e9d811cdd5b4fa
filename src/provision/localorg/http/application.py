"""All endpoints together: a request goes to its handler, and every error becomes a response."""

from __future__ import annotations

import time

from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from provision.errors import CannotError
from provision.localorg.domain.org import Orgs
from provision.localorg.domain.problem import Refused
from provision.localorg.exchange import Exchange, ReadOnly, json_reply
from provision.localorg.fault import FaultPlan
from provision.localorg.http.connection import Answer
from provision.localorg.http.fault_answer import answer_with_fault
from provision.localorg.http.request_log import RequestLog, RequestRecord
from provision.localorg.http.routes import Match, find_route
from provision.localorg.soap.endpoint import soap_fault

__all__ = ["Application"]


class Application:
    """All endpoints of the local org. Each request is one transaction."""

    def __init__(
        self, orgs: Orgs, log: RequestLog, faults: FaultPlan, *, read_only: bool = False
    ) -> None:
        self._orgs = orgs
        self._log = log
        self._faults = faults
        self._read_only = read_only
        self._api_calls: dict[str, int] = {}

    def answer(self, request: Request) -> Answer:
        """Answer a request, and log it."""
        started = time.perf_counter()
        exchange = Exchange(
            request,
            self._orgs,
            self._faults,
            read_only=self._read_only,
            api_calls=self._api_calls,
            dispatch=self._respond,
        )
        answer = self._answer(exchange)
        self._delay(exchange)
        if answer.response is not None:
            answer.response.headers["Date"] = http_date(self._orgs.clock.now())
        self._log.add(
            RequestRecord(
                request.method,
                request.path,
                exchange.operation,
                answer.response.status_code if answer.response else 0,
                exchange.is_write,
                exchange.org.name if exchange.org else "",
                self._orgs.clock.now(),
                round(time.perf_counter() - started, 6),
            )
        )
        return answer

    def _answer(self, exchange: Exchange) -> Answer:
        try:
            match = find_route(exchange.request)
        except Refused as refused:
            return Answer(_refusal(exchange, refused))
        exchange.operation = match.operation
        exchange.fault = self._faults.take(exchange.operation)
        return answer_with_fault(
            exchange.fault,
            lambda: self._handle(exchange, match),
            lambda refused: _refusal(exchange, refused),
        )

    def _delay(self, exchange: Exchange) -> None:
        seconds = self._faults.latency(exchange.operation)
        if exchange.org is not None:
            seconds += exchange.org.info.latency
        if seconds > 0:
            time.sleep(seconds)

    def _respond(self, exchange: Exchange) -> Response:
        """Answer a request inside another one (composite)."""
        try:
            match = find_route(exchange.request)
        except Refused as refused:
            return _refusal(exchange, refused)
        return self._handle(exchange, match)

    def _handle(self, exchange: Exchange, match: Match) -> Response:
        exchange.version = match.version
        try:
            with self._orgs.database.transaction():
                response = match.handler(exchange, **match.arguments)
        except Refused as refused:
            response = _refusal(exchange, refused)
        except ReadOnly:
            response = _refusal(
                exchange,
                Refused(
                    "INSUFFICIENT_ACCESS_OR_READONLY", "the local org is read-only", status=403
                ),
            )
        except CannotError as error:
            response = _refusal(exchange, Refused("INVALID_FIELD", error.message))
        if exchange.org is not None and exchange.request.path.startswith("/services/data/"):
            used = self._api_calls.get(exchange.org.id, 0)
            allowed = exchange.org.info.daily_requests
            response.headers["Sforce-Limit-Info"] = f"api-usage={used}/{allowed}"
        return response


def _refusal(exchange: Exchange, refused: Refused) -> Response:
    path = exchange.request.path
    if path.startswith("/services/Soap/m/"):
        return soap_fault(refused.code, refused.text)
    if path.startswith("/services/Soap/"):
        return soap_fault(refused.code, refused.text, partner="UnexpectedErrorFault")
    error: dict[str, object] = {"message": refused.text, "errorCode": refused.code}
    if refused.fields:
        error["fields"] = list(refused.fields)
    return json_reply([error], refused.status)
