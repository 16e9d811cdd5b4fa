"""`provision localorg`: served to other programs, shown, reset."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from provision.errors import ExitCode

PROVISION = Path(sys.executable).with_name("provision")


@contextmanager
def served(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """A local org in a process of its own."""
    command = [str(PROVISION), "localorg", "serve", "--port", "0", "--json", *options]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield json.loads(process.stdout.readline())
    finally:
        os.kill(process.pid, signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0, said


def test_it_is_served_with_a_ready_session_and_ends_at_sigterm(tmp_path) -> None:
    with served(tmp_path) as org:
        headers = {"Authorization": f"Bearer {org['access_token']}"}
        answer = requests.get(f"{org['http']}/services/oauth2/userinfo", headers=headers, timeout=9)
        assert answer.json()["preferred_username"] == org["username"]


def test_quirks_seeds_and_faults_are_honoured(tmp_path, run, spec) -> None:
    Path("seed.yaml").write_text(
        "orgs:\n  - {name: other, users: [{username: root@other.example, "
        "profile: System Administrator}]}\n"
    )
    Path("faults.yaml").write_text("faults:\n  - {operation: 'rest:versions', kind: \"503\"}\n")
    options = ["--seed", "seed.yaml", "--faults", "faults.yaml", "--quirk", "empty_listing=yes"]
    with served(tmp_path, *options) as org:
        assert org["username"] == "root@other.example"
        assert requests.get(f"{org['http']}/services/data", timeout=9).status_code == 503


def test_a_wrong_quirk_names_the_right_ones(run) -> None:
    ran = run("localorg", "serve", "--port", "0", "--quirk", "pkce=maybe")
    assert ran.code == ExitCode.CANNOT
    assert "pkce_sticky" in ran.err


def test_status_tells_whether_it_is_served(tmp_path, run) -> None:
    assert json.loads(run("localorg", "status", "--json").out)["served"] is False
    with served(tmp_path) as org:
        found = json.loads(run("localorg", "status", "--json").out)
        assert found["served"] is True
        assert found["http"] == org["http"]


def test_reset_forgets_what_was_made(run, spec) -> None:
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    assert run("localorg", "reset").code == ExitCode.OK
    assert "to be created" in run("plan", str(spec), "--org", "local").out


@pytest.mark.parametrize("content", ["not a database at all, and long enough to be noticed" * 9])
def test_a_broken_database_says_what_to_do(run, spec, content) -> None:
    Path(".provision").mkdir()
    Path(".provision/localorg.db").write_text(content)
    ran = run("plan", str(spec), "--org", "local")
    assert ran.code == ExitCode.CANNOT
    assert "localorg.db" in ran.err
    assert "next: " in ran.err


def test_reset_deletes_nothing_but_the_database_of_a_local_org(run, spec) -> None:
    before = spec.read_bytes()
    ran = run("localorg", "reset", "--database", str(spec))
    assert ran.code == ExitCode.CANNOT
    assert "is not the database of a local org" in ran.err
    assert spec.read_bytes() == before
