"""docs/reports.md is about the formats that there are."""

import re
from pathlib import Path

from provision.report.format import Format
from provision.report.json_document import FINDINGS_SCHEMA, RESULTS_SCHEMA
from provision.report.markdown import LONGEST, MARKER
from provision.report.sarif import RULES

TEXT = (Path(__file__).parents[2] / "docs" / "reports.md").read_text()


def test_every_format_has_a_chapter() -> None:
    chapters = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    assert [chapter for chapter in chapters if chapter in list(Format)] == list(Format)


def test_names_and_limits_are_the_programs() -> None:
    for name in (RESULTS_SCHEMA, FINDINGS_SCHEMA, MARKER, f"{LONGEST:,} characters", *RULES):
        assert name in TEXT
