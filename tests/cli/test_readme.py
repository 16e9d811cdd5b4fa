"""The README says what the program does."""

import re
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.fleet.file_kind import is_fleet
from provision.fleet.load import load_fleet
from provision.spec.load import load
from provision.spec.variable import Variables

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_help_is_the_programs(run, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    [shown] = re.findall(r"<!-- help: provision -->\n```text\n(.*?)```", README, re.DOTALL)
    assert run("--help").out.strip() == shown.strip()


def test_the_exit_codes_are_the_programs() -> None:
    rows = re.findall(r"^\| (\d) \| ", README, re.MULTILINE)
    assert [int(row) for row in rows] == [code.value for code in ExitCode]


def test_the_spec_is_valid(tmp_path, keys) -> None:
    text, _ = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (keys / "app.crt").rename(keys / "salesforce-cli.crt")
    (keys / "app.key").rename(keys / "salesforce-cli.key")
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    assert load(path, Variables({}, {})).warnings == ()


def test_the_fleet_is_valid(tmp_path) -> None:
    _, text = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "fleet.yaml"
    path.write_text(text, encoding="utf-8")
    assert is_fleet(path)
    assert [*load_fleet(path).orgs] == ["acme", "acme-uat"]


@pytest.mark.parametrize("document", sorted(p.name for p in (ROOT / "docs").glob("*.md")))
def test_links_between_documents_lead_somewhere(document: str) -> None:
    check_links(ROOT / "docs" / document)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"])
def test_links_of_the_front_pages_lead_somewhere(document: str) -> None:
    check_links(ROOT / document)


def check_links(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    for target in targets:
        assert (path.parent / target).exists(), target


def test_the_five_minute_path_works_as_written(run, tmp_path, monkeypatch) -> None:
    [block] = re.findall(r"```console\n(\$ cd manifests\n.*?)```", README, re.DOTALL)
    for manifest in (ROOT / "manifests").glob("*.yaml"):
        (tmp_path / manifest.name).write_text(manifest.read_text(encoding="utf-8"))
    commands = re.findall(r"^\$ provision (.*?)\s*(?:#.*)?$", block, re.MULTILINE)
    assert len(commands) == 6
    for command in commands:
        assert run(*command.split()).code == ExitCode.OK, command
