"""Plans that were saved, approved, refused: what stands between a plan and its apply."""

import hashlib
import json
from pathlib import Path

import pytest

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.errors import ExitCode
from provision.plan.saved import saved_plan_of


@pytest.fixture
def applied(run, spec) -> Path:
    """An app in the local org, and a spec that wants a longer session."""
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    spec.write_text(spec.read_text().replace("15 minutes", "60 minutes"))
    return spec


def forged(path: Path, change) -> None:
    """Change a saved plan, and put the checksum right."""
    document = json.loads(path.read_text())
    change(document)
    body = {k: v for k, v in document.items() if k not in {"created_at", "checksum"}}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    document["checksum"] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(document))


def test_what_a_saved_plan_says_of_its_own_risk_is_not_believed(run, applied) -> None:
    run("plan", str(applied), "--org", "local", "--out", "plan.json")

    def harmless(document) -> None:
        for component in document["plan"]["components"]:
            for change in component["changes"]:
                change["risk"] |= {"level": "harmless", "reason": ""}

    path = Path("plan.json")
    forged(path, harmless)
    saved_plan_of(path.read_text(), "plan.json")  # it is a plan, and its checksum is right
    ran = run("apply", "plan.json", "--org", "local", "--yes")
    assert ran.code == ExitCode.REFUSED
    assert "weakens" in ran.out
    assert "weakening gate" in ran.err


def test_a_saved_plan_cannot_set_what_no_spec_can(run, applied) -> None:
    run("plan", str(applied), "--org", "local", "--out", "plan.json")

    def smuggled(document) -> None:
        for component in document["plan"]["components"]:
            for part in (component["desired"], component["component"]):
                if part["type"] == OAUTH_POLICIES.name:
                    part["fields"]["isNewIn69"] = {"xml": "<isNewIn69>1</isNewIn69>"}

    forged(Path("plan.json"), smuggled)
    ran = run("apply", "plan.json", "--org", "local", "--yes", "--allow", "weakening")
    assert ran.code == ExitCode.CANNOT
    assert "plan.json" in ran.err


def test_the_checksum_is_alone_on_stdout_and_approves(run, applied) -> None:
    checksum = run("plan", str(applied), "--org", "local", "--checksum").out.strip()
    assert len(checksum) == 64
    wrong = run("apply", str(applied), "--org", "local", "--yes", "--checksum", "0" * 64)
    assert wrong.code == ExitCode.REFUSED
    options = ["--yes", "--no-proof", "--allow", "weakening", "--checksum", checksum]
    assert run("apply", str(applied), "--org", "local", *options).code == ExitCode.OK


def test_the_checksum_is_the_same_however_the_path_of_the_spec_is_written(run, applied) -> None:
    paths = (str(applied.absolute()), f"./{applied.name}", applied.name)
    sums = {run("plan", path, "--org", "local", "--checksum").out.strip() for path in paths}
    assert len(sums) == 1
    assert str(applied.parent) not in run("plan", str(applied), "--org", "local", "--checksum").out


def test_a_saved_plan_is_known_by_what_it_says_whatever_it_is_called(run, applied) -> None:
    run("plan", str(applied), "--org", "local", "--out", "approved.plan")
    options = ["--org", "local", "--yes", "--no-proof", "--allow", "weakening"]
    with_variable = run("apply", "approved.plan", *options, "--var", "a=b")
    assert with_variable.code == ExitCode.CANNOT
    assert "to the letter" in with_variable.err
    assert run("apply", "approved.plan", *options).code == ExitCode.OK


def test_a_spec_may_be_json(run, spec, tmp_path) -> None:
    path = tmp_path / "robot.json"
    path.write_text(json.dumps({"app": "Json", "contact_email": "a@example.com"}))
    assert run("apply", str(path), "--org", "local", "--yes", "--no-proof").code == ExitCode.OK


@pytest.mark.parametrize("output_format", ["json", "junit", "sarif", "markdown"])
def test_a_refusal_has_a_report(run, applied, output_format) -> None:
    ran = run(
        "apply", str(applied), "--org", "local", "--yes", "--format", output_format,
        "--output", "report",
    )  # fmt: skip
    assert ran.code == ExitCode.REFUSED
    assert "Robot" in Path("report").read_text()


def test_an_output_that_cannot_be_written_stops_before_the_first_write(run, spec) -> None:
    ran = run("apply", str(spec), "--org", "local", "--yes", "--output", "no/such/folder")
    assert ran.code == ExitCode.CANNOT
    assert "to be created" in run("plan", str(spec), "--org", "local").out


def test_a_dash_is_stdout(run, spec) -> None:
    ran = run("plan", str(spec), "--org", "local", "--format", "json", "--output", "-")
    assert json.loads(ran.out)["verb"] == "plan"
    assert not Path("-").exists()


def test_an_interrupted_proof_says_that_the_app_is_applied(run, spec, monkeypatch) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("provision.apply.prover.Prover.prove", pressed)
    ran = run("apply", str(spec), "--org", "local", "--yes")
    assert ran.code == ExitCode.NOT_PROVEN
    assert "the app is applied and read back" in ran.err
    [record] = Path(".provision/runs").rglob("record.json")
    assert json.loads(record.read_text())["exit_code"] == ExitCode.NOT_PROVEN


def test_a_state_that_is_no_address_exits_2(run, spec) -> None:
    assert run("diff", str(spec), "--org", "local", "--state", "http://[x").code == ExitCode.CANNOT


def test_escaped_forms_of_outside_values_are_hidden_too(run, spec, monkeypatch) -> None:
    monkeypatch.setenv("NOTE", "hush&hush<x>")
    spec.write_text(spec.read_text() + 'description: "${env:NOTE}"\n')
    ran = run("render", str(spec))
    assert ran.code == ExitCode.OK
    assert "hush" not in ran.out
