"""Deploys over SOAP, for orgs that refuse them over REST."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from provision.catalogue.document import local_name
from provision.errors import OrgUnreachable, WriteUnknown
from provision.org.deploy import DeployMessage, DeployOptions, DeployResult, check_same_deploy
from provision.org.soap import SoapEndpoint, child_text

__all__ = ["SoapDeploys"]


class SoapDeploys:
    """``deploy``, ``checkDeployStatus`` and ``cancelDeploy`` of one org."""

    def __init__(self, soap: SoapEndpoint) -> None:
        self._soap = soap

    def start(self, package: bytes, options: DeployOptions, what: str) -> str:
        """Send a zip, and return the deploy's id.

        It is not repeated: the org may have got it although no answer came. Raises
        :class:`OrgRefused` or another :class:`OrgError` if the org turned it away, or else
        :class:`WriteUnknown`.
        """
        wanted = [
            ("checkOnly", options.check_only),
            ("ignoreWarnings", False),
            ("rollbackOnError", True),
            ("singlePackage", True),
        ]
        zipped = base64.b64encode(package).decode("ascii")
        arguments = [("ZipFile", zipped), ("DeployOptions", wanted)]
        results = self._soap.write(what, "deploy", arguments)
        deploy_id = child_text(results[0], "id") if results else ""
        if not deploy_id:
            raise WriteUnknown(what, "the org's answer has no id of a deploy")
        return deploy_id

    def status(self, deploy_id: str) -> DeployResult:
        """How the deploy is doing, with all its messages."""
        arguments = [("asyncProcessId", deploy_id), ("includeDetails", True)]
        result = _only(self._soap.read("checkDeployStatus", arguments), "checkDeployStatus")
        check_same_deploy(deploy_id, child_text(result, "id"))
        return DeployResult(
            id=deploy_id,
            status=child_text(result, "status"),
            done=child_text(result, "done") == "true",
            success=child_text(result, "success") == "true",
            error_message=child_text(result, "errorMessage"),
            messages=tuple(_messages(result)),
            deployed=_count(result, "numberComponentsDeployed"),
            total=_count(result, "numberComponentsTotal"),
        )

    def cancel(self, deploy_id: str) -> None:
        """Ask for the deploy to be stopped; it may still succeed."""
        self._soap.call("cancelDeploy", [("String", deploy_id)])


def _count(result: ET.Element, name: str) -> int:
    return _number(child_text(result, name))


def _only(results: list[ET.Element], operation: str) -> ET.Element:
    if not results:
        raise OrgUnreachable(
            f"{operation} answered without a result",
            next_step="Check the org's status page, and try again.",
        )
    return results[0]


def _messages(result: ET.Element) -> Iterator[DeployMessage]:
    for details in result:
        if local_name(details.tag) != "details":
            continue
        for entry in details:
            if local_name(entry.tag) in {"componentFailures", "componentSuccesses"}:
                yield DeployMessage(
                    component_type=child_text(entry, "componentType"),
                    full_name=child_text(entry, "fullName"),
                    file_name=child_text(entry, "fileName"),
                    success=child_text(entry, "success") == "true",
                    problem=child_text(entry, "problem"),
                    line=_number(child_text(entry, "lineNumber")),
                    column=_number(child_text(entry, "columnNumber")),
                    id=child_text(entry, "id"),
                    created=child_text(entry, "created") == "true",
                    deleted=child_text(entry, "deleted") == "true",
                )


def _number(text: str) -> int:
    """A line, a column or a count; 0 if the text is not a number, since it is only shown."""
    return int(text) if text.isdecimal() else 0
