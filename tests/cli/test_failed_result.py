"""A run that fails before it has a result: one document on stdout all the same."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from provision.errors import ExitCode


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["lint", "missing.yaml"], ExitCode.CANNOT, "missing.yaml:1:1: there is no such file"),
        (["diff", "missing.yaml", "--org", "local"], ExitCode.CANNOT, "no such file"),
        (["apply", "missing.yaml", "--nope"], ExitCode.CANNOT, "not valid: see stderr"),
        (["report", "merge", "missing.jsonl"], ExitCode.CANNOT, "missing.jsonl"),
    ],
)
@pytest.mark.parametrize("option", [["--format", "json"], ["--format=json"]])
def test_json_has_the_error(run, arguments, code, said, option) -> None:
    ran = run(*arguments, *option)
    assert ran.code == code
    document = json.loads(ran.out)
    assert document["exit_code"] == code
    assert document["verb"] == " ".join(each for each in arguments[:2] if "." not in each)
    [entry] = document["results"]
    assert said in entry["error"]["message"]
    assert ran.err


def test_a_problem_has_its_place(run) -> None:
    ran = run("plan", "missing.yaml", "--format", "json", "--org", "local")
    [problem] = json.loads(ran.out)["results"][0]["error"]["problems"]
    assert problem["position"] == {"file": "missing.yaml", "line": 1, "column": 1}


def test_every_other_format_but_text_has_it_too(run, tmp_path) -> None:
    assert run("lint", "missing.yaml").out == ""
    assert "::error file=missing.yaml" in run("lint", "missing.yaml", "--format", "github").out
    junit = ET.fromstring(run("lint", "missing.yaml", "--format", "junit").out)
    assert junit.get("errors") == "1"
    assert run("lint", "missing.yaml", "--format", "json", "-o", "result.json").out == ""
    assert json.loads((tmp_path / "result.json").read_text())["exit_code"] == ExitCode.CANNOT


def test_a_result_is_followed_by_no_second_document(run, spec) -> None:
    ran = run("diff", str(spec), "--org", "local", "--format", "json")
    assert ran.code == ExitCode.FOUND
    assert json.loads(ran.out)["results"][0]["error"] is None
