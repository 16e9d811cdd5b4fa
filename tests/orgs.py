"""A local org under test: connections to it, and a clock that makes waiting free."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.localorg import LocalOrg, Quirks, RequestRecord, RunningOrg
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.http import http_session
from provision.org.login.flows import TokenLogin
from provision.org.org import ReadableOrg, WritableOrg

__all__ = ["OrgUnderTest", "SteppingClock", "org_under_test"]

NEWEST = 68


@dataclass
class SteppingClock:
    """A clock that steps when somebody sleeps, and takes the org's clock along."""

    local: RunningOrg
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return sum(self.slept)

    def time(self) -> float:
        return time.time() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.local.advance(seconds)


@dataclass(frozen=True)
class OrgUnderTest:
    """A running local org, and the ways into it."""

    local: RunningOrg
    clock: SteppingClock
    http: requests.Session

    def writable(self, version: int = NEWEST, username: str = "") -> WritableOrg:
        readable = self.readable(version, username)
        return WritableOrg(
            readable.name,
            readable.session,
            readable.http,
            version,
            clock=self.clock,
            deploy_wait=600,
        )

    def readable(self, version: int = NEWEST, username: str = "") -> ReadableOrg:
        ready = self.local.session(username)
        login = TokenLogin(
            self.local.https_url, ready.access_token, "a test", ready.username, self.local.ca_file
        )
        return ReadableOrg("local", login.open(self.http), self.http, version)

    def deploy(self, *components: Component) -> DeployResult:
        """What somebody else deploys; it must succeed."""
        org = self.writable()
        result = org.deployer.run(Package(NEWEST, components), DeployOptions())
        assert result.success, result.reasons
        return result

    def delete(self, *components: Component) -> None:
        """What somebody else deletes; it must succeed."""
        org = self.writable()
        doomed = tuple((each.type.name, each.full_name) for each in components)
        result = org.deployer.run(Package(NEWEST, deletions=doomed), DeployOptions())
        assert result.success, result.reasons

    def set_quirks(self, *assignments: str) -> None:
        """Set switches (``NAME=VALUE``); the others go back to their defaults."""
        self.local.set_quirks(Quirks.of(*assignments))

    def set_faults(self, *faults: Mapping[str, object]) -> None:
        """What goes wrong from here on, as in a faults file."""
        url = f"{self.local.url}/__localorg__/faults"
        answer = requests.put(url, json={"faults": list(faults)}, timeout=20)
        assert answer.ok, answer.text

    def set_api_calls(self, used: int) -> None:
        """How many API calls of its 15 000 the org counts from here on."""
        url = f"{self.local.url}/__localorg__/api-calls"
        answer = requests.put(url, json={"used": used}, timeout=20)
        assert answer.ok, answer.text

    @contextmanager
    def noting(self) -> Iterator[list[str]]:
        """The operations that the org is asked for within the block, writes marked with `!`."""
        noted: list[str] = []
        before = len(self.local.requests)
        yield noted
        noted.extend(map(_noted, list(self.local.requests)[before:]))


@contextmanager
def org_under_test(
    directory: Path,
    quirks: Quirks | None = None,
    *,
    read_only: bool = False,
    seed: Path | None = None,
) -> Iterator[OrgUnderTest]:
    """A fresh local org in ``directory``."""
    settings = LocalOrg(
        database=directory / "org.db",
        quirks=quirks or Quirks(),
        shuffle=7,
        read_only=read_only,
        seed=seed,
    )
    with settings as local:
        clock = SteppingClock(local)
        with http_session(20, local.ca_file, clock) as http:
            yield OrgUnderTest(local, clock, http)


def _noted(record: RequestRecord) -> str:
    sobject = re.search(r"/sobjects/(\w+)", record.path)
    of = f":{sobject.group(1)}" if sobject else ""
    return f"{'!' if record.write else ''}{record.operation}{of}"


def writes(noted: Sequence[str]) -> list[str]:
    """Of noted operations, those that write."""
    return [operation.removeprefix("!") for operation in noted if operation.startswith("!")]
