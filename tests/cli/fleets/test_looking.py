"""Verbs that only read, over a fleet."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace

import pytest

from provision.errors import ExitCode
from provision.localorg.http import fault_answer
from provision.org.org import ReadableOrg
from tests.fleets import touched, written

HANGS_AFTER = 30


@pytest.mark.parametrize("verb", ["diff", "plan", "prove", "lint"])
def test_an_org_that_refuses_the_login_is_one_row(run, fleet, verb) -> None:
    if verb == "prove":
        assert run("apply", "fleet.yaml", "--yes", "--no-proof").code == ExitCode.OK
    fleet.refuse("org2")
    ran = run(verb, "fleet.yaml")
    codes = {row["org"]: row["exit_code"] for row in fleet.rows()}
    assert codes.pop("org2") == ExitCode.UNREACHABLE
    assert codes.keys() == {"org1", "org3", "org4"}
    assert ExitCode.UNREACHABLE not in codes.values()
    assert ran.code == ExitCode.UNREACHABLE
    assert "org2" in ran.out
    assert "INVALID_SESSION_ID" in ran.out


def test_an_org_that_refuses_the_login_is_what_doctor_finds(run, fleet) -> None:
    fleet.refuse("org2")
    ran = run("doctor", "fleet.yaml")
    assert ran.code == ExitCode.FOUND
    assert {row["org"] for row in fleet.rows() if row["exit_code"]} == {"org2"}
    assert "Robot in org2: error: " in ran.out or "org2: error: " in ran.out


def test_nothing_is_written_by_looking(run, fleet) -> None:
    with fleet.noting() as noted:
        assert run("diff", "fleet.yaml").code == ExitCode.FOUND
        assert run("plan", "fleet.yaml").code == ExitCode.OK
        assert run("plan", "fleet.yaml", "--exit-code").code == ExitCode.FOUND
    assert touched(noted) == {"org1", "org2", "org3", "org4"}
    assert written(noted) == set()


def test_a_bug_in_one_org_is_one_row(run, fleet, monkeypatch) -> None:
    find = ReadableOrg.find_app

    def buggy(org, app):
        if org.name == "org3":
            raise RuntimeError(f"a slip of ours with {org.session.access_token}")
        return find(org, app)

    monkeypatch.setattr(ReadableOrg, "find_app", buggy)
    ran = run("diff", "fleet.yaml")
    assert ran.code == ExitCode.BUG
    assert {row["org"]: row["exit_code"] for row in fleet.rows()} == {
        "org1": ExitCode.FOUND,
        "org2": ExitCode.FOUND,
        "org3": ExitCode.BUG,
        "org4": ExitCode.FOUND,
    }
    assert "this is a bug in provision: a slip of ours" in ran.out
    assert "Traceback" in ran.err
    assert fleet.token("org3") not in ran.out + ran.err


def test_waves_and_stops_are_not_for_what_writes_nothing(run, fleet) -> None:
    fleet.write(["robot.yaml"], run={"waves": [1], "stop_after": 1})
    fleet.refuse("org1")
    run("diff", "fleet.yaml")
    assert len(fleet.rows()) == 4


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_orgs_at_once_than_said(run, fleet, monkeypatch, most) -> None:
    """Each org's first answer waits until ``most`` orgs wait, and counts how many do."""
    together = threading.Barrier(most)
    guard = threading.Lock()
    waiting: set[int] = set()
    counts: list[int] = []

    def hold(_seconds: float) -> None:
        with guard:
            waiting.add(threading.get_ident())
            counts.append(len(waiting))
        together.wait(HANGS_AFTER)
        with guard:
            waiting.discard(threading.get_ident())

    monkeypatch.setattr(fault_answer, "time", SimpleNamespace(sleep=hold))
    fleet.set_faults({"operation": "rest:versions", "kind": "slow", "times": 0})
    assert run("diff", "fleet.yaml", "--concurrency", str(most)).code == ExitCode.FOUND
    assert max(counts) == most


