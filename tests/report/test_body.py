"""Bodies: what is kept of an org is what was there, and nothing else is read."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given

from provision.errors import CannotError
from provision.redaction import register
from provision.report.body import SCHEMA, Body, body_from, body_of
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.results import Results
from tests.report.strategies import all_findings, all_results
from tests.report.test_any_results import relaxed


def kept(outcome: Report | Findings) -> dict:
    """The body after it was in a file."""
    return json.loads(json.dumps(body_of(outcome)))


@given(results=all_results)
@relaxed
def test_any_report_comes_back_as_it_was(results) -> None:
    report = Report.of(results)
    assert body_from(kept(report), "x") == Body(report.entries)


@given(findings=all_findings)
@relaxed
def test_any_findings_come_back(findings) -> None:
    safe = findings.redacted()
    assert body_from(kept(findings), "x") == Body((), safe.findings, safe.checked)


def test_no_secret_is_kept(findings) -> None:
    register("365 days", "Robot")
    text = json.dumps(body_of(findings))
    assert "365" not in text
    assert "Robot" not in text


def test_an_empty_body_has_nothing() -> None:
    assert body_from({}, "x") == Body()


def _no_entries(body) -> None:
    del body["entries"]


def _new_key(body) -> None:
    body["entries"][0]["plan"]["org"]["more"] = 1


def _number_as_text(body) -> None:
    body["entries"][0]["exit_code"] = str(body["entries"][0]["exit_code"])


def _unknown_word(body) -> None:
    body["entries"][0]["plan"]["components"][0]["action"] = "explode"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_no_entries, "entries: it is missing"),
        (_new_key, "entries.0.plan.org.more: there is no such key"),
        (_number_as_text, "entries.0.exit_code: the value is of another type"),
        (_unknown_word, "entries.0.plan.components.0.action: "),
    ],
)
def test_what_was_changed_is_refused(changed, damage, said) -> None:
    body = deepcopy(kept(Report.of(Results("diff", (changed,)))))
    damage(body)
    with pytest.raises(CannotError) as caught:
        body_from(body, "run.jsonl:7")
    assert caught.value.message.startswith("run.jsonl:7: ")
    assert said in caught.value.message
    assert caught.value.next_step


def test_another_version_is_refused() -> None:
    with pytest.raises(CannotError, match=rf"run:7: .*'provision/entry/2', not '{SCHEMA}'"):
        body_from({"schema": "provision/entry/2"}, "run:7")
