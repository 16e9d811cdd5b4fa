"""Many orgs as one report: nothing that is missing looks done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provision.errors import CannotError, ExitCode
from provision.findings import Severity
from provision.fleet.merge import Merged
from provision.report.body import body_of
from provision.report.findings import Findings
from provision.report.joined import NO_RESULT, joined
from provision.report.report import OrgCost, Report
from provision.report.results import Results
from tests.fleet.rows import row


def merged(*rows, orgs=(), verb="diff", missing_shards=(), only_checks=False) -> Merged:
    by_org = {each.org: each for each in rows}
    places = {org: f"run.jsonl:{at}" for at, org in enumerate(by_org, start=2)}
    return Merged(verb, (*by_org, *orgs), by_org, places, missing_shards, only_checks)


@pytest.fixture
def rows(in_sync, changed):
    """Rows of an org that is in sync, and of one that is not."""
    return tuple(
        row(result.org, result.exit_code, body_of(Report.of(Results("diff", (result,)))))
        for result in (in_sync, changed)
    )


def test_entries_are_those_of_the_orgs(rows, in_sync, changed) -> None:
    report = joined(merged(*rows))
    assert isinstance(report, Report)
    assert report.entries == Report.of(Results("diff", (in_sync, changed))).entries
    assert report.costs == (OrgCost("uat", 1.5, 12), OrgCost("prod", 1.5, 12))


def test_what_is_missing_is_a_failure(rows) -> None:
    report = joined(merged(rows[0], orgs=("late",), missing_shards=("2/3",)))
    assert isinstance(report, Report)
    assert [(entry.org, entry.status) for entry in report.entries] == [
        ("uat", "in sync"), ("late", NO_RESULT), ("shard 2/3", NO_RESULT),
    ]  # fmt: skip
    assert report.exit_code is ExitCode.CANNOT


def test_an_org_with_an_exit_code_alone_is_said_in_the_words_of_its_row() -> None:
    report = joined(
        merged(
            row("a", ExitCode.UNREACHABLE, summary="no answer in 30 seconds"),
            row("b", ExitCode.BUG),
            row("c"),
        )
    )
    assert isinstance(report, Report)
    assert [entry.status for entry in report.entries] == ["not reached", "failed", "done"]
    assert report.entries[0].failure
    assert report.entries[0].failure.message == "no answer in 30 seconds"


def test_an_org_that_failed_after_its_apps_is_no_success(rows) -> None:
    failed = replace(rows[0], exit_code=ExitCode.APPLY_FAILED, summary="killed at the end")
    report = joined(merged(failed))
    assert isinstance(report, Report)
    assert [entry.status for entry in report.entries] == ["in sync", "apply failed"]


def test_findings_of_many_orgs_are_one(findings) -> None:
    of_uat = replace(findings, findings=findings.findings[:1], checked=("CLI",))
    found = joined(
        merged(
            row("prod", ExitCode.FOUND, body_of(findings)),
            row("uat", ExitCode.FOUND, body_of(of_uat)),
            row("dev", ExitCode.UNREACHABLE, summary="asleep"),
            orgs=("late",),
            verb="doctor",
            only_checks=True,
        )
    )
    assert isinstance(found, Findings)
    assert found.findings[:4] == (*findings.findings, findings.findings[0])
    assert [(item.org, item.severity) for item in found.findings[4:]] == [
        ("dev", Severity.ERROR), ("late", Severity.ERROR),
    ]  # fmt: skip
    assert found.checked == findings.checked


def test_a_body_that_cannot_be_read_is_named(rows) -> None:
    broken = replace(rows[1], body={**rows[1].body, "more": 1})
    with pytest.raises(CannotError, match=r"^run\.jsonl:3: "):
        joined(merged(rows[0], broken))
