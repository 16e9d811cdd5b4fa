"""An org that failed as a whole is said in every format, and is never taken for a success."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree
from lxml import html as lxml_html

from provision.errors import ExitCode, LoginRefused, NotAttempted
from provision.redaction import Redaction
from provision.report.format import Format, renderer_of
from provision.report.report import NOT_ATTEMPTED, Report, failed_org
from provision.report.results import Results
from tests.report.test_any_results import CHECKS

REFUSED = failed_org(
    "eu-07", LoginRefused("eu-07 gave no session", next_step="Log in anew."), Redaction()
)
LEFT = failed_org("eu-08", NotAttempted("the run ended before it"), Redaction())


@pytest.fixture
def report(in_sync) -> Report:
    """A run over three orgs: one in sync, one refused the login, one never had its turn."""
    report = Report.of(Results("diff", (in_sync,)))
    return replace(report, entries=(*report.entries, REFUSED, LEFT))


@pytest.mark.parametrize("name", list(Format))
def test_every_format_names_it_and_is_well_formed(report, name) -> None:
    text = renderer_of(name).render(report)
    CHECKS[name](text)
    for phrase in ("eu-07", "gave no session", "eu-08", "the run ended before it"):
        assert phrase in text


def test_it_decides_the_exit_code(report) -> None:
    assert report.exit_code is ExitCode.UNREACHABLE
    assert Report("diff", (LEFT,)).exit_code is ExitCode.CANNOT
    assert report.orgs == ("uat", "eu-07", "eu-08")


def test_what_was_not_attempted_has_a_word_of_its_own(report) -> None:
    assert [entry.status for entry in report.entries] == ["in sync", "not reached", NOT_ATTEMPTED]
    document = json.loads(renderer_of(Format.JSON).render(report))
    assert [item["status"] for item in document["results"]] == [
        "in sync", "not reached", "not attempted",
    ]  # fmt: skip
    assert document["results"][2]["position"] is None


def test_junit_counts_it_as_an_error(report) -> None:
    root = etree.fromstring(renderer_of(Format.JUNIT).render(report).encode())
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "0", "2")
    assert root.find("testsuite[@name='eu-07']/testcase").get("name") == "every app"
    types = [error.get("type") for error in root.iter("error")]
    assert types == ["unreachable", "not_attempted"]


def test_the_html_matrix_shows_it_for_each_app(report) -> None:
    page = lxml_html.fromstring(renderer_of(Format.HTML).render(report))
    [matrix] = page.find_class("matrix")
    cells = [" ".join(cell.text_content().split()) for cell in matrix.iter("th", "td")]
    assert cells == [
        "Org", "CLI", "eu-07", "✗ not reached", "eu-08", "✗ not attempted", "uat", "✓ in sync",
    ]  # fmt: skip


def test_a_run_in_which_no_org_was_reached_still_has_a_matrix() -> None:
    page = lxml_html.fromstring(renderer_of(Format.HTML).render(Report("diff", (REFUSED,))))
    [matrix] = page.find_class("matrix")
    assert [cell.text_content().strip() for cell in matrix.iter("th")] == [
        "Org", "every app", "eu-07",
    ]  # fmt: skip


def test_a_secret_in_what_an_org_said_is_hidden() -> None:
    entry = failed_org("hush", LoginRefused("hush said", next_step="hush!"), Redaction({"hush"}))
    assert "hush" not in renderer_of(Format.JSON).render(Report("diff", (entry,)))
