"""The record of a run: what is written is read again, whenever the run was killed."""

from __future__ import annotations

import json
import resource
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from provision.errors import CannotError, ExitCode
from provision.runs.rows import append, begin, read_record, repair
from tests.fleet.rows import header, row, written


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


def edited(path, number: int, **changes: object) -> None:
    """Change keys of one line; a value of ``...`` takes the key away."""
    lines = path.read_text().splitlines()
    content = json.loads(lines[number - 1]) | changes
    lines[number - 1] = json.dumps({k: v for k, v in content.items() if v is not ...})
    path.write_text("\n".join(lines) + "\n")


def test_what_is_written_is_read(path) -> None:
    rows = (row("a", body={"x": [1, None, "\ud800\n\u2028"]}), row("b", ExitCode.FOUND))
    written(path, header("a", "b", shard="1/2"), *rows)
    record = read_record(path)
    assert (record.header, record.rows, record.is_torn) == (
        header("a", "b", shard="1/2"),
        rows,
        False,
    )
    assert record.place_of("b") == f"{path}:3"
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_is_what_the_format_says(path) -> None:
    written(path, header("a"), row("a", ExitCode.UNREACHABLE))
    first, second = map(json.loads, path.read_text().splitlines())
    assert (first["schema"], first["verb"], first["orgs"]) == (
        "provision/fleet-run/1",
        "diff",
        ["a"],
    )
    assert (second["schema"], second["org"], second["exit_code"]) == (
        "provision/fleet-run/1",
        "a",
        3,
    )


def test_of_two_rows_of_an_org_the_later_one_counts(path) -> None:
    written(path, header("a", "b"), row("a", ExitCode.UNREACHABLE), row("b"), row("a"))
    record = read_record(path)
    assert record.rows == (row("a"), row("b"))
    assert record.place_of("a") == f"{path}:4"


@pytest.mark.parametrize("kept", [1, 20, -2])
def test_a_line_that_was_being_written_is_left_out_and_written_anew(path, kept) -> None:
    written(path, header("a", "b"), row("a"), row("b"))
    *whole, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole) + last[:kept])
    record = read_record(path)
    assert (record.rows, record.is_torn) == ((row("a"),), True)
    repair(path)
    append(path, row("b"))
    record = read_record(path)
    assert (record.rows, record.is_torn) == ((row("a"), row("b")), False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "provision/fleet-run/2"}, "the schema 'provision/fleet-run/2'"),
        ({"extra": 1}, "extra: there is no such key"),
        ({"summary": ...}, "summary: "),
        ({"exit_code": 8}, "exit_code: "),
        ({"exit_code": "3"}, "exit_code: the value is of another type"),
        ({"started": "yesterday"}, "started: "),
        ({"body": []}, "body: "),
    ],
)
def test_a_damaged_line_is_named(path, changes, said) -> None:
    written(path, header("a", "b"), row("a"), row("b"))
    edited(path, 2, **changes)
    with pytest.raises(CannotError) as caught:
        read_record(path)
    assert f"{path}:2" in caught.value.message
    assert said in caught.value.message
    assert caught.value.next_step


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"[]\n", b"\xff\n", b'{"schema": "provision/fleet-run/1"}\n']
)
def test_what_is_no_record_is_refused(path, content) -> None:
    path.write_bytes(content)
    with pytest.raises(CannotError, match=r"run\.jsonl"):
        read_record(path)


@pytest.mark.parametrize("shard", ["0/3", "3", "a/b", "1/0"])
def test_a_shard_is_a_number_of_a_number(path, shard) -> None:
    begin(path, header("a"))
    edited(path, 1, shard=shard)
    with pytest.raises(CannotError, match="shard"):
        read_record(path)


def test_a_record_is_never_begun_over_another(path) -> None:
    begin(path, header("a"))
    with pytest.raises(CannotError, match="is there already"):
        begin(path, header("b"))
    assert read_record(path).header == header("a")


def test_a_record_that_cannot_be_reached_is_said(tmp_path) -> None:
    missing = tmp_path / "no" / "run.jsonl"
    for act in (
        lambda: begin(missing, header("a")),
        lambda: append(missing, row("a")),
        lambda: repair(missing),
    ):
        with pytest.raises(CannotError, match="cannot be written"):
            act()
    with pytest.raises(CannotError, match="cannot be read"):
        read_record(missing)


def test_two_that_go_on_with_one_record_do_not_spoil_it(path) -> None:
    """A job that is started again while the first one is still at it."""
    written(path, header("a"))

    def add(who: str) -> None:
        for number in range(100):
            append(path, row(f"{who}{number}", body={"x": "y" * 10_000}))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, ("a", "b")))
    assert len(read_record(path).rows) == 200


def test_what_was_written_of_a_row_before_the_disk_was_full_is_taken_away(path) -> None:
    written(path, header("a", "b"), row("a"))
    before = path.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limit[1]))
    try:
        with pytest.raises(CannotError, match="cannot be written"):
            append(path, row("b"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == before
