"""docs/architecture.md and CONTRIBUTING.md name what exists, and no page has a retired word."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "provision"
PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RETIRED = re.compile(
    r"\b(errands?|shelf|shelves|journeys?|conductors?|brakes?|lanes?|veiled|mend(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
"""Metaphors that pages used before: job, context, run log, scheduler, stop signal, pool, fix."""


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./-]+(?:\.(?:py|json|yaml|toml)|/))`", text))
    assert named
    missing = {
        name
        for name in named
        if not any((home / name).exists() for home in (ROOT, ROOT / "src", PACKAGE))
    }
    assert missing == set()


def test_the_rooms_are_the_layers_of_the_import_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [house] = [each for each in contracts if each["type"] == "layers"]
    layers = [sorted(layer.split(" | ")) for layer in house["layers"]]

    table = ARCHITECTURE.partition("| room |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
    rooms = [sorted(re.findall(r"`(\w+)(?:/|\.py)`", row)) for row in rows]
    assert rooms == layers


@pytest.mark.parametrize(
    "page",
    sorted(
        str(path.relative_to(ROOT))
        for folder in (ROOT, ROOT / "docs", ROOT / "benchmarks")
        for path in folder.glob("*.md")
    ),
)
def test_pages_have_no_retired_word(page: str) -> None:
    assert RETIRED.findall((ROOT / page).read_text(encoding="utf-8")) == []
