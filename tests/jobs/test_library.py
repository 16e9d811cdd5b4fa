"""The public API: a program that imports nothing else plans, applies, goes back and destroys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import provision
from provision import CannotError, GateRefused, Org, Severity, Spec, SpecError, lint, validate

SPEC = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth: {callback_urls: ["https://robot.example/callback"], scopes: [api]}
policies: {session_timeout: "${timeout}"}
"""
PROGRAM = """\
from provision import Org, Spec

spec = Spec.load("robot.yaml", {"timeout": "15 minutes"})
with Org.connect("local") as org:
    assert org.plan(spec).creates_app
    result = org.apply(spec, proves=False)
    assert org.diff(spec).is_empty
print(result.applied.consumer_key)
"""
LOADED = "\nimport sys\nprint(sorted({'typer', 'rich', 'click'} & set(sys.modules)))\n"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spec:
    monkeypatch.chdir(tmp_path)
    Path("robot.yaml").write_text(SPEC)
    return Spec.load("robot.yaml", {"timeout": "15 minutes"})


def ran(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_ten_lines_plan_and_apply_without_a_terminal(spec) -> None:
    assert len(PROGRAM.splitlines()) <= 10
    key, loaded = ran(PROGRAM + LOADED)
    assert key.startswith("3MVG9")
    assert loaded == "[]"


def test_importing_it_loads_nothing() -> None:
    program = "import provision, sys\nprint([n for n in sys.modules if n.startswith('provision.')])"
    assert ran(program) == ["['provision.distribution']"]


def test_every_public_name_is_there() -> None:
    assert all(getattr(provision, name) for name in provision.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        provision.nonsense  # noqa: B018


def test_gates_are_lifted_by_name_and_a_run_goes_back(spec) -> None:
    longer = Path("longer.yaml")
    longer.write_text(SPEC)
    with Org.connect("local") as org:
        org.apply(spec, proves=False)
        weaker = Spec.load(longer, {"timeout": "12 hours"})
        assert [gate.name for gate in org.plan(weaker).gates] == ["weakening"]
        with pytest.raises(GateRefused, match="weakening gate"):
            org.apply(weaker, proves=False)
        org.apply(weaker, proves=False, allow=["weakening"])
        [run] = Path(".provision/runs").glob("*-apply-longer")
        org.rollback(run.name)
        assert org.diff(spec).is_empty
        with pytest.raises(GateRefused, match="irreversible"):
            org.destroy(spec)
        org.destroy(spec, allow=["irreversible"])
        assert org.plan(spec).creates_app


def test_a_progress_follows_an_apply(spec) -> None:
    class Notes(provision.Silence):
        def __init__(self) -> None:
            self.said: list[str] = []

        def talk(self, text: str) -> None:
            self.said.append(text)

    notes = Notes()
    with Org.connect("local") as org:
        org.apply(spec, proves=False, progress=notes)
    assert any("reading back" in text for text in notes.said)


def test_what_is_wrong_is_told_without_an_org(spec) -> None:
    # Without a value, the variable is only not checked.
    assert not [each for each in validate("robot.yaml") if each.severity is Severity.ERROR]
    Path("robot.yaml").write_text(SPEC + "nonsense: 1\n")
    assert any("nonsense" in found.text for found in validate("robot.yaml", {"timeout": "15m"}))
    with pytest.raises(SpecError, match="nonsense"):
        Spec.load("robot.yaml", {"timeout": "15 minutes"})
    assert all(found.app == "Robot" for found in lint(spec))


def test_without_an_org_nothing_is_connected(spec, monkeypatch) -> None:
    for name in ("SF_ACCESS_TOKEN", "SF_TARGET_ORG", "PROVISION_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotError), Org.connect():
        pass
