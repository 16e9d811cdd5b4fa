"""What ``--format json`` prints of each verb that has a result: one document, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provision.errors import ExitCode
from provision.redaction import register


@pytest.fixture
def document(run, tmp_path):
    """Run a verb with ``--format json``; the document, once it is that of ``--output`` too."""

    def call(*arguments: str, code: ExitCode = ExitCode.OK) -> dict[str, Any]:
        ran = run(*arguments, "--format", "json")
        assert ran.code == code, ran.err
        return json.loads(ran.out)

    return call


@pytest.fixture
def applied(run, spec) -> str:
    ran = run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    assert ran.code == ExitCode.OK, ran.err
    return str(spec)


def only_result(document: dict[str, Any]) -> dict[str, Any]:
    assert document["schema"] == "provision/results/2"
    assert document["exit_code"] == ExitCode.OK
    [result] = document["results"]
    return result


def test_destroy_and_rollback(document, applied) -> None:
    options = ("--org", "local", "--yes", "--allow", "irreversible")
    result = only_result(document("destroy", applied, *options))
    assert result["done"] == "app: Robot is gone (read back)"
    [run, *_] = document("runs", "list")["runs"]
    assert run["verb"] == "destroy"
    assert document("runs", "show", run["run"])["schema"] == "provision/kept-run/1"
    result = only_result(document("rollback", run["run"], "--org", "local", "--yes"))
    assert "app: Robot is what it was before" in result["done"]


def test_rotate_certificate(document, applied) -> None:
    result = only_result(document("rotate", "certificate", applied, "--org", "local", "--yes"))
    assert "new pair: " in result["done"]


def test_credentials(document, applied, run, tmp_path) -> None:
    common = ("--org", "local", "--open-setting")
    shown = only_result(document("credentials", "show", "Robot", "--to", "file:old.json", *common))
    assert (shown["app"], shown["org"]) == ("Robot", "local")
    assert shown["done"] == "consumer key and secret handed to the file old.json"
    staged = document("credentials", "stage", "Robot", "--to", "file:new.json", *common)
    rotated = document("credentials", "rotate", "Robot", "--yes", *common)
    revoked = document("credentials", "revoke", "Robot", "--yes", *common)
    new = json.loads((tmp_path / "new.json").read_text())
    assert f"consumer key: {new['consumer_key']}" in only_result(rotated)["done"]
    texts = json.dumps([shown, staged, rotated, revoked])
    assert new["consumer_secret"] not in texts


def test_a_secret_on_a_terminal_is_no_document(run, applied) -> None:
    common = ("credentials", "show", "Robot", "--org", "local", "--show", "--force")
    ran = run(*common, "--format", "json")
    assert ran.code == ExitCode.CANNOT
    assert json.loads(ran.out)["schema"] == "provision/error/1"


def test_files_and_keys(document, spec, keys) -> None:
    rendered = document("render", str(spec))
    assert rendered["schema"] == "provision/rendered/1"
    assert "<label>The robot</label>" in rendered["files"]["externalClientApps/Robot.eca"]
    written = document("render", str(spec), "-o", "out")["written"]
    assert "out/externalClientApps/Robot.eca" in written
    assert document("keys", "new", "other")["files"] == ["keys/other.key", "keys/other.crt"]
    shown = document("keys", "show", "keys/other.key", "keys/app.crt", code=ExitCode.FOUND)
    assert shown["exit_code"] == ExitCode.FOUND
    assert any(each["faults"] for each in shown["files"])


def test_verbs_that_tell(document, run, spec, tmp_path) -> None:
    assert document("explain", "exit", "6")["term"] == "exit 6"
    assert document("schema") == json.loads(run("schema").out)
    assert document("localorg", "status")["served"] is False
    assert document("localorg", "reset")["reset"] is True
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(f"defaults: {{specs: [{spec.name}]}}\norgs: {{acme: {{}}}}\n")
    [org] = document("fleet", "list", str(fleet))["orgs"]
    assert org["name"] == "acme"


def test_a_checksum_has_no_other_format(run, spec) -> None:
    ran = run("plan", str(spec), "--org", "local", "--checksum", "--format", "json")
    assert ran.code == ExitCode.CANNOT
    assert json.loads(ran.out)["exit_code"] == ExitCode.CANNOT


def test_every_result_can_be_written_to_a_file(run, applied) -> None:
    for verb in (["destroy", applied, "--org", "local", "--yes", "--allow", "irreversible"],
                 ["keys", "new", "more"], ["runs", "list"], ["explain", "exit", "6"]):  # fmt: skip
        ran = run(*verb, "--output", "result.txt")
        assert (ran.code, ran.out) == (ExitCode.OK, "")
        assert Path("result.txt").read_text().strip()
        Path("result.txt").unlink()


def test_no_secret_is_in_a_document(run, keys) -> None:
    register("keys/odd")
    assert "keys/odd" not in run("keys", "new", "odd", "--format", "json").out
