"""Composite REST: several requests in one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from provision.localorg.domain.problem import Refused
from provision.localorg.domain.sobjects import SOBJECTS
from provision.localorg.exchange import Exchange, json_reply

__all__ = ["batch", "collection", "composite", "delete_collection"]

_MOST_REQUESTS: Final = 25  # DOC
_MOST_RECORDS: Final = 200  # DOC
_PREFIXES: Final = {sobject.prefix: name for name, sobject in SOBJECTS.items()}
_REFERENCE: Final = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")


def composite(exchange: Exchange) -> Response:
    """``POST /services/data/vNN/composite``: later requests may use earlier responses."""
    exchange.session()
    body = exchange.json_body()
    requests = _limited(body.get("compositeRequest"), _MOST_REQUESTS)
    answers: dict[str, Any] = {}
    results: list[dict[str, Any]] = []
    with exchange.orgs.database.savepoint() as savepoint:
        for each in requests:
            name = str(each.get("referenceId", ""))
            filled = json.loads(_REFERENCE.sub(lambda m: _referred(answers, m), json.dumps(each)))
            response = _perform(exchange, filled, filled.get("body"))
            answers[name] = _content(response)
            results.append(
                {
                    "body": answers[name],
                    "httpHeaders": {},
                    "httpStatusCode": response.status_code,
                    "referenceId": name,
                }
            )
            if body.get("allOrNone") is True and response.status_code >= 400:
                savepoint.undo()
                return json_reply({"compositeResponse": _halted(requests, results)})
    return json_reply({"compositeResponse": results})


def _halted(requests: list[Any], results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """DOC: with allOrNone one failure undoes the other requests, and the response says so."""
    halted = {
        "message": "The transaction was rolled back since another operation in the same"
        " transaction failed.",
        "errorCode": "PROCESSING_HALTED",
    }
    answers = []
    for index, request in enumerate(requests):
        if index == len(results) - 1:
            answers.append(results[index])
        else:
            answers.append(
                {
                    "body": [halted],
                    "httpHeaders": {},
                    "httpStatusCode": 400,
                    "referenceId": str(request.get("referenceId", "")),
                }
            )
    return answers


def _referred(answers: Mapping[str, Any], match: re.Match[str]) -> str:
    value: Any = answers.get(match.group(1))
    for part in match.group(2).replace("[", ".").replace("]", "").split("."):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            value = None
    if value is None:
        raise Refused("PROCESSING_HALTED", f"Invalid reference specified: {match.group(0)}")
    return json.dumps(value)[1:-1] if isinstance(value, str) else json.dumps(value)


def batch(exchange: Exchange) -> Response:
    """``POST /services/data/vNN/composite/batch``: independent requests."""
    exchange.session()
    base = f"{exchange.version_path}/"
    results = []
    for each in _limited(exchange.json_body().get("batchRequests"), _MOST_REQUESTS):
        path = str(each.get("url", "")).lstrip("/")
        filled = {**each, "url": f"/services/data/{path}" if path.startswith("v") else base + path}
        response = _perform(exchange, filled, each.get("richInput"))
        results.append({"statusCode": response.status_code, "result": _content(response)})
    failed = any(result["statusCode"] >= 400 for result in results)
    return json_reply({"hasErrors": failed, "results": results})


def collection(exchange: Exchange) -> Response:
    """``POST /services/data/vNN/composite/sobjects``: several new records."""
    exchange.session()
    exchange.begin_write()
    body = exchange.json_body()
    records = _limited(body.get("records"), _MOST_RECORDS)
    base = f"{exchange.version_path}/sobjects"
    with exchange.orgs.database.savepoint() as savepoint:
        results = []
        for record in records:
            name = record.get("attributes", {}).get("type", "")
            created = _perform(exchange, {"method": "POST", "url": f"{base}/{name}"}, record)
            results.append(_saved(created))
        if body.get("allOrNone") is True and not all(result["success"] for result in results):
            savepoint.undo()
    return json_reply(results)


def delete_collection(exchange: Exchange) -> Response:
    """``DELETE /services/data/vNN/composite/sobjects?ids=...``."""
    exchange.session()
    exchange.begin_write()
    ids = [each for each in exchange.request.args.get("ids", "").split(",") if each]
    base = f"{exchange.version_path}/sobjects"
    results = []
    for record_id in _limited(ids, _MOST_RECORDS):
        name = _PREFIXES.get(record_id[:3], "Unknown")
        url = f"{base}/{name}/{record_id}"
        deleted = _saved(_perform(exchange, {"method": "DELETE", "url": url}, None))
        results.append({**deleted, "id": record_id})
    return json_reply(results)


def _saved(response: Response) -> dict[str, Any]:
    content = _content(response)
    if response.status_code < 400:
        return {"id": (content or {}).get("id"), "success": True, "errors": []}
    errors = [
        {"statusCode": e["errorCode"], "message": e["message"], "fields": e.get("fields", [])}
        for e in content
    ]
    return {"success": False, "errors": errors}


def _limited(value: Any, most: int) -> list[Any]:  # noqa: ANN401  # any JSON value
    if not isinstance(value, list) or not value:
        raise Refused("JSON_PARSER_ERROR", "The list of requests is missing")
    if len(value) > most:
        raise Refused("LIMIT_EXCEEDED", f"There can be no more than {most} subrequests")
    return value


def _perform(exchange: Exchange, request: Mapping[str, Any], body: object) -> Response:
    """Answer a request inside this one, as the same user."""
    path, query = urlsplit(str(request.get("url", "")))[2:4]
    content = json.dumps(body).encode() if body is not None else b""
    environ = {
        **exchange.request.environ,
        "REQUEST_METHOD": str(request.get("method", "GET")).upper(),
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
    }
    environ.pop("werkzeug.request", None)
    inner = exchange.inner(Request(environ, populate_request=False))
    response = exchange.dispatch(inner)
    exchange.is_write = exchange.is_write or inner.is_write
    return response


def _content(response: Response) -> Any:  # noqa: ANN401  # any JSON value
    data = response.get_data()
    return json.loads(data) if data else None
