"""Login by borrowing a session of the `sf` CLI."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests

from provision.errors import LoginRefused
from provision.org.session import Session

__all__ = ["SfCliLogin", "target_org"]

_TIMEOUT_SECONDS: Final = 120
_TOKEN: Final = re.compile(r"\A(00D\w{12,15}![.\w]+|eyJ[\w.-]+)\Z")


@dataclass(frozen=True, slots=True)
class SfCliLogin:
    """An alias or a username that the `sf` CLI knows."""

    alias: str

    def open(self, http: requests.Session) -> Session:  # noqa: ARG002  # the interface's
        """Ask the CLI for the org and a fresh token.

        Current versions redact the token in ``org display`` and have ``org auth
        show-access-token``, which refreshes it first; older ones show it in ``display``. Raises
        :class:`LoginRefused` with what the CLI said.
        """
        shown = _sf(["org", "display", "--target-org", self.alias])
        if not shown.ok:
            raise _refused(self.alias, shown.message)
        org = shown.result if isinstance(shown.result, Mapping) else {}
        token = self._token(org)
        return Session(
            instance_url=str(org.get("instanceUrl", "")),
            access_token=token,
            reached_by=f"the sf CLI's session for {self.alias}",
            username=str(org.get("username", "")),
            client_id=str(org.get("clientId", "")),
        )

    def _token(self, org: Mapping[str, Any]) -> str:
        fresh = _sf(["org", "auth", "show-access-token", "--target-org", self.alias])
        answer = fresh.result if fresh.ok and isinstance(fresh.result, Mapping) else org
        token = str(answer.get("accessToken", ""))
        if not _TOKEN.match(token):
            said = fresh.message or "it shows no access token"
            raise _refused(self.alias, said)
        return token


def target_org() -> str:
    """The `sf` CLI's default org (``target-org``), empty if there is none or no `sf` CLI."""
    try:
        answer = _sf(["config", "get", "target-org"])
    except LoginRefused:
        return ""
    for entry in answer.result if isinstance(answer.result, Sequence) else ():
        if isinstance(entry, Mapping) and entry.get("value"):
            return str(entry["value"])
    return ""


@dataclass(frozen=True, slots=True)
class _Answer:
    ok: bool
    result: object
    message: str


def _sf(arguments: Sequence[str]) -> _Answer:
    command = ["sf", *arguments, "--json"]
    try:
        done = subprocess.run(  # noqa: S603  # the user's own CLI, arguments as a list
            command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise LoginRefused(
            "the `sf` CLI is not installed, or not on the PATH",
            next_step="Install it, or set SF_ACCESS_TOKEN and SF_INSTANCE_URL, or use --org local.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise LoginRefused(
            f"`{' '.join(command[:4])}` did not end in {_TIMEOUT_SECONDS} seconds",
            next_step="Run it by hand to see what it waits for.",
        ) from error
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        return _Answer(ok=False, result=None, message=done.stderr.strip() or done.stdout.strip())
    if not isinstance(answer, Mapping):
        return _Answer(ok=False, result=None, message="the CLI answered no JSON object")
    return _Answer(
        ok=done.returncode == 0 and answer.get("status", 0) == 0,
        result=answer.get("result"),
        message=str(answer.get("message", "")),
    )


def _refused(alias: str, said: str) -> LoginRefused:
    return LoginRefused(
        f"the sf CLI gives no session for {alias!r}: {said}",
        next_step=f"Run `sf org login web --alias {alias}`, or `sf org list` to see its orgs.",
    )
