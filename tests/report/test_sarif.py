"""SARIF, held to the schema as published (schemas/sarif-2.1.0-rtm.5.json)."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from provision.report.report import Report
from provision.report.results import Results
from provision.report.sarif import SarifRenderer
from provision.spec.position import Position

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text())


def valid(text: str):
    log = json.loads(text)
    jsonschema.validate(log, SCHEMA, jsonschema.Draft4Validator)
    [run] = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"]
    return run


@pytest.fixture
def run(results, monkeypatch):
    monkeypatch.chdir(results.results[0].spec.path.parent)
    return valid(SarifRenderer().render(Report.of(results)))


def by_rule(run):
    return {result["ruleId"]: result for result in run["results"]}


@pytest.mark.parametrize(
    ("rule", "level", "line"),
    [
        ("policies.permitted_users", "error", 7),
        ("policies.session_timeout", "warning", 11),
        ("policies.refresh_token", "warning", 10),
        ("policies.profiles", "note", 8),
        ("app-missing", "note", 1),
        ("gate-lockout", "error", 1),
        ("acceptance-expired", "warning", 2),
        ("advice", "note", 2),
    ],
)
def test_levels_come_from_risks_and_places_from_the_spec(run, rule, level, line) -> None:
    result = by_rule(run)[rule]
    assert result["level"] == level
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "spec.yaml"
    assert place["region"]["startLine"] == line


def test_an_accepted_difference_is_suppressed(run) -> None:
    [result] = [result for result in run["results"] if "suppressions" in result]
    [suppression] = result["suppressions"]
    assert suppression["kind"] == "inSource"
    assert suppression["justification"] == "known to the owner (until 2027-01-31)"


def test_errors_are_notifications_of_a_run_that_failed(run) -> None:
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert "Robot in dev: dev cannot be reached\nIs it awake?" in texts
    assert "Robot in int: no such key" in texts


def test_fingerprints_tell_apart_and_stay_when_lines_move(changed, spec_of, plan_of) -> None:
    def prints(result):
        run = valid(SarifRenderer().render(Report.of(Results("diff", (result,)))))
        return [found["partialFingerprints"]["provision/v1"] for found in run["results"]]

    first = prints(changed)
    assert len(set(first)) == len(first) - 1  # the accepted difference is one of the changes
    plan = changed.plan
    lower = tuple(
        replace(item, changes=tuple(
            replace(c, position=Position("x.yaml", c.position.line + 9, 1)) for c in item.changes))
        for item in plan.components
    )  # fmt: skip
    assert prints(replace(changed, plan=replace(plan, components=lower))) == first
    assert not set(prints(replace(changed, org="other"))) & set(first)


def test_findings_are_results(findings) -> None:
    run = valid(SarifRenderer().render_findings(findings))
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert "physicalLocation" not in run["results"][2]["locations"][0]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("specs/a b#c.yaml", "specs/a%20b%23c.yaml"),
        ("./specs/../robot.yaml", "robot.yaml"),
        ("../robot.yaml", "../robot.yaml"),
        ("/elsewhere/é.yaml", "file:///elsewhere/%C3%A9.yaml"),
        ("odd\ud800.yaml", "odd%ED%A0%80.yaml"),
    ],
)
def test_files_are_uris(findings, file, uri) -> None:
    found = replace(findings.findings[0], position=Position(file, 1, 1))
    [result] = valid(SarifRenderer().render_findings(replace(findings, findings=(found,))))[
        "results"
    ]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
