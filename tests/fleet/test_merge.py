"""Records of shards as one: what is missing is missing, what is double is asked about."""

from __future__ import annotations

import pytest

from provision.errors import CannotError, ExitCode
from provision.fleet.merge import merge
from provision.runs.rows import read_record
from tests.fleet.rows import header, row, written


@pytest.fixture
def record(tmp_path):
    """A record that was written and read, by the file's name."""

    def build(name, of, *rows):
        return read_record(written(tmp_path / f"{name}.jsonl", of, *rows))

    return build


def test_shards_become_one_run(record) -> None:
    one = record("1", header("a", "b", shard="1/2"), row("b"), row("a"))
    two = record("2", header("c", shard="2/2"), row("c", ExitCode.FOUND))
    merged = merge([one, two])
    assert (merged.orgs, merged.missing_shards) == (("a", "b", "c"), ())
    assert merged.exit_code is ExitCode.FOUND
    assert merged.places["a"].endswith("1.jsonl:3")


def test_an_org_without_a_row_is_not_taken_for_done(record) -> None:
    merged = merge([record("1", header("a", "b"), row("a"))])
    assert set(merged.orgs) - merged.rows.keys() == {"b"}
    assert merged.exit_code is ExitCode.CANNOT


def test_a_shard_without_a_record_is_not_taken_for_done(record) -> None:
    merged = merge([record(n, header(n, shard=f"{n}/4"), row(n)) for n in ("4", "1")])
    assert merged.missing_shards == ("2/4", "3/4")
    assert merged.exit_code is ExitCode.CANNOT


def test_what_an_org_came_to_weighs_more_than_what_is_missing(record) -> None:
    merged = merge([record("1", header("a", "b"), row("a", ExitCode.APPLY_FAILED))])
    assert merged.exit_code is ExitCode.APPLY_FAILED


def test_the_same_record_twice_is_one(record) -> None:
    one = record("1", header("a"), row("a"))
    assert merge([one, one]) == merge([one])


def test_an_org_with_two_results_is_refused(record) -> None:
    one = record("1", header("a"), row("a"))
    two = record("2", header("a"), row("a", ExitCode.FOUND))
    with pytest.raises(CannotError, match=r"(?s)a has .*1\.jsonl:2.*2\.jsonl:2"):
        merge([one, two])


def test_records_of_two_verbs_are_refused(record) -> None:
    one = record("1", header("a", verb="apply"), row("a"))
    two = record("2", header("b", verb="diff"), row("b"))
    with pytest.raises(CannotError, match=r"1\.jsonl .*`apply`, .*2\.jsonl of `diff`"):
        merge([one, two])


def test_shards_of_two_runs_are_refused(record) -> None:
    one = record("1", header("a", shard="1/2"), row("a"))
    two = record("2", header("b", shard="2/3"), row("b"))
    with pytest.raises(CannotError, match=r"1\.jsonl is shard 1/2, .*2\.jsonl is shard 2/3"):
        merge([one, two])
