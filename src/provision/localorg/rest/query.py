"""Queries over REST: pages of records with attributes, and the columns of a query."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from werkzeug.wrappers import Response

from provision.localorg.domain.org import Org
from provision.localorg.domain.people import has_permission
from provision.localorg.domain.problem import Refused
from provision.localorg.domain.rows import rows_of, sobject_row
from provision.localorg.domain.sobject import SObject
from provision.localorg.domain.sobjects import DEPLOY_REQUEST, SETUP_AUDIT_TRAIL, sobject_named
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.soql.evaluate import Found, Source, evaluate, resolved
from provision.localorg.soql.parser import parse
from provision.localorg.soql.query import Path, Query, QueryError
from provision.localorg.store.rows import Row

__all__ = ["more", "query", "tooling_query"]

_PAGE: Final = 2000  # DOC: the default and largest page size
_SMALLEST_PAGE: Final = 200
_RECORDS: Final = "ExtlClntApp"
_TOOLING_PEOPLE: Final = ("User", "Profile", "PermissionSet", "Organization", "UserLicense")


def query(exchange: Exchange) -> Response:
    """``GET /services/data/vNN/query?q=...`` (and ``&columns=true``)."""
    return _answer(exchange, tooling=False)


def tooling_query(exchange: Exchange) -> Response:
    """``GET /services/data/vNN/tooling/query?q=...``."""
    return _answer(exchange, tooling=True)


def more(exchange: Exchange, locator: str) -> Response:
    """``GET /services/data/vNN/query/LOCATOR``: the next page."""
    try:
        text, offset, size = json.loads(base64.urlsafe_b64decode(locator))
    except ValueError as error:
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator") from error
    session = exchange.session()
    source = _source_of(session.org, session.user_id, tooling=False)
    return _page(source, str(text), int(offset), int(size), exchange.version_path, tooling=False)


def _source_of(org: Org, user_id: str, *, tooling: bool) -> Source:
    """What a user's queries can read. Reports disagree on which API can query an app's records."""

    def knows(name: str) -> bool:
        sobject = sobject_named(name)
        if sobject is not None and sobject.name == SETUP_AUDIT_TRAIL:  # the code is invented
            return not tooling and has_permission(org, user_id, "ViewSetup")
        if not tooling and name.startswith(_RECORDS):
            return org.quirks.record_queries
        if not tooling or sobject is None:
            return True
        return name in (*_TOOLING_PEOPLE, DEPLOY_REQUEST.name) or (
            sobject.metadata_type is not None and org.quirks.tooling_apps
        )

    return Source(
        lambda sobject: rows_of(org, sobject),
        lambda sobject, record_id: sobject_row(org, sobject, record_id),
        knows,
        {DEPLOY_REQUEST.name.lower(): DEPLOY_REQUEST} if tooling else None,
    )


def _answer(exchange: Exchange, *, tooling: bool) -> Response:
    session = exchange.session()
    text = exchange.request.args.get("q", "")
    if not text.strip():
        raise Refused("MALFORMED_QUERY", "A query string has to be specified")
    source = _source_of(session.org, session.user_id, tooling=tooling)
    if exchange.request.args.get("columns") == "true":
        return _columns(source, text)
    size = _page_size(exchange.request.headers.get("Sforce-Query-Options", ""))
    return _page(source, text, 0, size, exchange.version_path, tooling=tooling)


def _page_size(header: str) -> int:
    for option in header.split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize" and value.strip().isdecimal():
            return min(max(int(value), _SMALLEST_PAGE), _PAGE)
    return _PAGE


def _run(source: Source, text: str) -> tuple[Query, Found]:
    try:
        parsed = parse(text)
        return parsed, evaluate(source, parsed)
    except QueryError as error:
        raise Refused(error.code, error.message) from error


def _page(
    source: Source, text: str, offset: int, size: int, version_path: str, *, tooling: bool
) -> Response:
    parsed, found = _run(source, text)
    rows = found.rows[offset : offset + size]
    done = offset + len(rows) >= len(found.rows)
    answer: dict[str, Any] = {
        "totalSize": found.total,
        "done": done,
        "records": [record(source, parsed, found.sobject, row, version_path) for row in rows],
    }
    if tooling:
        answer.update({"size": len(rows), "entityTypeName": found.sobject.name})
        answer["queryLocator"] = None
    if not done:
        locator = json.dumps([text, offset + size, size]).encode()
        name = base64.urlsafe_b64encode(locator).decode()
        answer["nextRecordsUrl"] = f"{version_path}/query/{name}"
    return json_reply(answer)


def record(
    source: Source, parsed: Query, sobject: SObject, row: Row, version_path: str
) -> dict[str, Any]:
    """One record with its attributes. Related records are nested, or null if there is none."""
    answer: dict[str, Any] = attributes(sobject, row, version_path)
    for path in parsed.fields:
        _add_value(source, answer, sobject, row, path, version_path)
    return answer


def attributes(sobject: SObject, row: Row, version_path: str) -> dict[str, Any]:
    """The ``attributes`` at the start of every record."""
    url = f"{version_path}/sobjects/{sobject.name}/{row['Id']}"
    return {"attributes": {"type": sobject.name, "url": url}}


def _add_value(
    source: Source,
    answer: dict[str, Any],
    sobject: SObject,
    row: Row,
    path: Path,
    version_path: str,
) -> None:
    understood = resolved(source, sobject, path)
    here, target = row, answer
    for link in understood.links:
        linked = here.get(link.column)
        there = source.one_row(link.leads_to, str(linked)) if linked else None
        if there is None:
            target[link.relationship] = None
            return
        if target.get(link.relationship) is None:
            target[link.relationship] = attributes(link.leads_to, there, version_path)
        here, target = there, target[link.relationship]
    target[understood.column.name] = here.get(understood.column.name)


def _columns(source: Source, text: str) -> Response:
    parsed, found = _run(source, text)
    described = []
    for path in parsed.fields:
        kind = resolved(source, found.sobject, path).column.type
        described.append(
            {
                "aggregate": False,
                "apexType": "Id" if kind == "id" else kind.capitalize(),
                "booleanType": kind == "boolean",
                "columnName": ".".join(path),
                "custom": False,
                "displayName": ".".join(path),
                "foreignKeyName": None,
                "insertable": False,
                "joinColumns": [],
                "numberType": kind == "int",
                "textType": kind == "string",
                "updatable": False,
            }
        )
    selected = any(path[-1].lower() == "id" and len(path) == 1 for path in parsed.fields)
    return json_reply(
        {
            "columnMetadata": described,
            "entityName": found.sobject.name,
            "groupBy": False,
            "idSelected": selected,
            "keyPrefix": found.sobject.prefix,
        }
    )
