"""Markdown for a comment on a pull request."""

import html
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from provision.report.markdown import LONGEST, MARKER, MarkdownRenderer
from provision.report.report import Report
from provision.report.results import Results


@pytest.fixture
def text(results) -> str:
    return MarkdownRenderer().render(Report.of(results))


def as_html(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_it_starts_with_a_marker_and_a_summary(text) -> None:
    marker, _, title = text.splitlines()[:3]
    assert marker == MARKER
    assert title.startswith("### provision diff: 1 to be created; 1 with differences")


def overview(text: str) -> str:
    rendered = html.unescape(as_html(text))
    return rendered[: rendered.index("</table>")]


def test_the_overview_of_one_org_has_a_row_an_app(changed) -> None:
    found = overview(MarkdownRenderer().render(Report.of(Results("diff", (changed, changed)))))
    assert found.count("<tr>") == 1 + 2
    assert "irreversible: 1, locks out: 1, weakens: 2, disruptive: 1" in found


def test_the_overview_of_several_orgs_has_a_row_an_org(text) -> None:
    found = overview(text)
    assert found.count("<tr>") == 1 + 5
    assert re.findall(r"<td><code>(\w+)</code></td>", found) == ["prod", "dev", "int", "qa", "uat"]


def test_each_result_that_says_more_is_a_section(text) -> None:
    assert text.count("<details") == text.count("</details>") == 5  # all but the one in sync
    assert "<details open><summary>🛑 <code>CLI</code> in <code>prod</code>" in text


def test_changes_show_words_field_place_and_risk(text) -> None:
    rendered = html.unescape(as_html(text))
    [row] = [row for row in rendered.split("<tr>") if "policies.permitted_users" in row
             and "self_authorized" in row]  # fmt: skip
    cells = re.findall(r"<td>(.*?)</td>", row)
    assert cells[:4] == [
        "<code>policies.permitted_users</code>",
        "<code>self_authorized</code>",
        "<code>admin_approved</code>",
        "<code>permittedUsersPolicyType</code>",
    ]
    assert cells[4].endswith("spec.yaml:7:20</code>")
    assert cells[5].startswith("<strong>locks out</strong>: Users without one")


def test_gates_say_what_lifts_them(text) -> None:
    assert "<code>--allow lockout</code>" in text
    assert "Take it out of the spec." in text


@pytest.mark.parametrize(
    "hostile",
    ["a|b", "`x`", "<script>alert(1)</script>", "[x](http://evil.example)", "**b**", "a\n\n# h",
     "![i](http://evil.example/p.png)", "</details>", "\\|", "~~s~~", "http://evil.example"],
)  # fmt: skip
def test_no_value_becomes_markup(findings, hostile) -> None:
    found = replace(findings.findings[0], text=hostile, key=hostile)
    text = MarkdownRenderer().render_findings(replace(findings, findings=(found,)))
    rendered = as_html(text).replace("\u200b", "")
    harmless = as_html(MarkdownRenderer().render_findings(
        replace(findings, findings=(replace(found, text="x", key="x"),))))  # fmt: skip
    tags = re.compile(r"</?[a-z0-9]+")
    assert tags.findall(rendered) == tags.findall(harmless)
    assert html.escape(" ".join(hostile.split("\n"))) in rendered
    assert html.escape(hostile.replace("\n", "\\n")) in rendered


def test_nobody_is_mentioned(findings) -> None:
    found = replace(findings.findings[0], text="@octocat #1")
    text = MarkdownRenderer().render_findings(replace(findings, findings=(found,)))
    assert "@octocat" not in html.unescape(text)
    assert "#1" not in html.unescape(text)


def test_what_does_not_fit_is_left_out_and_said(results) -> None:
    many = Results("diff", results.results[:1] * 600)
    text = MarkdownRenderer().render(Report.of(many))
    assert len(text) <= LONGEST
    assert text.startswith(MARKER)
    assert text.count("<details") == text.count("</details>") > 2
    assert re.search(r"too long for a comment: \d+ of \d+ parts are left out", text)
    assert "The table shows 200 of 600 results" in text


def test_findings_that_do_not_fit_are_left_out_and_said(findings) -> None:
    many = replace(findings, findings=findings.findings * 1000)
    text = MarkdownRenderer().render_findings(many)
    assert len(text) <= LONGEST
    assert "parts are left out" in text
