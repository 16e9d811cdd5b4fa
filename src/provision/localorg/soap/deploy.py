"""Deploys over SOAP."""

from __future__ import annotations

import base64
import binascii

from provision.localorg.clock import stamp
from provision.localorg.domain.deploy import DeployOptions, Message
from provision.localorg.domain.deploy_job import DeployJob, cancel, poll, quick_deploy, submit
from provision.localorg.domain.problem import Refused
from provision.localorg.soap.message import SoapCall, XmlValue, child, elements, text, truth
from provision.localorg.store.ids import short_id

__all__ = ["cancel_deploy", "check_deploy_status", "deploy", "deploy_recent_validation"]


def deploy(call: SoapCall) -> str:
    """``deploy``: queue a zip."""
    given = child(call.body, "DeployOptions")
    options = DeployOptions(
        check_only=truth(given, "checkOnly", default=False),
        rollback_on_error=truth(given, "rollbackOnError", default=False),
        ignore_warnings=truth(given, "ignoreWarnings", default=False),
    )
    if not options.check_only:
        call.exchange.begin_write()
    try:
        content = base64.b64decode(text(call.body, "ZipFile"))
    except binascii.Error as error:
        raise Refused("INVALID_ID_FIELD", "The ZipFile is not base64") from error
    tests = text(given, "testLevel") not in {"", "NoTestRun"}
    options = options.with_fault(call.exchange.fault)
    job = submit(call.org, call.session.user_id, content, options, call.version, tests=tests)
    return elements({"result": {"done": False, "id": job.id, "state": "Queued"}})


def check_deploy_status(call: SoapCall) -> str:
    """``checkDeployStatus``."""
    job = poll(call.org, text(call.body, "asyncProcessId", "id"))
    details = truth(call.body, "includeDetails", default=False)
    return elements({"result": _result(call, job, include_details=details)})


def cancel_deploy(call: SoapCall) -> str:
    """``cancelDeploy``: its argument is ``String`` in the WSDL, and ``id`` in jsforce."""
    call.exchange.begin_write()
    job = cancel(call.org, text(call.body, "String", "id"), call.session.user_id)
    return elements({"result": {"done": job.done, "id": job.id}})


def deploy_recent_validation(call: SoapCall) -> str:
    """``deployRecentValidation``: the quick deploy."""
    call.exchange.begin_write()
    job = quick_deploy(call.org, call.session.user_id, text(call.body, "validationId"))
    return elements({"result": job.id})


def _result(call: SoapCall, job: DeployJob, *, include_details: bool) -> dict[str, XmlValue]:
    """A DeployResult, in the WSDL's order, which is alphabetical."""
    user = call.org.records.get("User", job.author)
    cancelled = call.org.records.get("User", job.cancelled_by) if job.cancelled_by else None
    return {
        "canceledBy": short_id(job.cancelled_by) or None,
        "canceledByName": str(cancelled["Name"]) if cancelled else None,
        "checkOnly": job.options.check_only,
        "completedDate": _date(job.completed),
        "createdBy": short_id(job.author),
        "createdByName": str(user["Name"]) if user else "",
        "createdDate": _date(job.created),
        "details": _details(job, include_details=include_details),
        "done": job.done,
        "id": job.id,
        "ignoreWarnings": job.options.ignore_warnings,
        "lastModifiedDate": _date(job.last_modified),
        "numberComponentErrors": job.errors,
        "numberComponentsDeployed": job.deployed,
        "numberComponentsTotal": job.total,
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": job.options.rollback_on_error,
        "runTestsEnabled": job.tests,
        "startDate": _date(job.started),
        "status": job.status,
        "success": job.success,
    }


def _date(seconds: float) -> str | None:
    return stamp(seconds) if seconds else None


def _details(job: DeployJob, *, include_details: bool) -> dict[str, XmlValue]:
    tests: dict[str, XmlValue] = {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0}
    if not include_details:
        return {"runTestResult": tests}
    messages = [(message.success, _message(message, job)) for message in job.messages]
    return {
        "componentFailures": [message for success, message in messages if not success],
        "componentSuccesses": [message for success, message in messages if success],
        "runTestResult": tests,
    }


def _message(message: Message, job: DeployJob) -> dict[str, XmlValue]:
    """A DeployMessage. Without ``componentType``, even an empty one, SDR fails."""
    return {
        "changed": message.changed,
        "columnNumber": message.column or None,
        "componentType": message.type,
        "created": message.created,
        "createdDate": stamp(job.completed or job.created),
        "deleted": message.deleted,
        "fileName": message.file_name,
        "fullName": message.full_name,
        "id": message.id or None,
        "lineNumber": message.line or None,
        "problem": message.problem or None,
        "problemType": message.problem_type or None,
        "success": message.success,
    }
