"""Whatever the results are, every format is well-formed, and the same twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt

import provision.report
from provision.report.format import Format, renderer_of
from provision.report.markdown import LONGEST, MARKER
from provision.report.report import Report
from tests.report.strategies import all_findings, all_results

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "schemas"
OURS = Path(provision.report.__path__[0]) / "schemas"
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
HTML_TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "h4",
    "p", "main", "section", "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "span", "details", "summary", "code", "strong", "br", "ol", "ul", "li", "time", "footer",
}  # fmt: skip
MARKDOWN_TAGS = {
    "h3", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "details", "summary",
    "pre", "p", "em", "ul", "li", "blockquote",
}  # fmt: skip

relaxed = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def validator(path: Path):
    schema = json.loads(path.read_text())
    return jsonschema.validators.validator_for(schema)(schema)


SCHEMAS = {name: validator(OURS / f"{name}.json") for name in ("results-2", "findings-1")}
SARIF = validator(HERE / "sarif-2.1.0-rtm.5.json")
JUNIT = etree.XMLSchema(etree.parse(HERE / "junit-10.xsd"))


def check_text(text: str) -> None:
    assert all(char.isprintable() or char == "\n" for char in text)


def check_json(text: str) -> None:
    document = json.loads(text)
    SCHEMAS["-".join(document["schema"].split("/")[1:])].validate(document)


def check_markdown(text: str) -> None:
    assert text.startswith(MARKER)
    assert len(text) <= LONGEST
    rendered = MARKDOWN.render(text)
    assert set(re.findall(r"<(\w+)", rendered)) <= MARKDOWN_TAGS
    for tag in ("details", "table", "code", "pre", "strong"):
        assert len(re.findall(f"<{tag}[ >]", rendered)) == rendered.count(f"</{tag}>")
    for table in re.findall(r"<table>.*?</table>", rendered, re.DOTALL):
        assert len({len(re.findall("<t[hd]>", row)) for row in table.split("</tr>")[:-1]}) == 1


def check_html(text: str) -> None:
    page = lxml_html.document_fromstring(text)
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= HTML_TAGS
    for table in page.iter("table"):
        assert len({len(row) for row in table.iter("tr")}) == 1


def check_junit(text: str) -> None:
    JUNIT.assertValid(etree.fromstring(text.encode()))


def check_sarif(text: str) -> None:
    SARIF.validate(json.loads(text))


def check_github(text: str) -> None:
    for line in text.splitlines():
        assert re.match(r"::(error|warning|notice) ([^:,]+=[^:,]*)(,[^:,]+=[^:,]*)*::", line), line


CHECKS = {
    Format.TEXT: check_text,
    Format.JSON: check_json,
    Format.MARKDOWN: check_markdown,
    Format.HTML: check_html,
    Format.JUNIT: check_junit,
    Format.SARIF: check_sarif,
    Format.GITHUB: check_github,
}


def check(name: str, text: str, again: str) -> None:
    assert text == again, name
    assert not text.endswith("\n"), name
    text.encode()
    CHECKS[Format(name)](text)


@given(results=all_results)
@relaxed
def test_any_results(results) -> None:
    for name in Format:
        renderer = renderer_of(name)
        check(name, renderer.render(Report.of(results)), renderer.render(Report.of(results)))


@given(findings=all_findings)
@relaxed
def test_any_findings(findings) -> None:
    for name in Format:
        renderer = renderer_of(name)
        check(name, renderer.render_findings(findings), renderer.render_findings(findings))
