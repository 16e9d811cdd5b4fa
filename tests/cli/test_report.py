"""`provision report merge`: records in, one report out."""

from __future__ import annotations

import json

import pytest

from provision.errors import ExitCode
from tests.fleet.rows import header, row, written


@pytest.fixture
def shards(tmp_path):
    """The records of a run in two shards, in which an org was not reached."""
    lost = row("c", ExitCode.UNREACHABLE, summary="c did not answer")
    return (
        str(written(tmp_path / "1.jsonl", header("a", "b", shard="1/2"), row("a"), row("b"))),
        str(written(tmp_path / "2.jsonl", header("c", shard="2/2"), lost)),
    )


def test_shards_are_one_report_with_the_worst_exit_code(run, shards) -> None:
    ran = run("report", "merge", *shards, "--format", "json")
    document = json.loads(ran.out)
    assert [item["org"] for item in document["results"]] == ["a", "b", "c"]
    assert ran.code == document["exit_code"] == ExitCode.UNREACHABLE


def test_it_writes_to_a_file(run, shards, tmp_path) -> None:
    ran = run("report", "merge", *shards, "--format", "html", "--output", "all.html")
    assert ran.out == ""
    assert "c did not answer" in (tmp_path / "all.html").read_text()


def test_all_well_is_exit_0(run, tmp_path) -> None:
    path = written(tmp_path / "1.jsonl", header("a"), row("a"))
    assert run("report", "merge", str(path)).code == ExitCode.OK


def test_a_missing_shard_is_said_and_no_success(run, shards) -> None:
    ran = run("report", "merge", shards[0])
    assert ran.code == ExitCode.CANNOT
    assert "the record of shard 2/2 is missing" in ran.out


def test_a_run_that_was_killed_is_said_and_no_success(run, tmp_path) -> None:
    path = written(tmp_path / "1.jsonl", header("a", "b"), row("a"), row("b"))
    path.write_bytes(path.read_bytes()[:-5])
    ran = run("report", "merge", str(path))
    assert "1.jsonl: the last line is not whole" in ran.err
    assert "the run ended before this org was done" in ran.out
    assert ran.code == ExitCode.CANNOT


def test_findings_are_printed_as_findings(run, tmp_path) -> None:
    lost = row("a", ExitCode.UNREACHABLE, summary="asleep")
    path = written(tmp_path / "1.jsonl", header("a", verb="doctor", only_checks=True), lost)
    ran = run("report", "merge", str(path))
    assert "a: error: asleep [no-result]" in ran.out
    assert ran.code == ExitCode.UNREACHABLE


def test_a_damaged_record_is_named_by_its_line(run, shards) -> None:
    ran = run("report", "merge", *shards, __file__)
    assert ran.code == ExitCode.CANNOT
    assert f"{__file__}:1 is not a line of a run's record" in ran.err
