"""A fleet under test: one local org server with several orgs, and the file that names them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from provision.localorg import LocalOrg, RequestRecord, RunningOrg

__all__ = ["FleetUnderTest", "fleet_under_test", "touched", "written"]

REFUSED = "00Dnobody!refused"


@dataclass
class FleetUnderTest:
    """Orgs behind one server, called org1, org2, ..., and a fleet file of all of them."""

    local: RunningOrg
    path: Path
    names: tuple[str, ...]
    monkeypatch: pytest.MonkeyPatch

    def url(self, org: str) -> str:
        """The instance URL of an org."""
        return f"https://{org}.localhost:{urlsplit(self.local.https_url).port}"

    def refuse(self, *orgs: str) -> None:
        """From here on, the tokens of ``orgs`` are none."""
        for org in orgs:
            self.monkeypatch.setenv(f"TOKEN_{org}", REFUSED)

    def admit(self, *orgs: str) -> None:
        """From here on, the tokens of ``orgs`` are good."""
        for org in orgs:
            token = self.local.session(f"admin@{org}.example").access_token
            self.monkeypatch.setenv(f"TOKEN_{org}", token)

    def token(self, org: str) -> str:
        """The token with which the fleet reaches an org."""
        return os.environ[f"TOKEN_{org}"]

    def end_session(self, org: str) -> None:
        """The org takes the token no longer, as after hours in which nobody used it."""
        self._call(
            "POST", self.url(org), "/services/oauth2/revoke", data={"token": self.token(org)}
        )

    def write(self, specs: Sequence[str], orgs: Mapping[str, object] = {}, **more: object) -> None:
        """The fleet file. ``orgs`` say more of some, ``more`` of the whole."""
        entries = {
            org: {"login": {"token": self._token(org)}, **dict(orgs.get(org, {}))}  # type: ignore[call-overload]
            for org in self.names
        }
        content = {"defaults": {"specs": list(specs)}, "orgs": entries, **more}
        self.path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def set_faults(self, *faults: Mapping[str, object], latency: float = 0) -> None:
        """What goes wrong from here on, and how many seconds an answer takes longer."""
        body = {"faults": list(faults), "latency": [{"seconds": latency}] if latency else []}
        self._control(self.local.url, "faults", body)

    def set_api_calls(self, org: str, used: int) -> None:
        """How many API calls of its 15 000 an org counts from here on."""
        self._control(self.url(org), "api-calls", {"used": used})

    @contextmanager
    def noting(self) -> Iterator[list[RequestRecord]]:
        """The requests within the block."""
        noted: list[RequestRecord] = []
        before = len(self.local.requests)
        yield noted
        noted.extend(list(self.local.requests)[before:])

    def record(self) -> list[dict[str, object]]:
        """The lines of the newest run's record."""
        newest = max(Path().glob("**/rows.jsonl"), key=lambda at: at.stat().st_mtime_ns)
        return [json.loads(line) for line in newest.read_text().splitlines()]

    def rows(self) -> list[dict[str, object]]:
        """What came of the orgs in the newest run, the last row of each."""
        return list({row["org"]: row for row in self.record()[1:]}.values())

    @property
    def run(self) -> str:
        """The name of the newest run."""
        return str(self.record()[0]["run"])

    def _token(self, org: str) -> Mapping[str, str]:
        return {"instance_url": self.url(org), "access_token": f"${{env:TOKEN_{org}}}"}

    def _control(self, base: str, what: str, body: object) -> None:
        self._call("PUT", base, f"/__localorg__/{what}", json=body)

    def _call(
        self,
        method: str,
        base: str,
        path: str,
        *,
        json: object = None,
        data: Mapping[str, str] | None = None,
    ) -> None:
        parts = urlsplit(base)
        answer = requests.request(
            method,
            f"{parts.scheme}://localhost:{parts.port}{path}",
            json=json,
            data=data,
            headers={"Host": parts.netloc},
            verify=str(self.local.ca_file),
            timeout=20,
        )
        assert answer.ok, answer.text


@contextmanager
def fleet_under_test(
    directory: Path, count: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FleetUnderTest]:
    """``count`` fresh orgs in ``directory``, and a fleet file ``path`` with the spec robot.yaml."""
    names = tuple(f"org{number}" for number in range(1, count + 1))
    seed = directory / "seed.yaml"
    seed.write_text(yaml.safe_dump({"orgs": [_org(name) for name in names]}))
    with LocalOrg(database=directory / "org.db", seed=seed) as local:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(local.ca_file))
        fleet = FleetUnderTest(local, path, names, monkeypatch)
        fleet.admit(*names)
        fleet.write(["robot.yaml"])
        yield fleet


def touched(noted: Sequence[RequestRecord]) -> set[str]:
    """The orgs that anything was asked of."""
    return {record.org for record in noted if record.org}


def written(noted: Sequence[RequestRecord]) -> set[str]:
    """The orgs that were written to."""
    return {record.org for record in noted if record.write}


def _org(name: str) -> Mapping[str, object]:
    admin = {"username": f"admin@{name}.example", "profile": "System Administrator"}
    return {"name": name, "users": [{**admin, "last_name": "Admin"}]}
