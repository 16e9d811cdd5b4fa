"""Login with a session of the `sf` CLI, and the orgs that the CLI knows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests

from provision.errors import LoginRefused
from provision.org.instance_url import InstanceUrl, InstanceUrlRefused
from provision.org.session import Session
from provision.refusals.dictionary import find
from provision.refusals.refusal import Flow
from provision.sensitive_text import sensitive_kind, without_secrets

__all__ = ["KnownOrg", "SfCliLogin", "known_orgs", "target_org"]

_TIMEOUT_SECONDS: Final = 120
_MOST_SHOWN: Final = 500
_NO_ORGS: Final = "noOrgsFound"  # an error to `org list` (its source, plugin-org 5.11)
# Lists of `org list`, and the kind of their orgs; nonScratchOrgs repeats orgs of other lists.
_LISTS: Final = {
    "sandboxes": "sandbox",
    "scratchOrgs": "scratch",
    "devHubs": "dev-hub",
    "other": "",
    "nonScratchOrgs": "",
}
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
        kind = sensitive_kind(self.alias)
        if kind:  # all users of the machine can see arguments
            raise LoginRefused(
                f"the name of the org holds {kind}, instead of an alias or a username",
                next_step="Name an org that `sf org list` shows. A token goes into "
                "SF_ACCESS_TOKEN, the org's URL into SF_INSTANCE_URL.",
            )
        shown = _sf(["org", "display", "--target-org", self.alias])
        if not shown.ok:
            raise _refused(self.alias, shown.message)
        org = shown.result if isinstance(shown.result, Mapping) else {}
        token = self._token(org)
        return Session(
            instance_url=self._url(org),
            access_token=token,
            reached_by=f"the sf CLI's session for {self.alias}",
            username=str(org.get("username") or ""),
            client_id=str(org.get("clientId") or ""),
        )

    def _url(self, org: Mapping[str, Any]) -> InstanceUrl:
        try:
            return InstanceUrl(str(org.get("instanceUrl") or ""))
        except InstanceUrlRefused as error:
            raise _refused(self.alias, error.message) from None

    def _token(self, org: Mapping[str, Any]) -> str:
        fresh = _sf(["org", "auth", "show-access-token", "--target-org", self.alias])
        answer = fresh.result if fresh.ok and isinstance(fresh.result, Mapping) else org
        token = str(answer.get("accessToken", ""))
        if not _TOKEN.match(token):
            reason = fresh.message or "it shows no access token"
            raise _refused(self.alias, reason)
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
class KnownOrg:
    """An org that the `sf` CLI knows. ``kind``: sandbox, scratch, dev-hub, or nothing."""

    name: str
    username: str
    kind: str


def known_orgs() -> tuple[KnownOrg, ...]:
    """The orgs that the `sf` CLI knows and that have not expired, by alias if they have one.

    Raises :class:`LoginRefused` with what the CLI said.
    """
    answer = _sf(["org", "list", "--skip-connection-status"])
    if answer.name == _NO_ORGS:
        return ()
    if not answer.ok or not isinstance(answer.result, Mapping):
        raise LoginRefused(
            f"the sf CLI does not list its orgs: {answer.message or 'no list'}",
            next_step="Run `sf org list` by hand.",
        )
    found: dict[str, KnownOrg] = {}
    for name, kind in _LISTS.items():
        listed = answer.result.get(name)
        for entry in listed if isinstance(listed, list) else ():
            username = str(entry.get("username") or "")
            if username and username not in found and not entry.get("isExpired"):
                alias = str(entry.get("alias") or username).split(",")[0]
                found[username] = KnownOrg(alias, username, kind)
    return tuple(sorted(found.values(), key=lambda org: org.name))


@dataclass(frozen=True, slots=True)
class _Answer:
    ok: bool
    result: object
    message: str
    name: str = ""


def _sf(arguments: Sequence[str]) -> _Answer:
    program = shutil.which("sf")
    if program is None:
        raise LoginRefused(
            "the `sf` CLI is not installed, or not on the PATH",
            next_step="Install it, or set SF_ACCESS_TOKEN and SF_INSTANCE_URL, or use --org local.",
        )
    try:
        done = subprocess.run(  # noqa: S603  # the user's own CLI, arguments as a list
            [program, *arguments, "--json"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except OSError as error:
        raise LoginRefused(
            f"{program} cannot be run: {error.strerror}",
            next_step="Run `sf --version` by hand, and fix its installation.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise LoginRefused(
            f"`sf {' '.join(arguments[:2])}` did not end in {_TIMEOUT_SECONDS} seconds",
            next_step="Run it by hand to see what it waits for.",
        ) from error
    answer = _json_object(done.stdout)
    if answer is None:
        # Never stdout: it may hold the token.
        reason = without_secrets(done.stderr.strip())[:_MOST_SHOWN]
        return _Answer(
            ok=False, result=None, message=reason or f"it ended with {done.returncode}, and no JSON"
        )
    return _Answer(
        ok=done.returncode == 0 and answer.get("status", 0) == 0,
        result=answer.get("result"),
        message=without_secrets(str(answer.get("message", ""))),
        name=str(answer.get("name", "")),
    )


def _json_object(text: str) -> Mapping[str, Any] | None:
    """The JSON object that the CLI printed. A wrapper may print warnings before it."""
    try:
        answer = json.loads(text[text.index("{") :])
    except ValueError:
        return None
    return answer if isinstance(answer, Mapping) else None


def _refused(alias: str, reason: str) -> LoginRefused:
    known = find(reason, Flow.REFRESH)
    means = f"{known.next_step} " if known else ""
    return LoginRefused(
        f"the sf CLI gives no session for {alias!r}: {reason}",
        next_step=f"{means}Run `sf org login web --alias {alias}`, or `sf org list` to see its "
        "orgs.",
    )
