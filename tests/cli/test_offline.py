"""The verbs that need no org, and what bad input comes to."""

import json
import stat
from pathlib import Path

import pytest

from provision.errors import ExitCode


def test_validate_names_every_problem_of_every_file(run, spec, tmp_path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("app: Bad\napp: Twice\noauth: {scopes: [apo]}\n")
    worse = tmp_path / "worse.yaml"
    worse.write_text("app: Worse\npolicies: {session_timeout: 15:00}\nnope: 1\n")
    ran = run("validate", str(bad), str(spec), str(worse))
    assert ran.code == ExitCode.CANNOT
    assert f"{spec}: valid" in ran.out
    assert f"{bad}:2:1: " in ran.err
    assert "api" in ran.err
    assert f"{worse}:2:" in ran.err
    assert f"{worse}:3:1: " in ran.err


def test_validate_says_which_variables_it_could_not_check(run, spec) -> None:
    spec.write_text(spec.read_text() + "description: for ${stage}\n")
    assert "except for ${stage}: give values with --var" in run("validate", str(spec)).out
    assert run("validate", str(spec), "--var", "stage=uat").out == f"{spec}: valid\n"


def test_validate_takes_fleets_among_specs(run, spec, tmp_path) -> None:
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(f"defaults: {{specs: [{spec.name}]}}\norgs: {{acme: {{}}, mill: {{}}}}\n")
    ran = run("validate", str(spec), str(fleet))
    assert ran.out == f"{spec}: valid\n{fleet}: valid for 2 orgs\n"
    spec.write_text(spec.read_text() + "description: for ${stage}\n")
    ran = run("validate", str(fleet))
    assert ran.code == ExitCode.CANNOT
    assert f"{fleet}:2:8: acme: robot.yaml asks for ${{stage}}" in ran.err
    spec.write_text(spec.read_text().replace("${stage}", "${env:NOBODY_SETS_THIS}"))
    said = "valid for 2 orgs, except for ${env:NOBODY_SETS_THIS}: from outside, and not read here"
    assert run("validate", str(fleet)).out == f"{fleet}: {said}\n"


def test_validate_reports_problems_in_every_format(run, spec, tmp_path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("app: Bad\npolicies: {session_timeout: 15:00}\nnope: 1\n")
    ran = run("validate", str(bad), str(spec), "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (ExitCode.CANNOT, "")
    assert document["exit_code"] == ExitCode.CANNOT
    assert document["checked"] == [str(bad), str(spec)]
    assert [(each["rule"], each["position"]["line"]) for each in document["findings"]] == [
        ("input", 2),
        ("input", 3),
    ]
    for form, sign in (("sarif", '"level": "error"'), ("github", "::error file="), ("junit", "2")):
        assert sign in run("validate", str(bad), "--format", form).out
    assert json.loads(run("validate", str(spec), "--format", "json").out)["findings"] == []


def test_an_undefined_variable_stops_other_verbs(run, spec) -> None:
    spec.write_text(spec.read_text() + "description: for ${stage}\n")
    ran = run("render", str(spec))
    assert ran.code == ExitCode.CANNOT
    assert f"{spec}:12:" in ran.err
    assert "stage" in ran.err


@pytest.mark.parametrize("text", ["stage", "=x"])
def test_a_variable_has_a_name_and_a_value(run, spec, text) -> None:
    assert run("validate", str(spec), "--var", text).code == ExitCode.CANNOT


def test_a_missing_certificate_says_how_to_make_one(run, spec, keys) -> None:
    (keys / "app.crt").unlink()
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "provision keys new app" in ran.err
    assert not Path(".provision").exists()


def test_a_key_of_another_certificate_is_refused(run, spec, keys) -> None:
    run("keys", "new", "other", "--directory", "keys")
    (keys / "other.crt").rename(keys / "app.crt")
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "app.key is not the key of the certificate app.crt" in ran.err
    assert not Path(".provision").exists()


def test_render_prints_or_writes_deployable_files(run, spec) -> None:
    printed = run("render", str(spec))
    assert "--- externalClientApps/Robot.eca" in printed.out
    assert "<version>68.0</version>" in printed.out
    written = run("render", str(spec), "-o", "out", "--api-version", "62")
    assert Path("out/package.xml").read_text().count("<version>62.0</version>") == 1
    assert "out/extlClntAppOauthPolicies/Robot_oauthPlcy.ecaOauthPlcy" in written.out.split()


def test_render_writes_source_format(run, spec) -> None:
    run("render", str(spec), "-o", "force-app/main/default", "--source-format")
    root = Path("force-app/main/default")
    assert (root / "extlClntAppGlobalOauthSets/Robot_glbloauth.ecaGlblOauth-meta.xml").exists()
    assert not (root / "package.xml").exists()


def test_render_overwrites_nothing_unasked(run, spec) -> None:
    run("render", str(spec), "-o", "out")
    assert run("render", str(spec), "-o", "out").code == ExitCode.OK
    Path("out/externalClientApps/Robot.eca").write_text("mine")
    refused = run("render", str(spec), "-o", "out", "--api-version", "60")
    assert refused.code == ExitCode.CANNOT
    assert "<version>68.0</version>" in Path("out/package.xml").read_text()
    assert run("render", str(spec), "-o", "out", "--force").code == ExitCode.OK


def test_render_refuses_what_the_version_does_not_know(run, spec) -> None:
    spec.write_text(
        spec.read_text()
        + "metadata: {ExtlClntAppGlobalOauthSettings: {isEnforceRefreshTokenTTL: true}}\n"
    )
    ran = run("render", str(spec), "--api-version", "65")
    assert ran.code == ExitCode.CANNOT
    assert "robot.yaml:12:" in ran.err
    assert "came with API 67; this is 65" in ran.err


def test_render_warns_of_what_the_version_may_not_know(run, spec) -> None:
    spec.write_text(
        spec.read_text()
        + "metadata: {ExtlClntAppGlobalOauthSettings: {isEnforceRefreshTokenTTL: true}}\n"
    )
    ran = run("render", str(spec), "--api-version", "66")
    assert ran.code == ExitCode.OK
    assert "warning: " in ran.err
    assert "robot.yaml:12:" in ran.err
    assert "this is 66: the org decides" in ran.err
    assert "<isEnforceRefreshTokenTTL>true<" in ran.out


def test_own_templates_are_used(run, spec, tmp_path) -> None:
    directory = tmp_path / "own" / "externalClientApps"
    directory.mkdir(parents=True)
    (directory / "eca.xml.j2").write_text(
        "<ExternalClientApplication><label>{{ spec.label }}!</label></ExternalClientApplication>"
    )
    assert "<label>The robot!</label>" in run("render", str(spec), "--templates", "own").out


def test_keys_new_makes_a_pair_that_nobody_else_can_read(run) -> None:
    ran = run("keys", "new", "ci", "--days", "30")
    assert ran.out.split() == ["keys/ci.key", "keys/ci.crt"]
    assert stat.S_IMODE(Path("keys/ci.key").stat().st_mode) == 0o600
    again = run("keys", "new", "ci")
    assert again.code == ExitCode.CANNOT


def test_schema_is_json(run) -> None:
    schema = json.loads(run("schema").out)
    assert "session_timeout" in json.dumps(schema)


def test_schema_of_a_fleet(run) -> None:
    assert "stop_after" in json.dumps(json.loads(run("schema", "fleet").out))
    assert run("schema", "spec").out == run("schema").out
    assert run("schema", "nope").code == ExitCode.CANNOT


def test_usage_errors_exit_2(run) -> None:
    assert run("apply").code == ExitCode.CANNOT
    assert run("no-such-verb").code == ExitCode.CANNOT
    assert run("plan", "x.yaml", "--api-version", "12").code == ExitCode.CANNOT


def test_a_file_that_is_not_there_exits_2(run) -> None:
    ran = run("validate", "nowhere.yaml")
    assert ran.code == ExitCode.CANNOT
    assert "nowhere.yaml" in ran.err


def test_no_org_exits_2_and_says_what_to_do(run, spec, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run("plan", str(spec))
    assert ran.code == ExitCode.CANNOT
    assert "--org local" in ran.err


def test_version(run) -> None:
    assert run("--version").out.startswith("provision 0.")
