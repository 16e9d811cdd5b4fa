"""Place: a served local org and a user's folder, brought back to the same state each time."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from provision.catalogue.component import Component
from provision.catalogue.org_settings import APP_SETTINGS, member_of
from provision.localorg import Clock, LocalOrg, Quirks, RunningOrg
from provision.localorg.domain.deploy_job import poll
from provision.localorg.domain.settings import write_settings
from provision.localorg.seed import ADMIN
from tests.faults.state import OrgState, read_state
from tests.faults.virtual_time import VirtualTime

__all__ = ["Place", "opened"]

_FLEET_SEED = """\
orgs:
- {name: org1, users: [{username: admin@org1.example, profile: System Administrator},
                       {username: ci@org1.example, profile: Minimum Access - Salesforce}]}
- {name: org2, users: [{username: admin@org2.example, profile: System Administrator},
                       {username: ci@org2.example, profile: Minimum Access - Salesforce}]}
"""
# As the real one answers the two commands that a login needs. A shell starts sooner than Python.
_SF = """\
#!/bin/sh
case "$*" in
  *"org display"*) cat {directory}/display ;;
  *"org auth show-access-token"*) cat {directory}/token ;;
  *) echo "Error: $* is not a sf command." >&2; exit 127 ;;
esac
"""
_HANGS_AFTER = 10.0  # seconds for threads that an interruption left behind
_MOST_POLLS = 20
_BETWEEN_RUNS = 60.0  # seconds, of virtual time


@dataclass
class Place:
    """Where one scenario is run. ``folder`` is the working directory."""

    local: RunningOrg
    database: Path
    folder: Path
    home: Path
    time: VirtualTime
    environment: Mapping[str, str]
    _kept: Path = field(init=False)

    def __post_init__(self) -> None:
        self._kept = self.home / "kept"

    def keep(self) -> None:
        """Remember everything as it is now. Runs begin some time later."""
        self.time.keep(_BETWEEN_RUNS)
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.folder, self._kept / "folder")
        with self._database() as connection:
            copy = sqlite3.connect(self._kept / "org.db")
            connection.backup(copy)
            copy.close()

    def restore(self) -> None:
        """Everything as it was when it was kept, the clock included."""
        self.set_faults()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self._kept / "folder", self.folder)
        with self._database() as connection:
            copy = sqlite3.connect(self._kept / "org.db")
            copy.backup(connection)
            copy.close()
        self.time.restart()

    def settle(self) -> None:
        """Let all that was begun end: threads of the program, then deploys that the org has."""
        end = time.monotonic() + _HANGS_AFTER
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and _is_ours(thread):
                thread.join(max(0.0, end - time.monotonic()))
        self.set_faults()
        self.finish_deploys()

    def finish_deploys(self) -> None:
        """Carry out every deploy that the org has."""
        orgs = self.local._orgs
        with orgs.database.transaction():
            for org in orgs:
                jobs = orgs.database.rows("SELECT id FROM job WHERE org = ?", (org.id,))
                for (job_id,) in jobs:
                    for _ in range(_MOST_POLLS):
                        job = poll(org, str(job_id))
                        if job.done or job.options.stuck:
                            break

    def set_faults(self, *faults: dict[str, str]) -> None:
        """Set the local org's own faults in place of those before."""
        connection = HTTPConnection(urlsplit(self.local.url).netloc, timeout=20)
        body = json.dumps({"faults": list(faults)})
        headers = {"Content-Type": "application/json"}
        try:
            connection.request("PUT", "/__localorg__/faults", body, headers)
            answered = connection.getresponse()
            text = answered.read().decode()
            assert answered.status == 200, text
        finally:
            connection.close()

    def states(self) -> dict[str, OrgState]:
        """What is, by org."""
        return read_state(self.database)

    def quirks(self, assignment: str) -> None:
        """Set a switch of the org, beside that deploys are polled for."""
        self.local.set_quirks(Quirks.of("deploy_polls=1", assignment))

    def switch_on(self, setting: str) -> None:
        """Switch one of the org's own settings on, as somebody does in Setup."""
        orgs = self.local._orgs
        with orgs.database.transaction():
            settings = Component(APP_SETTINGS, member_of(APP_SETTINGS), {setting: True})
            write_settings(orgs.default, settings)

    def stand_in_for_sf(self) -> None:
        """Put an `sf` on the PATH that knows the org as uat."""
        shown = {"username": ADMIN, "instanceUrl": self.local.https_url}
        token = {"accessToken": self.environment["SF_ACCESS_TOKEN"]}
        directory = self.home / "bin"
        directory.mkdir()
        for name, result in (("display", shown), ("token", token)):
            content = json.dumps({"status": 0, "result": result})
            (directory / name).write_text(content, encoding="utf-8")
        script = directory / "sf"
        script.write_text(_SF.format(directory=directory))
        script.chmod(0o755)
        path = f"{directory}{os.pathsep}{self.environment['PATH']}"
        self.environment = {
            name: value for name, value in self.environment.items() if not name.startswith("SF_")
        } | {"PATH": path}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        database = self.local._orgs.database
        with database._lock:
            yield database._connection


def _is_ours(thread: threading.Thread) -> bool:
    """Whether the program under test began a thread: it has no target of the local org's server."""
    return not any(
        word in thread.name for word in ("process_request", "_accept", "MainThread", "execnet")
    ) and thread.name.startswith(("Thread-", "ThreadPoolExecutor"))


@contextmanager
def opened(home: Path, *, fleet: bool = False) -> Iterator[Place]:
    """A fresh place below ``home``: one org, or a fleet's two."""
    virtual = VirtualTime()
    folder = home / "folder"
    folder.mkdir(parents=True)
    seed = None
    if fleet:
        seed = home / "seed.yaml"
        seed.write_text(_FLEET_SEED, encoding="utf-8")
    settings = LocalOrg(
        database=home / "org.db",
        quirks=Quirks.of("deploy_polls=1"),
        clock=Clock(virtual.time),
        seed=seed,
        shuffle=7,
    )
    with settings as local:
        port = urlsplit(local.https_url).port
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "REQUESTS_CA_BUNDLE": str(local.ca_file),
        }
        if fleet:
            for name in ("org1", "org2"):
                token = local.session(f"admin@{name}.example").access_token
                environment[f"TOKEN_{name}"] = token
                environment[f"URL_{name}"] = f"https://{name}.localhost:{port}"
        else:
            environment["SF_ACCESS_TOKEN"] = local.session(ADMIN).access_token
            environment["SF_INSTANCE_URL"] = local.https_url
        yield Place(local, home / "org.db", folder, home, virtual, environment)
