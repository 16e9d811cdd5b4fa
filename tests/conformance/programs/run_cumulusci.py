"""CumulusCI, one operation: a JSON object on stdin, its result as JSON on stdout.

Runs in the venv that has CumulusCI, not in ours.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from cumulusci.core.exceptions import CumulusCIException
from cumulusci.salesforce_api.metadata import (
    ApiDeploy,
    ApiListMetadata,
    ApiListMetadataTypes,
    ApiRetrieveUnpackaged,
)
from cumulusci.salesforce_api.rest_deploy import RestDeploy


def _deploy(task: Any, given: Mapping[str, Any]) -> object:
    return ApiDeploy(task, given["zip"], check_only=given.get("check_only", False))()


def _rest_deploy(task: Any, given: Mapping[str, Any]) -> object:
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    task.logger.addHandler(handler)
    RestDeploy(task, given["zip"], None, given.get("check_only", False), None, [])()
    return said


def _list(task: Any, given: Mapping[str, Any]) -> object:
    return ApiListMetadata(task, given["type"])()[given["type"]]


def _list_types(task: Any, given: Mapping[str, Any]) -> object:
    del given
    return ApiListMetadataTypes(task)()


def _retrieve(task: Any, given: Mapping[str, Any]) -> object:
    archive = ApiRetrieveUnpackaged(task, given["manifest"], "63.0")()
    return {name: archive.read(name).decode() for name in archive.namelist()}


OPERATIONS: dict[str, Callable[[Any, Mapping[str, Any]], object]] = {
    "deploy": _deploy,
    "rest_deploy": _rest_deploy,
    "list": _list,
    "list_types": _list_types,
    "retrieve": _retrieve,
}


def main(asked: Mapping[str, Any]) -> dict[str, object]:
    """The result of one operation, or the error that it ended with."""
    logger = logging.getLogger("cumulusci")
    logger.setLevel(logging.INFO)
    task = SimpleNamespace(
        logger=logger,
        project_config=SimpleNamespace(project__package__api_version="63.0"),
        org_config=SimpleNamespace(
            access_token=asked["token"],
            instance_url=asked["url"],
            org_id=asked["org_id"],
            org_type="Developer Edition",
            is_sandbox=False,
            refresh_token=None,
        ),
    )
    try:
        return {"result": OPERATIONS[asked["operation"]](task, asked["given"])}
    except CumulusCIException as error:
        return {"error": {"name": type(error).__name__, "message": str(error)}}


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout, default=str)
