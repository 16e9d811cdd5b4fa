"""With ``--format json`` stdout is one JSON document, whatever happens, for every verb."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import jsonschema
import pytest

import provision.report
from provision.cli.verbs import VERBS, Family, Verb
from provision.errors import ExitCode

SCHEMA = json.loads(
    (Path(provision.report.__path__[0]) / "schemas" / "error-1.json").read_text(encoding="utf-8")
)


def verbs(table: Sequence[Verb | Family] = VERBS, before: str = "") -> Iterator[str]:
    for entry in table:
        if isinstance(entry, Family):
            yield from verbs(entry.verbs, f"{entry.name} ")
        else:
            yield f"{before}{entry.name}"


ALL = list(verbs())

MISSING_FILE = {
    "validate": ("nowhere.yaml",),
    "render": ("nowhere.yaml",),
    "plan": ("nowhere.yaml", "--org", "local"),
    "diff": ("nowhere.yaml", "--org", "local"),
    "apply": ("nowhere.yaml", "--org", "local", "--yes"),
    "destroy": ("nowhere.yaml", "--org", "local", "--yes"),
    "rollback": ("nowhere", "--yes"),
    "prove": ("nowhere.yaml", "--org", "local"),
    "lint": ("nowhere.yaml",),
    "doctor": ("nowhere.yaml", "--org", "local"),
    "onboard": ("acme", "--fleet", "robot.yaml"),
    "explain": ("nowhere",),
    "schema": ("nowhere",),
    "runs list": ("--run-dir", "robot.yaml"),
    "runs show": ("nowhere",),
    "fleet list": ("nowhere.yaml",),
    "fleet import": ("robot.yaml",),
    "keys new": ("new", "--directory", "robot.yaml"),
    "keys show": ("nowhere.key",),
    "credentials show": ("Robot", "--to", "file:nowhere/secret.json"),
    "credentials stage": ("Robot", "--to", "file:nowhere/secret.json"),
    "credentials rotate": ("Robot", "--fleet", "nowhere.yaml"),
    "credentials revoke": ("Robot", "--org", "local", "--yes"),
    "rotate certificate": ("nowhere.yaml", "--org", "local", "--yes"),
    "report merge": ("nowhere.jsonl",),
    "localorg serve": ("--seed", "nowhere.yaml"),
    "localorg status": ("--database", "robot.yaml"),
    "localorg reset": ("--database", "nowhere.db"),
}
"""For each verb, a file, a run or a name that is not there, or a file that is no such file."""

UNREACHABLE = {
    "plan": ("robot.yaml",),
    "diff": ("robot.yaml",),
    "apply": ("robot.yaml", "--yes"),
    "destroy": ("robot.yaml", "--yes"),
    "prove": ("robot.yaml",),
    "doctor": ("robot.yaml",),
    "credentials show": ("Robot", "--to", "file:secret.json"),
    "credentials stage": ("Robot", "--to", "file:secret.json"),
    "credentials rotate": ("Robot", "--yes"),
    "credentials revoke": ("Robot", "--yes"),
    "rotate certificate": ("robot.yaml", "--yes"),
}
"""For each verb that takes its org from the environment, a command line that begins to work."""


def document_of(ran, code: int) -> dict:
    """The only document on stdout, which has the exit code of the program."""
    assert ran.code == code, ran.err
    document = json.loads(ran.out)
    assert document["exit_code"] == code
    return document


def error_of(ran, code: int, verb: str) -> dict:
    document = document_of(ran, code)
    jsonschema.validate(document, SCHEMA)
    assert (document["verb"] or "") == verb
    assert document["error"]["message"].splitlines()[0] in ran.err  # people read it as well
    return document


@pytest.mark.parametrize("verb", ALL)
def test_a_usage_error_of_every_verb(run, verb) -> None:
    document = error_of(run(*verb.split(), "--nope", "--format", "json"), ExitCode.CANNOT, verb)
    assert "--nope" in document["error"]["message"]
    assert document["error"]["next_step"] == f"See `provision {verb} --help`."


@pytest.mark.parametrize("verb", ALL)
def test_a_missing_file_of_every_verb(run, spec, verb) -> None:
    ran = run(*verb.split(), *MISSING_FILE[verb], "--format=json")
    if verb in {"validate", "localorg status", "localorg reset", "runs list"}:
        json.loads(ran.out)  # a result, not an error
        return
    error_of(ran, ExitCode.CANNOT, verb)


@pytest.mark.parametrize("verb", list(UNREACHABLE))
def test_an_org_that_is_not_reached(run, spec, monkeypatch, verb) -> None:
    monkeypatch.setenv("SF_INSTANCE_URL", "https://localhost:9")
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00D000000000001!whatever")
    ran = run(*verb.split(), *UNREACHABLE[verb], "--format", "json")
    error_of(ran, ExitCode.UNREACHABLE, verb)


def test_every_verb_that_calls_orgs_is_tested_with_one_that_is_not_reached(run) -> None:
    calling = {verb for verb in ALL if "--http-timeout" in run(*verb.split(), "--help").out}
    # These take their org from elsewhere: see the tests below.
    assert calling - set(UNREACHABLE) == {"lint", "onboard", "rollback"}


def test_lint_of_an_org_that_nobody_knows(run, spec) -> None:
    ran = run("lint", str(spec), "--org", "nobody", "--format", "json")
    assert error_of(ran, ran.code, "lint")["exit_code"] in {2, 3}


def test_onboard_of_an_org_that_nobody_knows(run, spec) -> None:
    ran = run("onboard", "acme", "--spec", str(spec), "--format", "json")
    assert error_of(ran, ran.code, "onboard")["exit_code"] in {2, 3}


def test_rollback_in_an_org_that_is_not_reached(run, spec, monkeypatch) -> None:
    applied = run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    assert applied.code == ExitCode.OK
    [made] = json.loads(run("runs", "list", "--format", "json").out)["runs"]
    monkeypatch.setenv("SF_INSTANCE_URL", "https://localhost:9")
    monkeypatch.setenv("SF_ACCESS_TOKEN", "00D000000000001!whatever")
    ran = run("rollback", made["run"], "--yes", "--format", "json")
    error_of(ran, ExitCode.UNREACHABLE, "rollback")


def test_problems_have_places(run, spec) -> None:
    spec.write_text(spec.read_text() + "nope: 1\n")
    document = error_of(run("plan", str(spec), "--format", "json"), ExitCode.CANNOT, "plan")
    [problem] = document["error"]["problems"]
    assert problem["position"] == {"file": str(spec), "line": 12, "column": 1}


def test_every_other_format_but_text_has_the_error_too(run, spec) -> None:
    spec.write_text(spec.read_text() + "nope: 1\n")
    assert run("plan", str(spec)).out == ""
    assert (
        "::error file=robot.yaml,line=12,col=1,title=the run%3A error::"
        in run("plan", str(spec), "--format", "github").out
    )
    assert 'errors="1"' in run("plan", str(spec), "--format", "junit").out
    assert '"executionSuccessful": false' in run("plan", str(spec), "--format", "sarif").out


def test_a_result_is_followed_by_no_second_document(run, spec) -> None:
    ran = run("diff", str(spec), "--org", "local", "--format", "json")
    [result] = document_of(ran, ExitCode.FOUND)["results"]
    assert result["error"] is None


def test_what_nobody_confirmed(run, spec) -> None:
    """The plan was made: it is in the document, with the error."""
    ran = run("apply", str(spec), "--org", "local", "--format", "json")
    [result] = document_of(ran, ExitCode.REFUSED)["results"]
    assert result["error"]["message"].startswith("not confirmed")


def test_a_gate_that_refuses(run, spec) -> None:
    assert run("apply", str(spec), "--org", "local", "--yes", "--no-proof").code == ExitCode.OK
    ran = run("destroy", str(spec), "--org", "local", "--yes", "--format", "json")
    document = error_of(ran, ExitCode.REFUSED, "destroy")
    assert "--allow irreversible" in document["error"]["next_step"]


def test_an_error_is_written_to_the_file_of_the_result(run, spec, tmp_path) -> None:
    run("plan", "nowhere.yaml", "--format", "json", "--output", "plan.json")
    document = json.loads((tmp_path / "plan.json").read_text())
    assert document["schema"] == "provision/error/1"


def test_a_file_that_cannot_be_written_is_told_on_stdout_before_anything_is_done(run) -> None:
    ran = run("keys", "new", "more", "--format", "json", "--output", "nowhere/keys.json")
    error_of(ran, ExitCode.CANNOT, "keys new")
    assert not Path("keys/more.key").exists()


def test_text_stays_on_stderr_alone(run) -> None:
    ran = run("plan", "nowhere.yaml")
    assert (ran.code, ran.out) == (ExitCode.CANNOT, "")


def test_an_interruption(run, spec, monkeypatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("provision.jobs.run.run_in_one", interrupted)
    ran = run("diff", str(spec), "--org", "local", "--format", "json")
    assert document_of(ran, 130)["error"]["message"] == "interrupted"


def test_a_bug(run, spec, monkeypatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("provision.jobs.run.run_in_one", broken)
    ran = run("diff", str(spec), "--org", "local", "--format", "json")
    document = error_of(ran, ExitCode.BUG, "diff")
    assert document["error"]["message"] == "this is a bug in provision: odd"


def test_a_bug_after_a_write(run, spec, monkeypatch) -> None:
    def broken(*_arguments: object) -> None:
        from provision.cli.telling import note_written

        note_written()
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("provision.jobs.run.run_in_one", broken)
    ran = run("diff", str(spec), "--org", "local", "--format", "json")
    document = error_of(ran, ExitCode.APPLY_FAILED, "diff")
    assert document["written"] == ["The org was written to."]
