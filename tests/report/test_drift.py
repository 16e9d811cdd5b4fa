"""A drift in every format: whose value is whose, what it does, who did it, both ways out."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provision.catalogue.risk import RiskLevel, locks_out
from provision.errors import ExitCode, GateName
from provision.findings import Severity
from provision.plan.drift import Drift, LastChange, ToldBy
from provision.plan.drifted import drifted_fields, reversed_plan
from provision.plan.plan import Assign, Gate, Moved
from provision.redaction import register
from provision.report.format import Format, renderer_of
from provision.report.report import Report
from provision.report.results import AppResult, Results
from provision.report.row import SEVERITY_OF, rows
from tests.report.conftest import CLI

SPEC = "app: CLI\npolicies: {session_timeout: 5 minutes}\n"
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BY_RECORD = LastChange(ToldBy.RECORD, AT, "eve@uat.example", "ExtlClntAppOauthPolicy CLI_plcy")
BY_TRAIL = LastChange(ToldBy.AUDIT_TRAIL, AT, "eve@uat.example", "Changed CLI")


@pytest.fixture
def drifted(spec_of, plan_of):
    """The timeout is 15 minutes in the org and 5 in the spec, and an assignment is missing."""
    spec = spec_of(SPEC)
    plan = replace(plan_of(spec, CLI), access=(Assign("Deployers", "ci@example.com"),))
    drift = Drift(
        drifted_fields(reversed_plan(plan, tuple(Moved))),
        (locks_out("ci@example.com lacks Deployers."),),
        changes=(BY_RECORD, BY_TRAIL),
    )
    return AppResult(spec, "uat", ExitCode.FOUND, replace(plan, drift=drift))


@pytest.fixture
def deleted(spec_of, plan_of):
    """An app that was there and is there no more."""
    spec = spec_of("app: CLI\nlabel: CLI\n")
    drift = Drift(is_missing=True, applied_at=AT, changes=(BY_TRAIL,))
    return AppResult(spec, "uat", ExitCode.FOUND, replace(plan_of(spec), drift=drift))


def said(form: Format, *results: AppResult, verb: str = "diff") -> str:
    """What a format says, in one line, without its markup."""
    text = renderer_of(form).render(Report.of(Results(verb, results)))
    if form in {Format.JSON, Format.SARIF}:
        text = text.replace("\\n", " ").replace('\\"', '"')
    if form is Format.GITHUB:
        text = text.replace("%0A", " ")
    text = re.sub(r"<[^>]*>", " ", text) if form in {Format.HTML, Format.MARKDOWN} else text
    return " ".join(html.unescape(text).replace("\u200b", "").split())


@pytest.mark.parametrize("form", Format)
def test_every_format_tells_the_drift_and_the_repair(drifted, form) -> None:
    text = said(form, drifted)
    assert re.search(r"[Tt]he org has", text) or form is Format.JSON
    assert re.search(r"[Tt]he spec says", text) or form is Format.JSON
    assert "Sessions last longer" in text
    assert "Sessions end sooner" in text
    assert "ci@example.com lacks Deployers." in text
    assert "eve@uat.example" in text
    assert "2026-11-20" in text
    assert "To have what the spec says: run `provision apply`" in text
    assert "To have what the org has: write its values into the spec" in text


@pytest.mark.parametrize("form", Format)
def test_every_format_tells_a_deleted_app_as_an_error(deleted, form) -> None:
    text = said(form, deleted)
    assert "The org has no app CLI, and had it on 2026-11-20" in text
    assert "deleted since" in text
    assert "Changed CLI" in text
    assert "To have the app: run `provision apply`" in text
    assert "To go without the app: " in text
    [entry] = Report.of(Results("diff", (deleted,))).entries
    assert entry.severity is Severity.ERROR
    assert entry.status == "deleted in the org"
    if form is Format.SARIF:
        assert '"level": "error"' in text
    if form is Format.GITHUB:
        assert text.startswith("::error ")


def test_text_has_labels(drifted) -> None:
    lines = renderer_of(Format.TEXT).render(Report.of(Results("diff", (drifted,)))).splitlines()
    at = next(at for at, line in enumerate(lines) if "policies.session_timeout [" in line)
    assert lines[at + 1 : at + 5] == [
        "        the org has: 15 minutes",
        "        the spec says: 5 minutes",
        "        drift: weakens: Sessions last longer, or as long as the profile or the org says.",
        "        repair: disruptive: Sessions end sooner.",
    ]
    assert "Risks of the drift: locks out: 1, weakens: 1." in lines[-1]
    assert "Risks of the repair: disruptive: 1." in lines[-1]


def test_what_the_spec_moved_is_labelled_and_has_no_drift(drifted) -> None:
    moved = replace(drifted, plan=replace(drifted.plan, drift=Drift()))
    text = said(Format.TEXT, moved)
    assert "the org has: 15 minutes the spec says: 5 minutes repair: disruptive" in text
    assert "drift: " not in text


def test_a_plan_shows_the_way_and_not_the_drift(drifted) -> None:
    plan = replace(drifted, plan=replace(drifted.plan, drift=None))
    text = said(Format.TEXT, plan, verb="plan")
    assert "policies.session_timeout: 15 minutes -> 5 minutes" in text
    assert "two ways out" not in text


def test_the_worse_of_drift_and_repair_is_how_loudly_it_is_said(drifted) -> None:
    [entry] = Report.of(Results("diff", (drifted,))).entries
    [row] = rows(entry.plan)
    assert row.severity is SEVERITY_OF[max(row.drift.level, row.risk.level)]
    assert entry.severity is SEVERITY_OF[RiskLevel.LOCKS_OUT]
    assert entry.status == "2 differences, 1 weakening"


def test_what_no_apply_can_undo_is_not_said_to_be_undone(drifted) -> None:
    gate = Gate(GateName.IRREVERSIBLE, "The key cannot be changed.", "Take it out of the spec.")
    text = said(Format.TEXT, replace(drifted, plan=replace(drifted.plan, gates=(gate,))))
    assert "no apply can undo all of it" in text
    assert "run `provision apply` on the same target" not in text


def test_json_has_it_as_data(drifted, deleted) -> None:
    rendered = renderer_of(Format.JSON).render(Report.of(Results("diff", (drifted, deleted))))
    results = json.loads(rendered)["results"]
    one, other = (result["plan"]["drift"] for result in results)
    assert one["changes"][0] == {
        "told_by": "LastModifiedBy",
        "at": "2026-11-20T09:30:00Z",
        "who": "eve@uat.example",
        "what": "ExtlClntAppOauthPolicy CLI_plcy",
    }
    [field] = one["fields"]
    assert (field["field_name"], field["risk"]["level"]) == ("sessionTimeoutInMinutes", "weakens")
    assert (one["is_missing"], other["is_missing"]) == (False, True)
    assert other["applied_at"] == "2026-11-20T09:30:00Z"
    told, missing = (result["summary"]["drift"] for result in results)
    assert told["risks"] == {"locks_out": 1, "weakens": 1}
    assert (told["missing"], missing["missing"][:20]) == (None, "The org has no app C")


@pytest.mark.parametrize("form", [Format.TEXT, Format.MARKDOWN])
def test_orgs_that_drifted_alike_are_told_together(drifted, form) -> None:
    """Who changed each, and when, is said with the org."""
    later = replace(BY_RECORD, who="bob@prod.example", at=AT.replace(day=21))
    plan = replace(drifted.plan, drift=replace(drifted.plan.drift, changes=(later,)))
    text = said(form, drifted, replace(drifted, org="prod", plan=plan))
    assert text.count("Sessions last longer") == 1
    assert "by eve@uat.example: uat: ExtlClnt" in text
    assert "2026-11-21 09:30 UTC by bob@prod.example: prod: ExtlClnt" in text


@pytest.mark.parametrize("form", Format)
def test_nothing_from_outside_of_the_spec_is_shown(drifted, form) -> None:
    change = replace(BY_TRAIL, who="hush-hush", what="Changed hush-hush")
    plan = replace(drifted.plan, drift=replace(drifted.plan.drift, changes=(change,)))
    register("hush-hush")
    assert "hush-hush" not in said(form, replace(drifted, plan=plan))
