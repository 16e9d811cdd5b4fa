"""`rollback` of a run over a fleet: with the fleet's logins, over all its orgs or some."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.cli import live
from provision.errors import ExitCode
from provision.runs.run_lock import run_lock
from tests.fleets import written

APPLY = ("apply", "fleet.yaml", "--yes", "--no-proof")
BACK = ("--yes", "--allow", "irreversible")
EVERY = {"org1", "org2", "org3", "org4"}


@pytest.fixture
def applied(run, fleet) -> str:
    """A run over the fleet, by its id."""
    assert run(*APPLY).code == ExitCode.OK
    return str(fleet.run)


def test_a_fleets_run_goes_back_in_every_org(run, fleet, applied) -> None:
    with fleet.noting() as noted:
        ran = run("rollback", applied, *BACK)
    assert ran.code == ExitCode.OK, ran.out + ran.err
    assert written(noted) == EVERY
    assert "4 deleted in the org" in run("plan", "fleet.yaml").out


def test_an_org_of_it_goes_back_alone(run, fleet, applied) -> None:
    with fleet.noting() as noted:
        ran = run("rollback", applied, *BACK, "--org", "org2")
    assert ran.code == ExitCode.OK, ran.out + ran.err
    assert written(noted) == {"org2"}
    ran = run("runs", "show", fleet.run)
    assert "org2: app: Robot is gone (read back)" in ran.out


def test_a_gate_refuses_each_org(run, fleet, applied) -> None:
    with fleet.noting() as noted:
        ran = run("rollback", applied, "--yes")
    assert ran.code == ExitCode.REFUSED
    assert "--allow irreversible" in ran.out
    assert written(noted) == set()


def test_one_question_is_asked_for_all(run, fleet, applied, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(live, "confirm", asked.append)
    ran = run("rollback", applied, "--allow", "irreversible")
    assert ran.code == ExitCode.OK
    assert "org2: Robot: to be destroyed\n" in ran.out
    assert asked == [f"Roll 4 orgs back to before {applied}?"]


def test_what_it_did_not_write_to_cannot_go_back(run, fleet, spec) -> None:
    fleet.refuse("org1")
    assert run(*APPLY).code == ExitCode.UNREACHABLE
    fleet.admit("org1")
    first = fleet.run
    ran = run("rollback", first, *BACK, "--org", "org1")
    assert ran.code == ExitCode.CANNOT
    assert "wrote to none of the orgs" in ran.err
    with fleet.noting() as noted:
        assert run("rollback", first, *BACK).code == ExitCode.OK
    assert written(noted) == EVERY - {"org1"}


def test_without_the_fleet_file_it_says_what_to_do(run, fleet, applied) -> None:
    fleet.path.rename("elsewhere.yaml")
    ran = run("rollback", applied, *BACK)
    assert ran.code == ExitCode.CANNOT
    assert "which is no fleet file now" in ran.err


def test_a_run_is_listed_and_shown(run, fleet, applied) -> None:
    assert f"{applied}  apply in 4 orgs: done (exit 0)" in run("runs", "list").out
    shown = run("runs", "show", applied).out
    assert "org3: applied\n  Robot: apply, created: done" in shown
    assert f"to go back: provision rollback {applied}" in shown


def test_two_resumes_do_not_work_on_one_run_at_once(run, fleet) -> None:
    fleet.refuse("org3")
    assert run(*APPLY).code == ExitCode.UNREACHABLE
    fleet.admit("org3")
    stopped = fleet.run
    told = json.loads(run("runs", "show", stopped, "--format", "json").out)
    assert told["left"] == ["org3"]
    assert f"--resume {stopped}" in run("runs", "show", stopped).out
    with run_lock(Path(".provision/runs") / stopped, "somebody@elsewhere"), fleet.noting() as noted:
        ran = run(*APPLY, "--resume", stopped)
    assert ran.code == ExitCode.CANNOT
    assert "is under way already (process" in ran.err
    assert written(noted) == set()
    assert run(*APPLY, "--resume", stopped).code == ExitCode.OK
