"""Deploys over REST: multipart out, JSON back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import requests

from provision.errors import OrgRefused, OrgUnreachable
from provision.org.deploy import DeployMessage, DeployOptions, DeployResult, check_same_deploy
from provision.org.failure import SESSION_GONE, refusal, session_refused, translated
from provision.org.session import Session
from provision.org.write import write

__all__ = ["RestDeploys", "is_rest_refusal"]

_NO_SUCH_RESOURCE: Final = frozenset({"NOT_FOUND", "METHOD_NOT_ALLOWED", "API_DISABLED_FOR_ORG"})


def is_rest_refusal(error: OrgRefused) -> bool:
    """Whether an org refuses all deploys over REST, so that it may still accept them over SOAP."""
    return error.code in _NO_SUCH_RESOURCE


class RestDeploys:
    """The ``metadata/deployRequest`` resource of one org."""

    def __init__(self, session: Session, http: requests.Session, api_version: int) -> None:
        self._session = session
        self._http = http
        self._url = f"{session.instance_url}/services/data/v{api_version}.0/metadata/deployRequest"

    def start(self, package: bytes, options: DeployOptions, what: str) -> str:
        """Send a zip, and return the deploy's id.

        It is not repeated: the org may have got it although no answer came. Raises
        :class:`OrgRefused` or another :class:`OrgError` if the org turned it away, or else
        :class:`WriteUnknown`.
        """
        described = {
            "deployOptions": {
                "checkOnly": options.check_only,
                "ignoreWarnings": False,
                "rollbackOnError": True,
                "singlePackage": True,
            }
        }
        parts: dict[str, tuple[str | None, str | bytes, str]] = {
            "json": (None, json.dumps(described), "application/json"),
            "file": ("package.zip", package, "application/zip"),
        }
        return write(
            what,
            self._url,
            lambda: self._http.post(
                self._url, files=parts, headers=self._headers(), allow_redirects=False
            ),
            lambda response: _id_of(self._answer(response)),
        )

    def status(self, deploy_id: str) -> DeployResult:
        """How the deploy is doing, with all its messages."""
        url = f"{self._url}/{deploy_id}"
        query = {"includeDetails": "true"}
        response = translated(
            url, lambda: self._http.get(url, params=query, headers=self._headers())
        )
        result = _mapping(self._answer(response).get("deployResult"))
        check_same_deploy(deploy_id, str(result.get("id") or ""))
        details = _mapping(result.get("details"))
        entries = [
            entry
            for key in ("componentFailures", "componentSuccesses")
            for entry in _list(details.get(key))
            if isinstance(entry, Mapping)
        ]
        return DeployResult(
            id=deploy_id,
            status=str(result.get("status", "")),
            done=result.get("done") is True,
            success=result.get("success") is True,
            error_message=str(result.get("errorMessage") or ""),
            messages=tuple(map(_message, entries)),
            deployed=_count(result.get("numberComponentsDeployed")),
            total=_count(result.get("numberComponentsTotal")),
        )

    def cancel(self, deploy_id: str) -> None:
        """Ask for the deploy to be stopped; it may still succeed."""
        url = f"{self._url}/{deploy_id}"
        wanted = {"deployResult": {"status": "Canceling"}}
        response = translated(
            url, lambda: self._http.patch(url, json=wanted, headers=self._headers())
        )
        self._answer(response)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._session.access_token}"}

    def _answer(self, response: requests.Response) -> Mapping[str, Any]:
        """The answer's JSON object; else the error that the answer is."""
        try:
            answer = response.json()
        except requests.exceptions.JSONDecodeError as error:
            if response.status_code == requests.codes.not_found:
                raise OrgRefused("no deploys over REST", code="NOT_FOUND") from error
            raise OrgUnreachable(
                f"{response.url} answered HTTP {response.status_code}, and no JSON",
                next_step="Check the org's status page, and try again.",
            ) from error
        if response.ok and isinstance(answer, Mapping):
            return answer
        entry = answer[0] if isinstance(answer, list) and answer else answer
        described = entry if isinstance(entry, Mapping) else {}
        code = str(described.get("errorCode", response.status_code))
        message = str(described.get("message", response.reason))
        if code == SESSION_GONE:
            raise session_refused(self._session, message)
        raise refusal(code, message)


def _number(value: object) -> int:
    """A line or a column; 0 if it is not a number, since it is only shown."""
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def _id_of(answer: Mapping[str, Any]) -> str:
    deploy_id = answer["id"]
    if not isinstance(deploy_id, str) or not deploy_id:
        raise ValueError("no id of a deploy")
    return deploy_id


def _list(value: object) -> list[Any]:
    """A list as it is; a single message as a list of one."""
    return value if isinstance(value, list) else [value] if value else []


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _message(entry: Mapping[str, Any]) -> DeployMessage:
    return DeployMessage(
        component_type=str(entry.get("componentType") or ""),
        full_name=str(entry.get("fullName") or ""),
        file_name=str(entry.get("fileName") or ""),
        success=entry.get("success") is True,
        problem=str(entry.get("problem") or ""),
        line=_number(entry.get("lineNumber")),
        column=_number(entry.get("columnNumber")),
        id=str(entry.get("id") or ""),
        created=entry.get("created") is True,
        deleted=entry.get("deleted") is True,
    )
