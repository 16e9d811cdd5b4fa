"""Proofs: every format for people and programs says each of them."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from provision.report.format import Format, renderer_of
from provision.report.report import Report
from provision.report.results import Results

SHOWN = [Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.JUNIT]


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("verb", ["apply", "prove"])
def test_both_proofs_of_an_app_are_told(applied, name, verb) -> None:
    result = applied if verb == "apply" else replace(applied, plan=None, applied=None)
    text = html.unescape(renderer_of(name).render(Report.of(Results(verb, (result,)))))
    assert text.index("JWT login") < text.index("client credentials login")
    assert "token granted too" in text
    assert "proven" in text.casefold()