def test_variables_of_an_org_are_its_own(run, fleet, spec) -> None:
    spec.write_text(spec.read_text().replace("The robot", "The robot of ${name}"))
    fleet.write(["robot.yaml"], {org: {"variables": {"name": org}} for org in fleet.names})
    ran = run("diff", "fleet.yaml")
    assert all(f"label: The robot of {org} " in ran.out for org in fleet.names)


def test_what_is_doubtful_about_a_spec_is_told_once(run, fleet, spec) -> None:
    open_to_all = spec.read_text().replace("admin_approved", "self_authorized")
    spec.write_text(open_to_all.replace("  profiles: [System Administrator]\n", ""))
    alone = run("plan", "robot.yaml", "--org", "local")
    [warning] = [line for line in alone.out.splitlines() if line.startswith("warning: ")]
    assert "[jwt-self-authorized]" in warning
    assert run("plan", "fleet.yaml").out.count(warning) == 1


@pytest.mark.parametrize("verb", ["plan", "doctor", "lint"])
def test_an_org_below_the_floor_is_left_alone(run, fleet, verb) -> None:
    fleet.set_api_calls("org2", 14_900)
    with fleet.noting() as noted:
        ran = run(verb, "fleet.yaml")
    assert ran.code == ExitCode.UNREACHABLE
    assert "org2 was left alone: 149" in ran.out
    codes = {row["org"]: row["exit_code"] for row in fleet.rows()}
    assert codes.pop("org2") == ExitCode.UNREACHABLE
    assert ExitCode.UNREACHABLE not in codes.values()
    # Answers of REST alone tell of the limit: after the first one the org is asked nothing more.
    assert [record.operation for record in noted if record.org == "org2"].count("rest:query") == 1


def test_calls_are_counted_by_org(run, fleet) -> None:
    with fleet.noting() as noted:
        run("plan", "fleet.yaml")
    requests = [record for record in noted if record.org == "org2"]
    # The list of API versions is asked for without a session: the log does not know of which org.
    assert [row["calls"] for row in fleet.rows() if row["org"] == "org2"] == [len(requests) + 1]


def test_an_app_that_one_org_lost_is_told_as_such(run, fleet) -> None:
    """The others are in sync; the one is an error, in each format that has levels."""
    assert run("apply", "fleet.yaml", "--yes", "--no-proof", "--org", "org1").code == ExitCode.OK
    ran = run("diff", "fleet.yaml", "--format", "json")
    drifts = {r["org"]: r["plan"]["drift"] for r in json.loads(ran.out)["results"]}
    assert drifts.pop("org1") is None
    assert all(drift["is_missing"] for drift in drifts.values())
    text = run("diff", "fleet.yaml").out
    assert text.count("drift: error: The org has no app Robot") == 1
    assert "orgs: org2, org3 and org4" in text


@pytest.mark.parametrize("verb", ["validate", "plan", "diff", "lint", "doctor"])
def test_what_several_orgs_cannot_share_is_told_by_every_verb(run, fleet, spec, verb) -> None:
    """A username belongs to one org. It is told once, whatever the number of orgs."""
    grant = "[{name: Robots, create: true, assign_to: [admin@org1.example]}]"
    spec.write_text(spec.read_text() + f"  permission_sets: {grant}\n")
    ran = run(verb, "fleet.yaml")
    told = [line for line in (ran.out + ran.err).splitlines() if "[shared-username]" in line]
    assert len(told) == 1
    assert "4 orgs get the same value (org1, org2, org3, org4)" in told[0]
    assert "admin@org1.example" not in told[0]


def test_what_orgs_share_is_a_finding_with_a_source(run, fleet, spec) -> None:
    grant = "[{name: Robots, create: true, assign_to: [admin@org1.example]}]"
    spec.write_text(spec.read_text() + f"  permission_sets: {grant}\n")
    ran = run("lint", "fleet.yaml", "--format", "json")
    [found] = [f for f in json.loads(ran.out)["findings"] if f["rule"] == "shared-username"]
    assert (found["severity"], found["org"]) == ("warning", None)
    assert found["source"]
