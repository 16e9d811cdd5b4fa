"""Canaries, waves, and when to stop; continuing with what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.fleets import touched, written

ONE_BY_ONE = ("--yes", "--no-proof", "--concurrency", "1")
APPLY = ("apply", "fleet.yaml", *ONE_BY_ONE)


def no_luck(times: int = 1, after: int = 0) -> dict[str, object]:
    """So many deploys fail."""
    fault = {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck"}
    return {**fault, "times": times, "after": after}


def test_behind_a_canary_that_fails_nothing_is_written(run, fleet) -> None:
    fleet.set_faults(no_luck())
    with fleet.noting() as noted:
        ran = run(*APPLY, "--waves", "1,50%")
    assert ran.code == ExitCode.APPLY_FAILED
    assert written(noted) == {"org1"}
    assert [row["org"] for row in fleet.rows()] == ["org1"]
    assert "1 of 1 org of wave 1 failed" in ran.err
    assert f"--resume {fleet.run}" in ran.err
    assert ran.out.count("no result") > 2


def test_waves_of_the_fleet_file_are_taken(run, fleet) -> None:
    fleet.write(["robot.yaml"], run={"waves": [1]})
    fleet.set_faults(no_luck())
    run(*APPLY)
    assert [row["org"] for row in fleet.rows()] == ["org1"]


def test_waves_that_are_well_reach_every_org(run, fleet) -> None:
    assert run(*APPLY, "--waves", "1,25%").code == ExitCode.OK
    assert [row["org"] for row in fleet.rows()] == ["org1", "org2", "org3", "org4"]


@pytest.mark.parametrize(
    ("stop_after", "done"),
    [("1", 1), ("2", 2), ("25%", 1), ("50%", 2), ("3", 4)],
)
def test_so_many_failures_end_the_run(run, fleet, stop_after, done) -> None:
    fleet.set_faults(no_luck(times=2))
    ran = run(*APPLY, "--stop-after", stop_after)
    assert ran.code == ExitCode.APPLY_FAILED
    assert [row["org"] for row in fleet.rows()] == ["org1", "org2", "org3", "org4"][:done]


def test_orgs_that_cannot_be_planned_count_as_failures(run, fleet) -> None:
    fleet.refuse("org2", "org3")
    with fleet.noting() as noted:
        ran = run(*APPLY, "--stop-after", "2")
    assert ran.code == ExitCode.UNREACHABLE
    assert written(noted) == set()
    assert "too many orgs cannot even be planned" in ran.err
    fleet.set_faults(no_luck())
    run(*APPLY, "--stop-after", "3")
    assert {row["org"] for row in fleet.rows()} == {"org1", "org2", "org3"}


def test_resume_does_what_is_left_and_what_failed(run, fleet) -> None:
    fleet.set_faults(no_luck(after=1))
    assert run(*APPLY, "--stop-after", "1").code == ExitCode.APPLY_FAILED
    first = fleet.run
    assert [row["org"] for row in fleet.rows()] == ["org1", "org2"]
    with fleet.noting() as noted:
        ran = run(*APPLY, "--resume", first)
    assert ran.code == ExitCode.OK
    assert "3 of 4 orgs are left" in ran.err
    assert touched(noted) == written(noted) == {"org2", "org3", "org4"}
    assert fleet.run == first
    assert "4 results in 4 orgs: 4 applied." in ran.out


def test_resume_with_nothing_left_asks_nobody(run, fleet) -> None:
    run("diff", "fleet.yaml")
    with fleet.noting() as noted:
        assert run("diff", "fleet.yaml", "--resume", fleet.run).code == ExitCode.FOUND
    assert noted == []


def test_a_run_can_be_named_by_its_folder(run, fleet) -> None:
    fleet.refuse("org1")
    run("diff", "fleet.yaml", "--run-dir", "mine")
    fleet.admit("org1")
    with fleet.noting() as noted:
        ran = run("diff", "fleet.yaml", "--resume", str(Path("mine") / fleet.run))
    assert ran.code == ExitCode.FOUND
    assert touched(noted) == {"org1"}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("plan", "fleet.yaml"), "verb is diff, not plan"),
        (("diff", "other.yaml"), "fleet is "),
        (("diff", "fleet.yaml", "--shard", "1/2"), "shard is none, not 1/2"),
        (("diff", "fleet.yaml", "--org", "org1"), "takes no --org"),
    ],
)
def test_a_run_is_gone_on_with_as_it_was_begun(run, fleet, command, said) -> None:
    run("diff", "fleet.yaml")
    Path("other.yaml").write_bytes(Path("fleet.yaml").read_bytes())
    ran = run(*command, "--resume", fleet.run)
    assert ran.code == ExitCode.CANNOT
    assert said in ran.err
    assert "next: " in ran.err


def test_a_run_that_there_is_not(run, fleet) -> None:
    run("diff", "fleet.yaml")
    ran = run("diff", "fleet.yaml", "--resume", "yesterday")
    assert ran.code == ExitCode.CANNOT
    assert fleet.run in ran.err
