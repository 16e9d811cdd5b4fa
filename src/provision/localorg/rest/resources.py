"""REST resources that describe the org: versions, resources, limits, and sObject describes."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

from provision.catalogue.catalogue import NEWEST_API, OLDEST_API
from provision.localorg.domain.problem import not_found
from provision.localorg.domain.sobject import Column, SObject, Write
from provision.localorg.domain.sobjects import SOBJECTS, sobject_named
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.store.rows import Json

__all__ = ["describe", "describe_global", "limits", "resources", "versions"]

_FIRST_SEASON: Final = 2024  # API 60 is Spring '24; three releases a year
_SEASONS: Final = ("Spring", "Summer", "Winter")
_LENGTHS: Final = {"id": 18, "reference": 18, "string": 255, "picklist": 255, "email": 80}
_SOAP_TYPES: Final = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "datetime": "xsd:dateTime",
}


def versions(exchange: Exchange) -> Response:
    """``GET /services/data``. It needs no login."""
    org = exchange.host_org() or exchange.orgs.default
    return json_reply(
        [
            {
                "label": _release(number),
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number in range(OLDEST_API, min(NEWEST_API, org.info.api_version) + 1)
        ]
    )


def _release(number: int) -> str:
    count = number - 60
    season = _SEASONS[count % 3]
    year = _FIRST_SEASON + count // 3 + (1 if season == "Winter" else 0)
    return f"{season} '{year % 100}"


def resources(exchange: Exchange) -> Response:
    """``GET /services/data/vNN``."""
    exchange.session()
    base = exchange.version_path
    names = ("query", "queryAll", "sobjects", "limits", "tooling", "composite", "metadata")
    answer = {name: f"{base}/{name}" for name in names}
    answer["identity"] = f"{exchange.base_url}/id"
    return json_reply(answer)


def limits(exchange: Exchange) -> Response:
    """``GET /services/data/vNN/limits``."""
    session = exchange.session()
    most = session.org.info.daily_requests
    used = exchange.api_calls.get(session.org.id, 0)
    return json_reply(
        {
            "DailyApiRequests": {"Max": most, "Remaining": max(most - used, 0)},
            "DataStorageMB": {"Max": 5, "Remaining": 5},
            "FileStorageMB": {"Max": 20, "Remaining": 20},
        }
    )


def describe_global(exchange: Exchange) -> Response:
    """``GET /services/data/vNN/sobjects``."""
    exchange.session()
    described = [_head(sobject, exchange.version_path) for sobject in SOBJECTS.values()]
    return json_reply({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": described})


def describe(exchange: Exchange, name: str) -> Response:
    """``GET /services/data/vNN/sobjects/NAME/describe``."""
    exchange.session()
    sobject = sobject_named(name)
    if sobject is None:
        raise not_found()
    fields = [_field(column) for column in sobject.columns]
    return json_reply({**_head(sobject, exchange.version_path), "fields": fields})


def _head(sobject: SObject, version_path: str) -> dict[str, object]:
    base = f"{version_path}/sobjects/{sobject.name}"
    updateable = any(column.write is Write.ALWAYS for column in sobject.columns)
    return {
        "name": sobject.name,
        "label": sobject.label,
        "keyPrefix": sobject.prefix,
        "custom": False,
        "createable": sobject.createable,
        "updateable": sobject.createable and updateable,
        "deletable": sobject.deletable,
        "queryable": True,
        "retrieveable": True,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def _field(column: Column) -> dict[str, Json | list[str]]:
    return {
        "name": column.name,
        "label": column.name,
        "type": column.type,
        "soapType": _SOAP_TYPES.get(column.type, "xsd:string"),
        "length": _LENGTHS.get(column.type, 0),
        "createable": column.write is not Write.NEVER,
        "updateable": column.write is Write.ALWAYS,
        "nillable": not column.required,
        "defaultValue": column.default,
        "referenceTo": [column.references] if column.references else [],
        "relationshipName": column.relationship or None,
    }
