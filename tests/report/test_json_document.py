"""JSON: what it says, and that its schemas say the same."""

import json
from pathlib import Path

import jsonschema
import pytest

import provision.report
from provision.plan.codec import from_json
from provision.plan.plan import Plan
from provision.report.json_document import JsonRenderer, results_schema
from provision.report.report import Report
from provision.report.results import Results

SCHEMAS = Path(provision.report.__path__[0]) / "schemas"


def valid(text: str, schema: str):
    document = json.loads(text)
    wanted = json.loads((SCHEMAS / schema).read_text())
    jsonschema.Draft202012Validator.check_schema(wanted)
    jsonschema.validate(document, wanted, jsonschema.Draft202012Validator)
    return document


@pytest.fixture
def document(results):
    return valid(JsonRenderer().render(Report.of(results)), "results-2.json")


def test_changes_have_the_values_that_metadata_holds(document) -> None:
    components = document["results"][1]["plan"]["components"]
    changes = {c["field"]: c for component in components for c in component["changes"]}
    token = changes["refreshTokenValidityPeriod"]
    assert token["key"] == "policies.refresh_token"
    assert (token["before"], token["after"]) == (365, 90)
    assert token["risk"]["level"] == "disruptive"
    assert token["moved"] == "org"
    assert token["position"]["line"] == 10
    assert changes["commaSeparatedOauthScopes"]["after"] == "Api,Web"


def test_the_summary_has_the_words_of_the_spec(document) -> None:
    changes = {change["key"]: change for change in document["results"][1]["summary"]["changes"]}
    token = changes["policies.refresh_token"]
    assert (token["before"], token["after"]) == ("lifetime 365 days", "lifetime 90 days")


def test_a_plan_in_a_report_is_read_back_by_the_codec(results) -> None:
    report = Report.of(results)
    document = json.loads(JsonRenderer().render(report))
    for result, entry in zip(document["results"], report.entries, strict=True):
        assert (entry.plan is None) is (result["plan"] is None)
        if entry.plan:
            assert from_json(Plan, result["plan"]) == entry.plan


def test_the_published_schema_is_that_of_the_codec() -> None:
    """To write it anew: json.dump(results_schema(), indent=2) and a line feed."""
    text = json.dumps(results_schema(), indent=2) + "\n"
    assert (SCHEMAS / "results-2.json").read_text() == text


def test_results_gates_and_errors_have_codes_and_remedies(document) -> None:
    assert document["schema"] == "provision/results/2"
    assert document["exit_code"] == 5
    gates = document["results"][1]["plan"]["gates"]
    assert [(gate["name"], gate["next_step"]) for gate in gates] == [
        ("lockout", ""),
        ("irreversible", "Take it out of the spec."),
    ]
    unreachable, of_spec = document["results"][3]["error"], document["results"][4]["error"]
    assert (unreachable["exit_code"], unreachable["next_step"]) == (3, "Is it awake?")
    assert [p["position"]["file"] for p in of_spec["problems"]] == ["b.yaml", "robot.yaml"]


def test_the_keys_stand_in_the_schemas_order(document) -> None:
    wanted = json.loads((SCHEMAS / "results-2.json").read_text())
    assert list(document) == list(wanted["properties"])
    result, defs = document["results"][1], wanted["$defs"]
    assert list(result) == list(defs["Result"]["properties"])
    assert list(result["plan"]) == list(defs["Plan"]["properties"])
    [change, *_] = result["plan"]["components"][0]["changes"]
    assert list(change) == list(defs["Change"]["properties"])


def test_what_was_applied_is_there(applied) -> None:
    text = JsonRenderer().render(Report.of(Results("apply", (applied,))))
    [result] = valid(text, "results-2.json")["results"]
    assert result["applied"]["consumer_key"] == "3MVG9x"
    assert result["proof"]["kind"] == "JWT login"
    assert result["proof"]["also"] == [
        {
            "kind": "client credentials login",
            "shows": "login",
            "username": "run@example.com",
            "detail": "token granted too",
            "also": [],
        }
    ]


def test_findings_have_a_schema_of_their_own(findings) -> None:
    document = valid(JsonRenderer().render_findings(findings), "findings-1.json")
    assert document["counts"] == {"error": 1, "warning": 1, "note": 1}
    assert document["checked"] == ["CLI", "Robot", "Third"]
    assert [f["org"] for f in document["findings"]] == [None, "prod", None]


def test_a_schema_refuses_what_it_does_not_say(results) -> None:
    wanted = json.loads((SCHEMAS / "results-2.json").read_text())
    document = json.loads(JsonRenderer().render(Report.of(results)))
    document["results"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, wanted, jsonschema.Draft202012Validator)
