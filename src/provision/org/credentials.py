"""Credentials: consumer keys and secrets as an org gives them over Connect REST.

DOC (help: eca_stage_oauth_credentials): reading came with API 60, staging with 65. An app has one
staging slot. A staged pair is not in use until a rotation. After that the old pair is in the slot,
and works for 30 more days unless it is revoked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import requests

from provision.errors import (
    CannotError,
    OrgError,
    OrgRefused,
    OrgUnreachable,
    VersionUnsupported,
)
from provision.org.app_names import apps_called, no_app
from provision.org.failure import SESSION_GONE, refusal, session_refused, translated
from provision.org.org import ReadableOrg
from provision.secret.secret import Secret

__all__ = [
    "Consumer",
    "CredentialsClosed",
    "CredentialsReader",
    "Pair",
    "StagedPair",
    "StagedState",
]

_READ_SINCE: Final = 60
_STAGED_SINCE: Final = 65
# OBS: texts of orgs in which the setting is off or a permission is missing; the code varies.
_CLOSED: Final = ("not currently enabled", "feature is not enabled", "not enabled for this user")


class CredentialsClosed(CannotError):
    """The org gives no secrets over REST: its setting is off, or the user may not see them."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """The OAuth consumer of an app, to which its credentials belong."""

    app: str
    app_id: str
    id: str

    @property
    def path(self) -> str:
        """Its path below the credentials of all apps."""
        return f"{self.app_id}/{self.id}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A consumer key and its secret."""

    key: str
    secret: Secret


class StagedState(StrEnum):
    """The state of the pair in the staging slot (DOC)."""

    ACTIVE = "Active"  # new, and not in use yet
    ROTATED = "Rotated"  # the old one, which still works
    EXPIRED = "Expired"  # it no longer works


@dataclass(frozen=True, slots=True)
class StagedPair:
    """The pair in the staging slot. It works ``until`` a time that the org wrote."""

    id: str
    pair: Pair
    state: StagedState
    until: str


class CredentialsReader:
    """Reading the credentials of an org's apps.

    Every method raises :class:`CredentialsClosed` if the org does not give them,
    :class:`VersionUnsupported` in an API version that does not have them, and :class:`OrgError` if
    a call fails.
    """

    def __init__(self, org: ReadableOrg) -> None:
        self._org = org

    def consumer(self, app: str) -> Consumer:
        """The consumer of ``app``. Raises :class:`CannotError` if there is no app, or no OAuth."""
        self._require(_READ_SINCE, "reads credentials")
        called = apps_called(app, self._org.rest)
        app_id = called.own_id
        if not app_id:
            raise no_app(self._org.name, app, called.packages)
        try:
            consumers = list(self._call("GET", app_id).get("consumers") or ())
        except OrgRefused as error:
            if error.code != "NOT_FOUND":
                raise
            consumers = []
        if len(consumers) != 1:
            raise CannotError(
                f"{app} has {len(consumers) or 'no'} OAuth consumers in {self._org.name}",
                next_step="Give the spec an `oauth` part, and run `provision apply`.",
            )
        return Consumer(app, app_id, str(consumers[0]["id"]))

    def pair(self, consumer: Consumer) -> Pair:
        """The pair in use."""
        return self._pair(self._call("GET", consumer.path, part="keyandsecret"))

    def staged(self, consumer: Consumer) -> StagedPair | None:
        """The pair in the staging slot, ``None`` if the slot is empty."""
        self._require(_STAGED_SINCE, "stages credentials")
        listed = self._call("GET", f"{consumer.path}/staged").get("stagedCredentials") or ()
        return self._staged(listed[0]) if listed else None

    def key(self, consumer: Consumer) -> str:
        """The key in use, without asking for the secret."""
        return str(self._call("GET", consumer.path, part="key").get("key", ""))

    def _require(self, since: int, what: str) -> None:
        if self._org.api_version < since:
            raise VersionUnsupported(
                f"an org {what} over REST from API {since} on; this is {self._org.api_version}",
                next_step="Leave --api-version out, or use Setup, External Client App Manager.",
            )

    def _call(self, method: str, path: str, *, part: str = "") -> Mapping[str, Any]:
        """The answer's JSON object. It may hold secrets, so no error quotes it."""
        url = self._url(path)
        params = {"part": part} if part else None
        return self._read(
            translated(
                url,
                lambda: self._org.http.request(method, url, params=params, headers=self._headers()),
            )
        )

    def _url(self, path: str) -> str:
        session, version = self._org.session, self._org.api_version
        return f"{session.instance_url}/services/data/v{version}.0/apps/oauth/credentials/{path}"

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._org.session.access_token}"}

    def _read(self, response: requests.Response) -> Mapping[str, Any]:
        if response.status_code == requests.codes.no_content:
            return {}
        try:
            answer = response.json()
        except requests.exceptions.JSONDecodeError:
            raise self._unreadable(f"with HTTP {response.status_code}, and no JSON") from None
        if response.ok and isinstance(answer, Mapping):
            return answer
        raise self._refusal(response, answer)

    def _refusal(self, response: requests.Response, answer: object) -> CannotError | OrgError:
        entry = answer[0] if isinstance(answer, list) and answer else answer
        described = entry if isinstance(entry, Mapping) else {}
        code = str(described.get("errorCode", response.status_code))
        message = str(described.get("message", response.reason))
        if code == SESSION_GONE:
            return session_refused(self._org.session, message)
        if any(text in message for text in _CLOSED):
            return CredentialsClosed(
                f"{self._org.name} gives no consumer secrets over REST: {message}",
                next_step="Either its setting ExternalClientAppSettings."
                "enableClientSecretInRestApiAccess is off (--open-setting opens it for this run, "
                "and closes it again), or the user lacks the permissions View Client Secret "
                "(ViewClientSecret) and External Client App Developer "
                "(ExternalClientAppDeveloper).",
            )
        return refusal(code, message)

    def _pair(self, answer: Mapping[str, Any]) -> Pair:
        key, secret = answer.get("key"), answer.get("secret")
        if not isinstance(key, str) or not isinstance(secret, str) or not key or not secret:
            raise self._unreadable("without a key and a secret")
        return Pair(key, Secret(secret))

    def _staged(self, answer: Mapping[str, Any]) -> StagedPair:
        try:
            state = StagedState(str(answer.get("state")))
        except ValueError as error:
            raise self._unreadable(f"with a state that is not known: {error}") from error
        until = str(answer.get("expirationDate", ""))
        return StagedPair(str(answer.get("id", "")), self._pair(answer), state, until)

    def _unreadable(self, how: str) -> OrgUnreachable:
        """The error for an unreadable answer, which is not quoted: it may have secrets in it."""
        return OrgUnreachable(
            f"{self._org.session.instance_url} answered a call for credentials {how}",
            next_step="Check the org's status page, and try again.",
        )
