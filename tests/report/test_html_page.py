"""The HTML page: whole, harmless and usable without a mouse, a screen or a script."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html as lxml_html

import provision.report
from provision.report.html_page import HtmlRenderer
from provision.report.report import Report
from provision.report.results import Results

CSS = Path(provision.report.__path__[0]) / "templates" / "report.css"


@pytest.fixture
def page(results):
    return lxml_html.fromstring(HtmlRenderer().render(Report.of(results)))


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_the_matrix_has_orgs_down_and_apps_across(page) -> None:
    [matrix] = page.find_class("matrix")
    header, *rows = matrix.iter("tr")
    assert [words(cell) for cell in header] == ["Org", "Robot", "CLI"]
    cells = [[words(cell) for cell in row] for row in rows]
    assert cells[0] == [
        "prod",
        "\N{EN DASH}not part of this run",
        "✗ 8 differences, 2 weakening, held by a gate",
    ]
    assert cells[-1] == ["uat", "• to be created", "✓ in sync"]
    assert [row[0] for row in cells] == ["prod", "dev", "int", "qa", "uat"]  # the loudest first


def test_every_cell_leads_to_its_fields(page) -> None:
    links = page.xpath("//table[@class='matrix']//a/@href")
    assert len(links) == 5  # all but the one in sync, of which there is nothing more to say
    targets = [page.get_element_by_id(link.removeprefix("#")) for link in links]
    # A target inside the closed element makes a browser open it; the element itself would not.
    assert all(target.getparent().tag == "details" for target in targets)
    assert "self_authorized" in words(targets[links.index("#result-1")])


def test_what_is_not_well_is_open_and_what_is_well_is_not(new_app, in_sync) -> None:
    report = Report.of(Results("diff", (new_app, in_sync)))
    page = lxml_html.fromstring(HtmlRenderer().render(report))
    closed = [d for d in page.find_class("result") if d.get("open") is None]
    assert [words(d.find("summary")) for d in closed] == ["CLI in uat ✓ in sync"]


def test_much_that_is_not_well_is_closed(results) -> None:
    page = lxml_html.fromstring(
        HtmlRenderer().render(Report.of(Results("diff", results.results * 5)))
    )
    assert not page.xpath("//details[@open]")


def test_it_needs_nothing_else(results) -> None:
    text = HtmlRenderer().render(Report.of(results))
    assert not re.search(r"<(script|link|img|iframe|object|form)\b|@import|url\(", text)
    assert "default-src 'none'" in text
    assert not re.search(r"\son\w+=", text)
    assert "style=" not in text.replace("style-src", "")


def test_tables_say_what_their_headers_head(page) -> None:
    for table in page.iter("table"):
        assert words(table.find("caption"))
        assert table.xpath("./thead/tr/th[@scope='col']")
        for row in table.xpath("./tbody/tr"):
            assert len(row.xpath("./th[@scope='row']")) == 1
        columns = {len(row) for row in table.iter("tr")}
        assert len(columns) == 1


def test_regions_that_scroll_have_a_name_and_take_the_focus(page) -> None:
    for region in page.find_class("scroll"):
        assert region.get("role") == "region"
        assert region.get("tabindex") == "0"
        name = region.get("aria-label")
        assert name or words(page.get_element_by_id(region.get("aria-labelledby")))


def test_headings_step_down_one_by_one(page) -> None:
    levels = [int(element.tag[1]) for element in page.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_ids_are_unique_and_the_first_link_skips_to_the_results(page) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    first = next(page.iter("a"))
    assert first.get("href") == "#main"
    assert page.get_element_by_id("main").tag == "main"
    assert page.get("lang") == "en"
    assert words(next(page.iter("title"))).startswith("provision diff: ")


class _Balanced(HTMLParser):
    """Counts elements that are closed in another order than they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_elements_are_balanced(results, applied, findings) -> None:
    renderer = HtmlRenderer()
    for text in (
        renderer.render(Report.of(results)),
        renderer.render(Report.of(Results("apply", (applied,)))),
        renderer.render(Report.of(Results("diff", ()))),
        renderer.render_findings(findings),
        renderer.render_findings(replace(findings, findings=(), checked=())),
    ):
        parser = _Balanced()
        parser.feed(text)
        parser.close()
        assert parser.open == []


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "back"),
    [
        ("ink", "back"), ("ink", "head"), ("muted", "back"), ("muted", "head"), ("link", "back"),
        *((name, f"{name}-back") for name in ("ok", "note", "warning", "error")),
        *((name, "back") for name in ("ok", "note", "warning", "error")),
        *(("ink", f"{name}-back") for name in ("note", "warning", "error")),
    ],
)  # fmt: skip
def test_colours_have_the_contrast_of_wcag_aa(scheme, ink, back) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", CSS.read_text().split(":root")[1 + scheme]))
    low, high = sorted((luminance(colours[ink]), luminance(colours[back])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_findings_are_a_table(findings) -> None:
    page = lxml_html.fromstring(HtmlRenderer().render_findings(findings))
    [table] = page.iter("table")
    rows = [[words(cell) for cell in row] for row in table.iter("tr")]
    assert rows[1] == [
        "✗ error", "CLI", "policies.refresh_token", "It is 365 days.",
        "refresh-token-at-most-90-days", "specs/cli.yaml:7:3",
    ]  # fmt: skip
    assert [words(item) for item in page.iter("li")] == ["CLI", "Robot", "Third"]
