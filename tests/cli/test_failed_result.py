"""A run that fails before it has a result: one document on stdout all the same."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from provision.errors import ExitCode


def test_every_other_format_but_text_has_it_too(run, tmp_path) -> None:
    assert run("lint", "missing.yaml").out == ""
    assert "::error file=missing.yaml" in run("lint", "missing.yaml", "--format", "github").out
    junit = ET.fromstring(run("lint", "missing.yaml", "--format", "junit").out)
    assert junit.find(".//failure") is not None or junit.find(".//error") is not None
    assert run("lint", "missing.yaml", "--format", "json", "-o", "result.json").out == ""
    assert json.loads((tmp_path / "result.json").read_text())["exit_code"] == ExitCode.CANNOT


def test_a_result_is_followed_by_no_second_document(run, spec) -> None:
    ran = run("diff", str(spec), "--org", "local", "--format", "json")
    assert ran.code == ExitCode.FOUND
    assert json.loads(ran.out)["results"][0]["error"] is None
