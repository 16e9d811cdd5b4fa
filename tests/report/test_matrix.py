"""Reports of many orgs: an overview first, what went wrong before what is well."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from provision.errors import LoginRefused
from provision.plan.plan import CreateProfile
from provision.redaction import Redaction
from provision.report.html_page import HtmlRenderer
from provision.report.markdown import LONGEST, MarkdownRenderer
from provision.report.matrix import matrix_of
from provision.report.report import OrgCost, Report, failed_org
from provision.report.results import Results
from provision.report.text import TextRenderer


@pytest.fixture
def fleet(in_sync, changed):
    """A diff of three apps in some orgs; in the last ``bad`` of them one app differs."""
    [sync, differing] = Report.of(Results("diff", (in_sync, changed))).entries

    def build(orgs: int, bad: int = 0) -> Report:
        entries = []
        for number in range(orgs):
            third = differing if number >= orgs - bad else sync
            for app, entry in (("A", sync), ("B", sync), ("C", third)):
                entries.append(replace(entry, app=app, org=f"org-{number:04d}"))
        return Report("diff", tuple(entries))

    return build


def test_text_aligns_a_line_an_org_the_loudest_first(fleet) -> None:
    report = replace(fleet(3, bad=1), costs=(OrgCost("org-0000", 1.25, 9),))
    overview, tally, _ = TextRenderer().render(report).split("\n\n", 2)
    assert overview == (
        "org       A        B        C                                           calls  seconds\n"
        "org-0002  in sync  in sync  8 differences, 2 weakening, held by a gate\n"
        "org-0000  in sync  in sync  in sync                                         9      1.2\n"
        "org-0001  in sync  in sync  in sync"
    )
    assert tally == "9 results in 3 orgs: 8 in sync; 1 with differences."


def test_text_writes_out_only_what_is_not_well(fleet) -> None:
    text = TextRenderer().render(fleet(1000, bad=7))
    overview = text.split("\n\n")[0].splitlines()
    assert len(overview) == 1 + 7 + 1
    assert overview[-1] == "in sync: 993 orgs"
    assert len(re.findall(r"^app: ", text, re.MULTILINE)) == 1
    assert "\norgs: org-0993, org-0994, " in text
    assert " and org-0999\n" in text


def test_text_of_a_fleet_in_which_all_is_well_is_short(fleet) -> None:
    text = TextRenderer().render(fleet(1000))
    assert text == "in sync: 1000 orgs\n\n3000 results in 1000 orgs: 3000 in sync."


def test_an_org_that_failed_as_a_whole_is_said_in_each_column(fleet) -> None:
    lost = failed_org("lost", LoginRefused("no session"), Redaction())
    report = fleet(1)
    text = TextRenderer().render(replace(report, entries=(*report.entries, lost)))
    assert text.splitlines()[1].split() == ["lost", *["not", "reached"] * 3]
    assert text.endswith("org: lost\n\nerror: no session")


def test_an_app_that_is_no_part_of_the_run_in_an_org_is_no_success(fleet) -> None:
    report = fleet(2)
    text = TextRenderer().render(replace(report, entries=report.entries[:-1]))
    assert text.splitlines()[2].split() == ["org-0001", "in", "sync", "in", "sync", "-"]


def test_orgs_that_are_well_in_different_ways_are_counted_apart(fleet) -> None:
    report = fleet(12)
    [first, *rest] = report.entries
    mixed = replace(report, entries=(replace(first, plan=None), *rest))
    assert matrix_of(report).folded == ("in sync: 12 orgs",)
    assert matrix_of(mixed).folded == ("done; in sync: 1 org", "in sync: 11 orgs")


def test_markdown_fits_whatever_the_fleet(fleet) -> None:
    for report in (fleet(1000, bad=7), fleet(1000, bad=1000), fleet(1000)):
        text = MarkdownRenderer().render(report)
        assert len(text) <= LONGEST
        assert text.count("<details") == text.count("</details>")


def test_markdown_says_how_many_orgs_are_well_and_how_many_are_left_out(fleet) -> None:
    assert "- ✅ in sync&#58; 993 orgs" in MarkdownRenderer().render(fleet(1000, bad=7))
    found = re.search(r"shows (\d+) of 1000 orgs", MarkdownRenderer().render(fleet(1000, bad=1000)))
    assert found
    assert int(found[1]) > 200


def test_markdown_leaves_room_for_what_went_wrong(fleet) -> None:
    report = fleet(1000, bad=1000)
    entries = tuple(
        replace(
            entry, plan=replace(entry.plan, access=(CreateProfile(entry.org, "Standard User"),))
        )
        for entry in report.entries
    )
    text = MarkdownRenderer().render(replace(report, entries=entries))
    assert text.count("<details open>") >= 5


def test_html_has_details_of_what_says_more_and_a_row_for_every_org(fleet) -> None:
    text = HtmlRenderer().render(replace(fleet(1000, bad=7), costs=(OrgCost("org-0000", 1, 9),)))
    page = lxml_html.fromstring(text)
    [matrix] = page.find_class("matrix")
    header, *rows = matrix.iter("tr")
    assert [cell.text_content() for cell in header] == ["Org", "A", "B", "C", "calls", "seconds"]
    assert len(rows) == 1000
    assert rows[0][0].text_content() == "org-0993"  # the first in which something differs
    assert len(page.find_class("result")) == 7
    assert len(text) < 2_000_000


def test_html_shows_the_loudest_where_there_are_too_many_for_a_page(fleet) -> None:
    page = lxml_html.fromstring(HtmlRenderer().render(fleet(1001, bad=1001)))
    assert len(page.find_class("result")) == 1000
    [link] = {a.get("href") for a in page.xpath("//a[@class='cell']")} & {"#result-2"}
    assert page.get_element_by_id(link.removeprefix("#")) is not None
    assert "Of 1001 results" in page.get_element_by_id("details").getnext().text_content()


def test_html_in_which_all_is_well_has_no_empty_chapter(fleet) -> None:
    page = lxml_html.fromstring(HtmlRenderer().render(fleet(3)))
    assert [heading.text for heading in page.iter("h2")] == ["Overview"]
