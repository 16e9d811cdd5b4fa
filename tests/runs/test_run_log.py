"""A run that is continued: what is left of it, and where its rows stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.runs.rows import read_record
from provision.runs.run_log import RunLog, begun, resumed
from tests.fleet.rows import header, row


@pytest.fixture
def killed(tmp_path: Path) -> RunLog:
    """A run that was killed while it wrote the row of its last org; the first one had failed."""
    run_log = begun(tmp_path, replace(header("a", "b", "c"), run="once"))
    for each in (row("a", ExitCode.UNREACHABLE), row("b"), row("c")):
        run_log.add(each)
    content = run_log.record.read_bytes()
    run_log.record.write_bytes(content[:-5])
    return run_log


def test_what_was_being_written_and_what_failed_is_left(killed, tmp_path) -> None:
    again = resumed(tmp_path, "once", killed.header)
    assert again.left == ("a", "c")
    for org in again.left:
        again.add(row(org))
    assert again.left == ()
    assert read_record(again.record).rows == (row("a"), row("b"), row("c"))


def test_a_row_stands_where_it_was_written(killed, tmp_path) -> None:
    again = resumed(tmp_path, "once", killed.header)
    again.add(row("a"))
    again.add(row("c"))
    for org in ("a", "b", "c"):
        assert again.as_record().place_of(org) == read_record(again.record).place_of(org)
