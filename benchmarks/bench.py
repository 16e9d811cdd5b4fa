"""Bench: a folder with a spec, a local org, and a way for the program to log in to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

from provision.localorg import RequestRecord, RunningOrg

__all__ = ["PROVISION", "SPEC", "Bench", "Run", "compiled", "depth"]

_NOT_KEPT = "PYTHONDONTWRITEBYTECODE"

PROVISION = str(Path(sys.executable).with_name("provision"))

SPEC = """\
app: Bench
contact_email: ops@example.com
oauth:
  callback_urls: [https://bench.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/bench.crt, private_key: keys/bench.key}
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
  permission_sets: [{name: Bench, create: true, assign_to: [admin@localorg.example]}]
  session_timeout: 15 minutes
"""


def compiled() -> dict[str, str]:
    """The environment, in which Python keeps what it compiles.

    An installed program is compiled. In a checkout it is after its first run, unless the
    environment forbids that: then each run would be measured with the compiler.
    """
    return {name: value for name, value in os.environ.items() if name != _NOT_KEPT}


@dataclass(frozen=True)
class Run:
    """One run of a program: its wall time in seconds, and what it asked the org."""

    seconds: float
    requests: Sequence[RequestRecord]


@dataclass(frozen=True)
class Bench:
    """The org runs here, the program in processes of its own, with a session of the admin's."""

    folder: Path
    org: RunningOrg
    session: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path, org: RunningOrg) -> Bench:
        """A bench with a spec and its keys."""
        (folder / "bench.yaml").write_text(SPEC, encoding="utf-8")
        subprocess.run([PROVISION, "keys", "new", "bench"], cwd=folder, check=True)
        session = {
            "SF_ACCESS_TOKEN": org.session().access_token,
            "SF_INSTANCE_URL": org.https_url,
        }
        return cls(folder, org, session)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the program, with the session."""
        return compiled() | {"REQUESTS_CA_BUNDLE": str(self.org.ca_file)} | self.session

    def run(self, *arguments: str) -> Run:
        """One run of the program, which must succeed."""
        before = len(self.org.requests)
        start = time.perf_counter()
        subprocess.run(
            [PROVISION, *arguments],
            cwd=self.folder, env=self.environment, check=True, capture_output=True,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        return Run(seconds, self.org.requests[before:])

    def set_latency(self, seconds: float) -> None:
        """Let every answer of the org take longer from here on."""
        latency = [{"operation": "*", "seconds": seconds}] if seconds else []
        url = f"{self.org.url}/__localorg__/faults"
        requests.put(url, json={"latency": latency}, timeout=20).raise_for_status()


def depth(records: Sequence[RequestRecord]) -> int:
    """How many requests came one after the other: the most of which none overlaps another.

    Means something when answers take long beside what the program does between them.
    """
    found = 0
    ended = 0.0
    for record in sorted(records, key=lambda record: record.at):
        if record.at - record.seconds >= ended:
            found += 1
            ended = record.at
    return found
