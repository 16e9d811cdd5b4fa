"""What a run over a fleet says on the way, and what it leaves to be reported again."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import jsonschema

from provision.errors import ExitCode
from provision.runs.rows import read_record
from tests.cli.fleets.conftest import HANGS_AFTER, PROVISION, SOURCE


def test_the_record_says_what_came_of_each_org(run, fleet) -> None:
    fleet.refuse("org3")
    run("plan", "fleet.yaml", "--org", "!org4")
    folder = Path(".provision/runs") / fleet.run
    record = read_record(folder / "rows.jsonl")
    assert fleet.run.endswith("-plan-fleet")
    assert (record.header.verb, record.header.orgs) == ("plan", ("org1", "org2", "org3"))
    assert {row.org: (row.exit_code, row.summary.split(":")[0]) for row in record.rows} == {
        "org1": (ExitCode.FOUND, "to be created"),
        "org2": (ExitCode.FOUND, "to be created"),
        "org3": (ExitCode.UNREACHABLE, "not reached"),
    }
    assert all(row.calls and row.started <= row.ended for row in record.rows)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "rows.jsonl").stat().st_mode & 0o777 == 0o600


def test_every_line_of_the_record_is_as_its_schema_says(run, fleet) -> None:
    fleet.refuse("org3")
    run("apply", "fleet.yaml", "--yes", "--no-proof")
    lines = fleet.record()
    schema = json.loads(run("schema", "record").out)
    line = jsonschema.Draft202012Validator(schema)
    assert [error.message for each in lines for error in line.iter_errors(each)] == []
    assert not line.is_valid({**lines[1], "exit_code": 8})
    assert not line.is_valid({**lines[1], "more": 1})


def test_shards_merged_are_the_whole(run, fleet) -> None:
    fleet.refuse("org3")
    whole = run("diff", "fleet.yaml", "--run-dir", "whole", "--format", "json")
    for number in (1, 2):
        run("diff", "fleet.yaml", "--run-dir", f"part{number}", "--shard", f"{number}/2")
    records = [str(path) for path in Path().glob("part*/*/rows.jsonl")]
    assert len(records) == 2
    merged = run("report", "merge", *records, "--format", "json")
    assert merged.code == whole.code == ExitCode.UNREACHABLE

    def results(text: str) -> dict[str, object]:
        return {result["org"]: result for result in json.loads(text)["results"]}

    assert results(merged.out) == results(whole.out)
    alone = run("report", "merge", records[0])
    assert alone.code == ExitCode.UNREACHABLE if "org3" in alone.out else ExitCode.CANNOT
    assert "no result" in alone.out


def test_a_shard_without_orgs_is_no_failure(run, fleet) -> None:
    codes = [run("diff", "fleet.yaml", "--shard", f"{n}/9").code for n in range(1, 10)]
    assert set(codes) == {ExitCode.OK, ExitCode.FOUND}


def test_without_a_terminal_an_org_is_a_line(run, fleet) -> None:
    fleet.refuse("org2")
    ran = run("diff", "fleet.yaml")
    lines = [line for line in ran.err.splitlines() if line.startswith("diff ")]
    assert [line.split(":")[0] for line in lines] == [f"diff {n}/4" for n in range(1, 5)]
    assert {line.split(": ")[1] for line in lines} == {"org1", "org2", "org3", "org4"}
    assert sum("not reached" in line for line in lines) == 1


def test_who_wants_quiet_has_it(run, fleet) -> None:
    assert run("diff", "fleet.yaml", "--quiet").err == ""


def test_on_a_terminal_it_is_a_bar(fleet) -> None:
    """Only what failed is a line; the bar ends with all of the orgs."""
    fleet.refuse("org2")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [str(PROVISION), "diff", "fleet.yaml"],
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = _all_of(ours)
        assert process.stdout is not None
        out = process.stdout.read().decode()
        assert process.wait(HANGS_AFTER) == ExitCode.UNREACHABLE
    assert "4/4" in shown
    assert "1 failed" in shown
    assert "org2: not reached" in shown
    assert "org1: " not in shown
    assert "org1" in out


def _all_of(terminal: int) -> str:
    """What is written to a terminal until nobody has it open any more."""
    content = b""
    try:
        while part := os.read(terminal, 65536):
            content += part
    except OSError:  # how Linux says that it is over
        pass
    os.close(terminal)
    return content.decode()


def test_orgs_with_the_same_differences_are_said_once(run, fleet) -> None:
    ran = run("diff", "fleet.yaml")
    assert ran.out.count("callback_urls: https://robot.example/callback") == 1
    assert "org1, org2, org3 and org4" in ran.out
