"""Ctrl-C, SIGTERM and pauses, against the program in a process of its own."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.fleets import touched, written

pytestmark = pytest.mark.slow

HELD = {"operation": "rest:versions", "kind": "slow", "times": 1}
HELD_DEPLOY = {"operation": "rest:deployRequest", "kind": "slow", "times": 1}
ONE = ("--concurrency", "1")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_under_way_ends_and_the_rest_is_left(run, start, fleet, gate, number) -> None:
    fleet.set_faults(HELD)
    with fleet.noting() as noted:
        started = start("diff", "fleet.yaml", *ONE)
        gate.await_one()
        started.signal(number)
        started.await_line("interrupted: waiting for the orgs that are under way")
        gate.opened.set()
        code, out, said = started.end()
    assert code == ExitCode.CANNOT
    assert touched(noted) == {"org1"}
    assert [(row["org"], row["exit_code"]) for row in fleet.rows()] == [("org1", ExitCode.FOUND)]
    assert "3 no result" in out
    assert (
        f"ended before all orgs were done: interrupted\nnext: continue with --resume {fleet.run}"
        in said
    )

    with fleet.noting() as noted:
        assert run("diff", "fleet.yaml", "--resume", fleet.run).code == ExitCode.FOUND
    assert touched(noted) == {"org2", "org3", "org4"}


def test_a_deploy_that_is_under_way_ends(start, fleet, gate) -> None:
    fleet.set_faults(HELD_DEPLOY)
    with fleet.noting() as noted:
        started = start("apply", "fleet.yaml", "--yes", "--no-proof", *ONE)
        gate.await_one()
        started.signal(signal.SIGINT)
        started.await_line("interrupted: waiting")
        gate.opened.set()
        code, out, _ = started.end()
    assert code == ExitCode.CANNOT
    assert written(noted) == {"org1"}
    assert [(row["org"], row["exit_code"]) for row in fleet.rows()] == [("org1", ExitCode.OK)]
    assert "1 applied" in out


def test_twice_leaves_what_is_under_way(start, fleet, gate) -> None:
    fleet.set_faults(HELD_DEPLOY)
    started = start("apply", "fleet.yaml", "--yes", "--no-proof", *ONE)
    gate.await_one()
    started.signal(signal.SIGINT)
    started.await_line("interrupted: waiting")
    started.signal(signal.SIGINT)
    code, out, said = started.end()  # and the gate is still closed
    assert code == ExitCode.APPLY_FAILED
    assert [(row["org"], row["exit_code"]) for row in fleet.rows()] == [
        ("org1", ExitCode.APPLY_FAILED)
    ]
    assert "interrupted twice while it was under way, and nobody waited for its end" in out
    assert "--resume" in said


def test_twice_leaves_an_org_that_nothing_is_written_to(start, fleet, gate) -> None:
    fleet.set_faults(HELD)
    started = start("diff", "fleet.yaml", *ONE)
    gate.await_one()
    started.signal(signal.SIGINT)
    started.await_line("interrupted: waiting")
    started.signal(signal.SIGINT)
    code, out, _ = started.end()
    assert code == ExitCode.CANNOT
    assert "nobody waited for its end" in out
    assert "apply failed" not in out


def test_while_planning_nothing_is_written(start, fleet, gate) -> None:
    fleet.set_faults(HELD)
    with fleet.noting() as noted:
        started = start("apply", "fleet.yaml", "--yes", *ONE)
        gate.await_one()
        started.signal(signal.SIGINT)
        started.await_line("interrupted: waiting")
        gate.opened.set()
        code, _, said = started.end()
    assert code == ExitCode.CANNOT
    assert "interrupted while planning; nothing was written" in said
    assert written(noted) == set()


def test_a_pause_begins_no_further_org(start, fleet, gate) -> None:
    fleet.set_faults(HELD)
    started = start("diff", "fleet.yaml", *ONE)
    gate.await_one()
    folder = Path(started.await_line("kept in").split("kept in ")[1].strip())
    pause = folder / "pause"
    pause.touch()
    with fleet.noting() as noted:
        gate.opened.set()
        started.await_line(f"paused: delete {pause} to continue")
    assert touched(noted) <= {"org1"}
    pause.unlink()
    code, _, said = started.end()
    assert "continuing" in said
    assert code == ExitCode.FOUND
    assert len(fleet.rows()) == 4


def test_a_disk_that_is_full_ends_the_run_in_order(start, fleet, gate) -> None:
    """What could not be kept is reported, and the org under way is waited for."""
    fleet.set_faults(HELD_DEPLOY)
    with fleet.noting() as noted:
        started = start("apply", "fleet.yaml", "--yes", "--no-proof", *ONE)
        folder = Path(started.await_line("kept in").split("kept in ")[1].strip())
        gate.await_one()
        (folder / "rows.jsonl").rename(folder / "away")
        gate.opened.set()
        code, out, said = started.end()
    assert code == ExitCode.CANNOT
    assert written(noted) == {"org1"}
    assert "1 applied; 3 no result" in out
    assert "rows.jsonl cannot be written" in said
    assert "--resume" in said
