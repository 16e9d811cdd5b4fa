"""`provision runs`: what was done, and how to go back, from one place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.runs.run_lock import run_lock

YES = ("--org", "local", "--yes", "--no-proof")
OTHER = "app: Other\ncontact_email: ops@example.com\n"


def ids() -> list[str]:
    return sorted(path.parent.name for path in Path(".provision/runs").glob("*/rows.jsonl"))


@pytest.fixture
def applied(run, spec) -> str:
    """A run that made two apps, by its id."""
    Path("other.yaml").write_text(OTHER)
    ran = run("apply", str(spec), "other.yaml", *YES)
    assert ran.code == ExitCode.OK, ran.err
    [found] = ids()
    assert f"run {found}: the app as it was is kept in" in ran.err
    return found


def test_nothing_is_kept_of_what_wrote_nothing(run, spec) -> None:
    assert run("diff", str(spec), "--org", "local").code == ExitCode.FOUND
    assert run("apply", str(spec), "--org", "local", "--no-proof").code == ExitCode.REFUSED
    ran = run("runs", "list")
    assert (ran.code, ran.out) == (ExitCode.OK, "")
    assert "no run is kept in .provision/runs" in ran.err


def test_a_list_is_a_line_a_run_the_newest_first(run, spec, applied) -> None:
    spec.write_text(spec.read_text().replace("15 minutes", "2 hours"))
    assert run("apply", str(spec), *YES, "--allow", "weakening").code == ExitCode.OK
    first, second = run("runs", "list").out.splitlines()
    assert first.startswith(max(ids()))
    assert second.startswith(f"{applied}  apply in local: done (exit 0)")
    told = json.loads(run("runs", "list", "--format", "json").out)
    assert told["schema"] == "provision/runs/1"
    assert [each["run"] for each in told["runs"]] == sorted(ids(), reverse=True)
    assert told["runs"][0]["lifted"] == ["weakening"]


def test_a_run_says_what_it_did_and_how_to_go_back(run, applied) -> None:
    shown = run("runs", "show", applied).out
    assert "verb: apply of " in shown
    assert "  Robot: apply, created: done" in shown
    assert "  Other: apply, created: done" in shown
    assert shown.endswith(f"to go back: provision rollback {applied}\n")
    told = json.loads(run("runs", "show", applied, "--format", "json").out)
    assert told["schema"] == "provision/kept-run/1"
    assert {app["app"] for app in told["orgs"][0]["apps"]} == {"Robot", "Other"}
    assert told["exit_code"] == ExitCode.OK


def test_a_whole_run_is_rolled_back_the_last_app_first(run, spec, applied) -> None:
    ran = run("rollback", applied, "--org", "local", "--yes", "--allow", "irreversible")
    assert ran.code == ExitCode.OK, ran.err
    assert ran.out.index("app: Other is gone") < ran.out.index("app: Robot is gone")
    assert "app: Robot (deleted in the org)" in run("plan", str(spec), "--org", "local").out


def test_one_app_of_a_run_is_rolled_back_by_its_directory(run, applied) -> None:
    [robot] = Path(f".provision/runs/{applied}").glob("orgs/local/*-Robot")
    assert "Robot: apply, created" in run("runs", "show", str(robot)).out
    ran = run("rollback", robot.name, "--org", "local", "--yes", "--allow", "irreversible")
    assert ran.code == ExitCode.OK, ran.err
    assert "app: Other" not in ran.out


def test_a_failed_apply_is_kept_with_why(run, spec, applied) -> None:
    spec.write_text(spec.read_text().replace("System Administrator", "Nobody"))
    assert run("apply", str(spec), *YES).code == ExitCode.CANNOT
    assert ids() == [applied]  # nothing was written


def test_a_run_that_is_under_way_is_left_alone(run, applied) -> None:
    with run_lock(Path(f".provision/runs/{applied}"), "somebody@elsewhere"):
        ran = run("rollback", applied, "--org", "local", "--yes", "--allow", "irreversible")
        assert ran.code == ExitCode.CANNOT
        assert f"the run {applied} is under way" in ran.err
        assert "outcome: under way" in run("runs", "show", applied).out


def test_runs_of_earlier_versions_are_shown_and_rolled_back(run, spec, applied) -> None:
    """They kept the directory of each app right among the runs."""
    [robot] = Path(f".provision/runs/{applied}").glob("orgs/local/*-Robot")
    old = Path(".provision/runs/20260101T000000Z-Robot")
    robot.rename(old)
    assert old.name in run("runs", "list").out
    assert "Robot: apply, created: done" in run("runs", "show", old.name).out
    ran = run("rollback", old.name, "--org", "local", "--yes", "--allow", "irreversible")
    assert ran.code == ExitCode.OK, ran.err


def test_what_is_not_a_run_is_said_to_be_none(run) -> None:
    ran = run("runs", "show", "nonsense")
    assert ran.code == ExitCode.CANNOT
    assert "there is no run nonsense" in ran.err
