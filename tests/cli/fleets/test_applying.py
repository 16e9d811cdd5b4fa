"""`apply` over a fleet: what is shown, asked, held and done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from provision.cli import live
from provision.errors import ExitCode
from provision.localorg import RequestRecord
from tests.fleets import written

EVERY = {"org1", "org2", "org3", "org4"}
APPLY = ("apply", "fleet.yaml", "--yes", "--no-proof")
NO_LUCK = {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck"}


def codes(fleet) -> dict[str, int]:
    return {row["org"]: row["exit_code"] for row in fleet.rows()}


def asked(noted: Sequence[RequestRecord]) -> Counter[str]:
    """How often each operation was asked for."""
    return Counter(record.operation for record in noted)


def test_all_orgs_are_planned_shown_applied_and_proven(run, fleet) -> None:
    ran = run("apply", "fleet.yaml", "--yes")
    assert ran.code == ExitCode.OK
    assert ran.out.index("4 results in 4 orgs: 4 to be created.") < ran.out.index("applied, proven")
    assert codes(fleet) == dict.fromkeys(EVERY, ExitCode.OK)
    assert run("diff", "fleet.yaml").code == ExitCode.OK


def test_without_a_confirmation_nothing_is_written(run, fleet) -> None:
    with fleet.noting() as noted:
        ran = run("apply", "fleet.yaml", "--no-proof")
    assert ran.code == ExitCode.REFUSED
    assert "not confirmed" in ran.err
    assert written(noted) == set()


def test_one_question_is_asked_for_all(run, fleet, monkeypatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(live, "confirm", asked.append)
    fleet.refuse("org4")
    run("apply", "fleet.yaml", "--no-proof")
    assert asked == ["Apply this to 3 of 4 orgs?"]


def test_an_apply_asks_an_org_more_than_a_diff_only_where_it_writes(run, fleet, spec) -> None:
    run(*APPLY)
    with fleet.noting() as looking:
        run("diff", "fleet.yaml")
    with fleet.noting() as applying:
        assert run(*APPLY).code == ExitCode.OK
    assert asked(applying) == asked(looking)
    spec.write_text(spec.read_text().replace("15 minutes", "10 minutes"))
    with fleet.noting() as writing:
        assert run(*APPLY).code == ExitCode.OK
    # Each org is reached once. A deploy is checked before and after, and what it lets in counted.
    assert set(asked(writing) - asked(looking)) == {
        "connect:users", "rest:deployRequest", "rest:deployStatus", "rest:query",
        "soap:readMetadata",
    }  # fmt: skip


def test_where_nothing_changes_nobody_is_asked(run, fleet) -> None:
    run(*APPLY)
    assert run("apply", "fleet.yaml", "--no-proof").code == ExitCode.OK


def test_an_org_that_cannot_be_planned_is_a_row_and_the_rest_is_applied(run, fleet) -> None:
    fleet.refuse("org2")
    with fleet.noting() as noted:
        ran = run(*APPLY)
    assert ran.code == ExitCode.UNREACHABLE
    assert written(noted) == EVERY - {"org2"}
    assert codes(fleet)["org2"] == ExitCode.UNREACHABLE


def test_an_apply_that_fails_is_a_row_and_the_rest_is_applied(run, fleet) -> None:
    fleet.set_faults(NO_LUCK)
    ran = run(*APPLY, "--concurrency", "1")
    assert ran.code == ExitCode.APPLY_FAILED
    assert sorted(codes(fleet).values()) == [0, 0, 0, ExitCode.APPLY_FAILED]
    assert "No luck" in ran.out


def test_a_gate_holds_its_own_org(run, fleet, spec) -> None:
    run(*APPLY, "--org", "org2")
    spec.write_text(spec.read_text().replace("15 minutes", "12 hours"))
    with fleet.noting() as noted:
        ran = run(*APPLY)
    assert ran.code == ExitCode.REFUSED
    assert codes(fleet) == {**dict.fromkeys(EVERY, 0), "org2": ExitCode.REFUSED}
    assert written(noted) == EVERY - {"org2"}
    assert "--allow weakening" in ran.out
    assert run(*APPLY, "--allow", "weakening").code == ExitCode.OK


def test_how_many_orgs_may_change_is_a_question_of_the_whole_run(run, fleet) -> None:
    Path("rules.yaml").write_text("extends: [baseline]\nthresholds: {orgs: 3}\n")
    with fleet.noting() as noted:
        ran = run(*APPLY, "--rules", "rules.yaml")
    assert ran.code == ExitCode.REFUSED
    assert "threshold gate" in ran.err
    assert written(noted) == set()
    assert run(*APPLY, "--rules", "rules.yaml", "--org", "org[123]").code == ExitCode.OK
    assert run(*APPLY, "--rules", "rules.yaml", "--allow", "threshold").code == ExitCode.OK


def test_how_many_apps_may_change_is_too(run, fleet, spec) -> None:
    Path("rules.yaml").write_text("extends: [baseline]\nthresholds: {apps: 1}\n")
    Path("other.yaml").write_text(spec.read_text().replace("app: Robot", "app: Other"))
    fleet.write(["robot.yaml"], {"org4": {"specs": ["other.yaml"]}})
    ran = run(*APPLY, "--rules", "rules.yaml")
    assert ran.code == ExitCode.REFUSED
    assert run(*APPLY, "--rules", "rules.yaml", "--org", "!org4").code == ExitCode.OK


def test_what_is_refused_as_a_whole_is_in_the_document(run, fleet) -> None:
    Path("rules.yaml").write_text("extends: [baseline]\nthresholds: {orgs: 2}\n")
    fleet.refuse("org2")
    ran = run(*APPLY, "--rules", "rules.yaml", "--format", "json")
    assert ran.code == ExitCode.REFUSED
    document = json.loads(ran.out)
    assert {result["org"]: result["exit_code"] for result in document["results"]} == {
        **dict.fromkeys(EVERY, ExitCode.REFUSED),
        "org2": ExitCode.UNREACHABLE,
    }


def test_an_org_that_moved_since_it_was_shown_is_refused(run, fleet, spec, monkeypatch) -> None:
    """Somebody changes org3 while the plans are looked at."""
    run(*APPLY)
    changed = spec.read_text().replace("The robot", "Robot").replace("15 minutes", "10 minutes")
    spec.write_text(changed)

    def meanwhile(_question: str) -> None:
        Path("theirs.yaml").write_text(changed.replace("label: Robot", "label: Theirs"))
        fleet.write(["theirs.yaml"])
        assert run(*APPLY, "--org", "org3").code == ExitCode.OK
        fleet.write(["robot.yaml"])

    monkeypatch.setattr(live, "confirm", meanwhile)
    ran = run("apply", "fleet.yaml", "--no-proof", "--run-dir", "mine")
    assert ran.code == ExitCode.REFUSED
    assert "stale gate: ExtlClntAppOauthConfigurablePolicies was changed in the org" in ran.out
    assert codes(fleet) == {**dict.fromkeys(EVERY, 0), "org3": ExitCode.REFUSED}


def test_the_cost_of_an_org_is_that_of_planning_and_applying(run, fleet) -> None:
    with fleet.noting() as noted:
        run(*APPLY)
    requests = [record for record in noted if record.org == "org2"]
    # The list of API versions is asked for without a session, so that the log has no org.
    assert [row["calls"] for row in fleet.rows() if row["org"] == "org2"] == [len(requests) + 1]


def test_each_org_can_be_rolled_back_alone(run, fleet, spec, monkeypatch) -> None:
    run(*APPLY)
    spec.write_text(spec.read_text().replace("15 minutes", "10 minutes"))
    run(*APPLY)
    [kept] = Path(f".provision/runs/{fleet.run}/orgs/org2").glob("*Robot*")
    monkeypatch.setenv("SF_INSTANCE_URL", fleet.url("org2"))
    monkeypatch.setenv("SF_ACCESS_TOKEN", fleet.local.session("admin@org2.example").access_token)
    ran = run("rollback", str(kept), "--yes", "--allow", "weakening")
    assert ran.code == ExitCode.OK, ran.err
    assert run("diff", "fleet.yaml", "--org", "org2").code == ExitCode.FOUND
    assert run("diff", "fleet.yaml", "--org", "!org2").code == ExitCode.OK


@pytest.mark.parametrize("form", ["json", "markdown", "junit", "html"])
def test_documents_have_every_org_and_nothing_else_on_stdout(run, fleet, form) -> None:
    fleet.refuse("org2")
    ran = run(*APPLY, "--format", form, "-o", "result")
    assert ran.out == ""
    document = Path("result").read_text()
    assert all(org in document for org in EVERY)
    assert ran.code == ExitCode.UNREACHABLE


def test_a_session_that_ended_before_its_org_had_a_turn_is_replaced(
    run, fleet, monkeypatch
) -> None:
    """Between planning 1,000 orgs and the last of them, hours may lie, and a lunch."""
    Path("token").write_text(fleet.token("org1"))
    login = {"instance_url": fleet.url("org1"), "access_token": "${file:token}"}
    fleet.write(["robot.yaml"], {"org1": {"login": {"token": login}}})

    def lunch(_question: str) -> None:
        fleet.end_session("org1")
        fleet.admit("org1")
        Path("token").write_text(fleet.token("org1"))

    monkeypatch.setattr(live, "confirm", lunch)
    ran = run("apply", "fleet.yaml", "--no-proof")
    assert ran.code == ExitCode.OK, ran.out
