"""Logins of a fleet: one an org and run, none where sessions are kept, and no secret anywhere."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
import yaml

from provision.errors import ExitCode
from tests.fleets import FleetUnderTest, touched

LOGIN = "token:jwt-bearer"
KEY = base64.urlsafe_b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.fixture
def jwt_fleet(run, fleet, spec) -> FleetUnderTest:
    """The fleet with logins by JWT, with an app that the orgs have from before."""
    ops = spec.with_name("ops.yaml")
    ops.write_text(spec.read_text().replace("app: Robot", "app: Ops"))
    fleet.write(["ops.yaml"])
    assert run("apply", "fleet.yaml", "--yes", "--no-proof").code == ExitCode.OK
    logins = {
        row["org"]: {
            "instance_url": fleet.url(str(row["org"])),
            "client_id": row["body"]["entries"][0]["applied"]["consumer_key"],
            "username": f"admin@{row['org']}.example",
            "private_key": "keys/app.key",
        }
        for row in fleet.rows()
    }
    fleet.write(["robot.yaml"], {org: {"login": {"jwt": login}} for org, login in logins.items()})
    return fleet


def logins(noted) -> int:
    return sum(record.operation == LOGIN and record.status == 200 for record in noted)


def test_an_org_is_logged_in_to_once_a_run(run, jwt_fleet) -> None:
    with jwt_fleet.noting() as noted:
        assert run("apply", "fleet.yaml", "--yes", "--no-proof").code == ExitCode.OK
    assert logins(noted) == 4


def test_logins_are_calls_too(run, jwt_fleet) -> None:
    with jwt_fleet.noting() as noted:
        run("diff", "fleet.yaml", "--org", "org1")
    [row] = jwt_fleet.rows()
    assert row["calls"] == len(noted)


def test_kept_sessions_need_no_login_in_the_next_run(run, jwt_fleet, monkeypatch) -> None:
    monkeypatch.setenv("PROVISION_SESSION_KEY", KEY)
    cached = ("diff", "fleet.yaml", "--session-cache", "sessions")
    with jwt_fleet.noting() as noted:
        assert run(*cached).code == ExitCode.FOUND
    assert logins(noted) == 4
    with jwt_fleet.noting() as noted:
        assert run(*cached).code == ExitCode.FOUND
    assert logins(noted) == 0
    with jwt_fleet.noting() as noted:
        assert run("diff", "fleet.yaml").code == ExitCode.FOUND
    assert logins(noted) == 4


def test_a_login_that_was_changed_is_not_that_of_the_kept_session(
    run, jwt_fleet, monkeypatch
) -> None:
    monkeypatch.setenv("PROVISION_SESSION_KEY", KEY)
    cached = ("diff", "fleet.yaml", "--org", "org1", "--session-cache", "sessions")
    assert run(*cached).code == ExitCode.FOUND
    path = jwt_fleet.path
    content = yaml.safe_load(path.read_text())
    content["orgs"]["org1"]["login"] = content["orgs"]["org2"]["login"]
    path.write_text(yaml.safe_dump(content))
    with jwt_fleet.noting() as noted:
        assert run(*cached).code == ExitCode.FOUND
    assert touched(noted) == {"org2"}


def test_a_token_of_somebody_else_is_not_kept(run, fleet, monkeypatch) -> None:
    monkeypatch.setenv("PROVISION_SESSION_KEY", KEY)
    cached = ("diff", "fleet.yaml", "--session-cache", "sessions")
    assert run(*cached).code == ExitCode.FOUND
    fleet.refuse("org1")
    assert run(*cached).code == ExitCode.UNREACHABLE


def test_a_wrong_key_of_the_cache_is_said_before_anything_is_asked(run, fleet, monkeypatch) -> None:
    monkeypatch.setenv("PROVISION_SESSION_KEY", "short")
    with fleet.noting() as noted:
        ran = run("diff", "fleet.yaml", "--session-cache", "sessions")
    assert ran.code == ExitCode.CANNOT
    assert noted == []


def test_no_secret_is_in_what_a_run_leaves_or_says(run, fleet, spec, monkeypatch) -> None:
    """Tokens, one of them refused, and what a spec has from outside."""
    monkeypatch.setenv("PROVISION_SESSION_KEY", KEY)
    monkeypatch.setenv("MAIL", "planted@secret.example")
    spec.write_text(spec.read_text().replace("ops@example.com", "${mail}"))
    outside = {"variables": {"mail": "${env:MAIL}"}}
    fleet.write(["robot.yaml"], dict.fromkeys(fleet.names, outside))
    fleet.refuse("org2")
    secrets = [os.environ[f"TOKEN_{org}"] for org in fleet.names] + ["planted@secret.example", KEY]
    said: list[str] = []
    for verb in ("diff", "plan", "lint", "doctor", "apply", "prove"):
        more = ("--yes",) if verb == "apply" else ()
        for form in ("text", "json"):
            cache = ("--session-cache", "sessions")
            ran = run(verb, "fleet.yaml", "--format", form, *cache, *more)
            said += [ran.out, ran.err]
    fault = {"operation": "rest:deployRequest", "kind": "component_failure", "times": 0}
    spec.write_text(spec.read_text().replace("The robot", "Robot"))
    fleet.set_faults({**fault, "problem": "planted@secret.example is no address"})
    ran = run("apply", "fleet.yaml", "--yes")
    assert ran.code == ExitCode.APPLY_FAILED
    said += [ran.out, ran.err]
    files = [path for path in Path().rglob("*") if path.is_file() and path.parts[0] != "keys"]
    found = [
        str(path)
        for path in files
        for secret in secrets
        if secret.encode() in path.read_bytes() and "snapshot" not in path.parts
    ]
    assert len([path for path in files if path.name == "rows.jsonl"]) == 13
    assert [text for text in said for secret in secrets if secret in text] == []
    assert found == []
