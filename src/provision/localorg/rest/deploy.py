"""Deploys over REST: submit (multipart), poll, cancel, quick deploy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from werkzeug.wrappers import Response

from provision.localorg.domain.deploy import DeployOptions, Message
from provision.localorg.domain.deploy_job import DeployJob, cancel, poll, quick_deploy, submit
from provision.localorg.domain.org import Org
from provision.localorg.domain.people import require_metadata_access
from provision.localorg.domain.problem import Refused, not_found
from provision.localorg.exchange import Exchange, json_reply
from provision.localorg.oauth.session import Session
from provision.localorg.quirks import RestDeploy
from provision.localorg.store.ids import short_id

__all__ = ["cancel_deploy", "deploy_status", "start_deploy"]

_OPTION_PARTS: Final = ("entity_content", "json")  # in the sf CLI, and in CumulusCI
_TRUE: Final = (True, "true", "True")


def start_deploy(exchange: Exchange) -> Response:
    """``POST /services/data/vNN/metadata/deployRequest``."""
    session = _session(exchange)
    request = exchange.request
    if (request.mimetype or "").startswith("multipart/"):
        options = _options(exchange).with_fault(exchange.fault)
        if not options.check_only:
            exchange.begin_write()
        file = request.files.get("file")
        if file is None:
            raise Refused("MISSING_ARGUMENT", "The part 'file' is missing")
        job = submit(
            session.org,
            session.user_id,
            file.read(),
            options,
            exchange.version,
            tests=_runs_tests(exchange),
        )
        validation = None
    else:
        exchange.begin_write()
        validation = str(exchange.json_body().get("validatedDeployRequestId", ""))
        job = quick_deploy(session.org, session.user_id, validation)
    answer = {
        "id": job.id,
        "validatedDeployRequestId": validation,
        "deployOptions": _options_answer(job.options),
        # OBS: the first response always says Pending.
        "deployResult": {"id": job.id, "success": False, "done": False, "status": "Pending"},
    }
    return json_reply(answer, 201)


def deploy_status(exchange: Exchange, job_id: str) -> Response:
    """``GET /services/data/vNN/metadata/deployRequest/ID[?includeDetails=true]``."""
    session = _session(exchange)
    job = poll(session.org, job_id)
    details = exchange.request.args.get("includeDetails") == "true"
    result = _result(session.org, job, include_details=details)
    return json_reply(
        {
            "id": job.id,
            "validatedDeployRequestId": None,
            "deployOptions": _options_answer(job.options),
            "deployResult": result,
        }
    )


def cancel_deploy(exchange: Exchange, job_id: str) -> Response:
    """``PATCH /services/data/vNN/metadata/deployRequest/ID`` with status ``Canceling``."""
    session = _session(exchange)
    exchange.begin_write()
    wanted = exchange.json_body().get("deployResult", {})
    if not isinstance(wanted, dict) or wanted.get("status") != "Canceling":
        raise Refused("INVALID_FIELD", "The status can be changed to Canceling only")
    job = cancel(session.org, job_id, session.user_id)
    result = _result(session.org, job, include_details=False)
    return json_reply({"id": job.id, "deployResult": result}, 202)


def _session(exchange: Exchange) -> Session:
    session = exchange.session()
    if session.org.quirks.rest_deploy is RestDeploy.REFUSED:
        raise not_found()
    require_metadata_access(session.org, session.user_id)
    return session


def _given_options(exchange: Exchange) -> Mapping[str, Any]:
    request = exchange.request
    for name in _OPTION_PARTS:
        text = request.form.get(name)
        part = request.files.get(name)
        if text is None and part is not None:
            text = part.read().decode("utf-8", "replace")
            part.seek(0)
        if text is None:
            continue
        try:
            body = json.loads(text)
        except ValueError as error:
            raise Refused("JSON_PARSER_ERROR", f"The part '{name}' is not JSON") from error
        options = body.get("deployOptions", {}) if isinstance(body, dict) else {}
        return options if isinstance(options, dict) else {}
    raise Refused("MISSING_ARGUMENT", "The part 'entity_content' is missing")


def _options(exchange: Exchange) -> DeployOptions:
    given = _given_options(exchange)
    return DeployOptions(
        check_only=given.get("checkOnly", False) in _TRUE,
        rollback_on_error=given.get("rollbackOnError", False) in _TRUE,
        ignore_warnings=given.get("ignoreWarnings", False) in _TRUE,
    )


def _runs_tests(exchange: Exchange) -> bool:
    level = _given_options(exchange).get("testLevel")
    return level not in {None, "NoTestRun"}


def _options_answer(options: DeployOptions) -> dict[str, Any]:
    return {
        "checkOnly": options.check_only,
        "ignoreWarnings": options.ignore_warnings,
        "rollbackOnError": options.rollback_on_error,
        "singlePackage": True,
        "purgeOnDelete": False,
    }


def _date(seconds: float) -> str | None:
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _result(org: Org, job: DeployJob, *, include_details: bool) -> dict[str, Any]:
    user = org.records.get("User", job.author)
    result: dict[str, Any] = {
        "id": job.id,
        "messages": None,
        "retrieveResult": None,
        "success": job.success,
        "done": job.done,
        "status": job.status,
        "checkOnly": job.options.check_only,
        "ignoreWarnings": job.options.ignore_warnings,
        "rollbackOnError": job.options.rollback_on_error,
        "errorStatusCode": None,
        "errorMessage": None,
        "stateDetail": None,
        "runTestsEnabled": job.tests,
        "numberComponentsTotal": job.total,
        "numberComponentsDeployed": job.deployed,
        "numberComponentErrors": job.errors,
        "numberTestsTotal": 0,
        "numberTestsCompleted": 0,
        "numberTestErrors": 0,
        "createdBy": short_id(job.author),
        "createdByName": user["Name"] if user else "",
        "createdDate": _date(job.created),
        "startDate": _date(job.started),
        "completedDate": _date(job.completed),
        "lastModifiedDate": _date(job.last_modified),
        "canceledBy": short_id(job.cancelled_by) or None,
        "canceledByName": None,
        "runTestResult": None,
    }
    if include_details:
        result["details"] = _details(job)
    return result


def _details(job: DeployJob) -> dict[str, Any]:
    messages = [_message(message, job) for message in job.messages]
    return {
        "componentFailures": [m for m in messages if not m["success"]],
        "componentSuccesses": [m for m in messages if m["success"]],
        "allComponentMessages": messages,
        "retrieveResult": None,
        "runTestResult": {
            "successes": [],
            "failures": [],
            "totalTime": 0.0,
            "apexLogId": None,
            "flowCoverage": [],
            "numFailures": 0,
            "codeCoverage": [],
            "codeCoverageWarnings": [],
            "flowCoverageWarnings": [],
            "numTestsRun": 0,
        },
    }


def _message(message: Message, job: DeployJob) -> dict[str, Any]:
    # OBS: every key is present. Clients index them without a check.
    return {
        "componentType": message.type,
        "fileName": message.file_name,
        "fullName": message.full_name,
        "id": message.id or None,
        "problem": message.problem or None,
        "problemType": message.problem_type or None,
        "success": message.success,
        "warning": message.problem_type == "Warning",
        "created": message.created,
        "changed": message.changed,
        "deleted": message.deleted,
        "lineNumber": message.line or None,
        "columnNumber": message.column or None,
        "requiresProductionTestRun": False,
        "createdDate": _date(job.completed or job.created),
        "knownPackagingProblem": False,
        "forPackageManifestFile": message.full_name == "package.xml",
    }
