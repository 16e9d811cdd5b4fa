"""Files that ship with the program: called by their names, not by where it is installed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import provision
from provision.errors import ExitCode
from provision.report.format import Format
from provision.rules import layer
from provision.rules.layer import profile_names
from provision.spec import source
from provision.spec.source import preset_names

INSTALLED = str(Path(provision.__file__).parent)
FORMATS = [each.value for each in Format]
LOCAL = ("--org", "local")
VERBS = [
    ("plan", *LOCAL),
    ("diff", *LOCAL),
    ("lint", "--profile", "partner"),
    ("doctor", *LOCAL),
    ("apply", "--yes", "--no-proof", *LOCAL),
]


@pytest.fixture
def extending(tmp_path, keys):
    """A spec that extends one preset, and says something that the partner profile refuses."""

    def write(name: str) -> Path:
        path = tmp_path / "robot.yaml"
        path.write_text(
            f"app: Robot\nextends: {name}\nlabel: The robot\ncontact_email: ops@example.com\n"
            "oauth:\n  jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}\n"
            "policies: {profiles: [System Administrator]}\n"
        )
        return path

    return write


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_no_format_of_any_verb_shows_where_the_program_is(run, extending, verb, form):
    extending("ci-jwt")
    ran = run(verb[0], "robot.yaml", *verb[1:], "--format", form)
    assert ran.code in {ExitCode.OK, ExitCode.FOUND}, ran.err
    assert INSTALLED not in ran.out + ran.err


@pytest.mark.parametrize("name", preset_names())
def test_a_position_in_a_preset_is_named_after_it(run, extending, name):
    extending(name)
    place = f"preset:{name}:"
    assert place in run("plan", "robot.yaml", "--org", "local").out
    planned = json.loads(run("plan", "robot.yaml", "--org", "local", "--format", "json").out)
    assert f"preset:{name}" in json.dumps(planned)
    run("plan", "robot.yaml", "--org", "local", "--out", "plan.json")
    kept = Path("plan.json").read_text()
    assert f'"preset:{name}"' in kept
    assert INSTALLED not in kept


def test_a_difference_in_a_preset(run, extending):
    """A URI of its own in SARIF; in GitHub's commands in the text, since no such file is there."""
    extending("ci-jwt")
    assert run("apply", "robot.yaml", "--org", "local", "--yes", "--no-proof").code == ExitCode.OK
    drifted = Path("robot.yaml").read_text().replace("ci-jwt", "salesforce-cli")
    Path("robot.yaml").write_text(drifted)
    sarif = run("diff", "robot.yaml", "--org", "local", "--format", "sarif").out
    assert '"uri": "preset:salesforce-cli"' in sarif
    github = run("diff", "robot.yaml", "--org", "local", "--format", "github").out
    found = [line for line in github.splitlines() if "(preset:salesforce-cli:" in line]
    assert found
    assert not any("file=" in line for line in found)


def test_equal_checksums_wherever_the_program_is_installed(run, extending, tmp_path, monkeypatch):
    extending("ci-jwt")
    arguments = ("plan", "robot.yaml", "--org", "local", "--checksum", "--output", "plan.txt")
    here = run(*arguments).out
    assert len(here.strip()) == 64
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(source._DIRECTORY, elsewhere)
    monkeypatch.setattr(source, "_DIRECTORY", elsewhere)
    assert run(*arguments).out == here


@pytest.mark.parametrize("name", preset_names())
def test_a_problem_in_a_preset_is_at_its_name(run, extending, name, tmp_path, monkeypatch):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{name}.yaml").write_text("oauth: {scopes: [apii]}\n")
    monkeypatch.setattr(source, "_DIRECTORY", broken)
    extending(name)
    ran = run("validate", "robot.yaml")
    assert ran.code == ExitCode.CANNOT
    assert f"preset:{name}:1:18: " in ran.err
    assert str(broken) not in ran.out + ran.err


@pytest.mark.parametrize("name", profile_names())
def test_a_problem_in_a_profile_of_rules_is_at_its_name(
    run, extending, name, tmp_path, monkeypatch
):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{name}.yaml").write_text("rules: {odd: {field: oauth.scopes, requires: 1}}\n")
    monkeypatch.setattr(layer, "_DIRECTORY", broken)
    extending("ci-jwt")
    ran = run("lint", "robot.yaml", "--profile", name)
    assert ran.code == ExitCode.CANNOT
    assert f"profile:{name}:1:" in ran.err
    assert str(broken) not in ran.out + ran.err
