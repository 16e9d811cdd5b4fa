"""docs/reliability.md tells what the last whole sweep found."""

import re

import pytest

from tests.faults.kinds import KINDS
from tests.faults.reliability import PAGE, shown_table
from tests.faults.scenarios import SCENARIOS

ROW = re.compile(r"^\| (?P<what>.+) \| (?P<runs>\d+) \| (?P<untrue>\d+) \| (?P<stuck>\d+) \|$")
ROWS = [match for line in shown_table(PAGE.read_text("utf-8")).splitlines()
        if (match := ROW.match(line))]  # fmt: skip


def test_every_verb_and_every_fault_has_a_row() -> None:
    expected = [*(each.what for each in SCENARIOS), "all", *(each.what for each in KINDS)]
    assert [row["what"] for row in ROWS] == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what"])
def test_it_was_swept_and_nothing_was_found(row: re.Match[str]) -> None:
    assert int(row["runs"]) > 0
    assert (int(row["untrue"]), int(row["stuck"])) == (0, 0)
