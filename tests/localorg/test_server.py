"""The server: its files, restarts, and what a read-only one refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provision.errors import CannotError, OrgUnreachable
from provision.localorg import Clock, LocalOrg, RunningOrg
from provision.localorg.operate import ServerState, reset, state_file, status
from tests.localorg.caller import Caller, app_components, package
from tests.localorg.conftest import NOW, Call, Start

SERVE = """
import sys, time
from pathlib import Path
from provision.localorg import LocalOrg
with LocalOrg(Path(sys.argv[1])) as org:
    print(org.url, org.session().access_token, flush=True)
    time.sleep(600)
"""


def test_files_are_for_their_owner_alone(org: RunningOrg, tmp_path: Path) -> None:
    for name in ("localorg.db", "localorg.tls.key", "localorg.requests.jsonl"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name


def test_requests_are_noted(admin: Caller, org: RunningOrg, tmp_path: Path) -> None:
    admin.query("SELECT Id FROM User")
    admin.submit(package(app_components()))
    admin.submit(package(app_components()), checkOnly=True)
    admin.soap("describeMetadata")
    admin.token_request({"grant_type": "client_credentials"})
    admin.rest("GET", "/nothing")

    noted = [(r.operation, r.status, r.write) for r in org.requests]
    assert noted == [
        ("rest:query", 200, False),
        ("rest:deployRequest", 201, True),
        ("rest:deployRequest", 201, False),
        ("soap:describeMetadata", 200, False),
        ("token:client-credentials", 400, False),
        ("unknown", 404, False),
    ]
    lines = (tmp_path / "localorg.requests.jsonl").read_text().splitlines()
    assert [json.loads(line)["operation"] for line in lines] == [n[0] for n in noted]
    assert "SELECT" not in lines[0]


def test_a_read_only_server_notes_and_refuses_writes(start: Start, call: Call) -> None:
    admin = call(start(read_only=True))

    create = admin.rest("POST", "/sobjects/PermissionSet", json={"Name": "X", "Label": "X"})
    deploy = admin.submit(package(app_components()))
    fault = admin.fault("deleteMetadata", "<type>ExternalClientApplication</type>")
    validation = admin.submit(package(app_components()), checkOnly=True)

    assert (create.status_code, deploy.status_code) == (403, 403)
    assert admin.rest_error(create) == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert fault == "sf:INSUFFICIENT_ACCESS_OR_READONLY"
    assert validation.status_code == 201
    assert [r.write for r in admin.org.requests] == [True, True, True, False]
    assert admin.query("SELECT Id FROM PermissionSet WHERE Name = 'X'") == []


def test_state_and_clock_survive_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "deep" / "localorg.db"
    with LocalOrg(database, clock=Clock(lambda: NOW)) as org:
        caller = Caller(org, org.session().access_token)
        caller.deployed(app_components())
        org.advance(3600)
        org_id, pem = org.org_id, org.ca_file.read_bytes()
    clock = Clock(lambda: NOW)
    with LocalOrg(database, clock=clock) as org:
        again = Caller(org, caller.token, http=caller.http)
        assert again.names("ExternalClientApplication") == ["Acme"]
        assert (org.org_id, org.ca_file.read_bytes()) == (org_id, pem)
        assert clock.now() == NOW + 3600
    caller.http.close()


def test_state_survives_a_kill(tmp_path: Path) -> None:
    database = tmp_path / "localorg.db"
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(database)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url, token = process.stdout.readline().split()
        caller = Caller(_Elsewhere(url), token)  # type: ignore[arg-type]
        caller.deployed(app_components())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert status(database).server is None
    with LocalOrg(database) as org:
        caller.org = org
        assert caller.names("ExternalClientApplication") == ["Acme"]
    caller.http.close()


class _Elsewhere:
    def __init__(self, url: str) -> None:
        self.url = url


def test_status_and_reset_of_a_running_server(
    admin: Caller, org: RunningOrg, tmp_path: Path
) -> None:
    admin.deployed(app_components())
    org.advance(100)
    database = tmp_path / "localorg.db"

    before = status(database)
    reset(database)
    after = status(database)

    assert before.server is not None
    assert before.server.http_url == org.url
    assert before.details["orgs"][0]["id"] != after.details["orgs"][0]["id"] == org.org_id
    assert (before.details["clock_offset_seconds"], after.details["clock_offset_seconds"]) == (
        100,
        0,
    )
    assert admin.rest("GET", "/limits").status_code == 401
    admin.token = org.session().access_token
    assert admin.names("ExternalClientApplication") == []


def test_status_and_reset_without_a_server(tmp_path: Path) -> None:
    database = tmp_path / "localorg.db"
    with LocalOrg(database) as org:
        first = org.org_id

    assert (status(database).server, status(database).details) == (None, {})
    reset(database)
    assert not database.exists()
    with LocalOrg(database) as org:
        assert org.org_id != first


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    database = tmp_path / "localorg.db"
    state = ServerState(os.getpid(), "http://127.0.0.1:1", "https://localhost:1")
    with state_file(database, state), pytest.raises(OrgUnreachable, match="does not answer"):
        status(database)


def test_a_taken_port(org: RunningOrg, tmp_path: Path) -> None:
    taken = int(org.url.rpartition(":")[2])
    settings = LocalOrg(tmp_path / "other.db", port=taken)

    with pytest.raises(CannotError, match="cannot listen"), settings:
        pass


def test_two_servers_on_one_database(org: RunningOrg, call: Call, tmp_path: Path) -> None:
    with LocalOrg(tmp_path / "localorg.db", clock=Clock(lambda: NOW)) as second:
        call(org).deployed(app_components())
        assert call(second).names("ExternalClientApplication") == ["Acme"]


def test_many_at_once(admin: Caller, org: RunningOrg) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(number: int) -> str:
        caller = Caller(org, admin.token)
        try:
            caller.deployed(app_components(f"App{number}"))
            return caller.settings(f"App{number}")["consumerKey"]
        finally:
            caller.http.close()

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(one, range(16)))

    assert len(set(keys)) == 16
    assert len(admin.names("ExternalClientApplication")) == 16


def test_the_embedded_org_leaves_a_servers_state_alone(org: RunningOrg, tmp_path: Path) -> None:
    database = tmp_path / "localorg.db"
    with LocalOrg(database, clock=Clock(lambda: NOW)):
        pass

    found = status(database).server
    assert found is not None
    assert found.http_url == org.url
