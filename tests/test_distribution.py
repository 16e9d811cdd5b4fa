"""What people are told to install is this program, and from where it is to be had."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from provision.distribution import DISTRIBUTION, how_to_install

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# The changelog tells of the past; tests have examples of what must not be there.
PLACES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "Makefile",
    ROOT / ".pre-commit-hooks.yaml",
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "docs").rglob("*.sh"),
    *(ROOT / ".github").rglob("*.*"),
    *(ROOT / "manifests").rglob("*.y*ml"),
    *(ROOT / "benchmarks").rglob("*.*"),
    *(ROOT / "src").rglob("*.py"),
)
COMMAND = re.compile(
    r"\b(?:pip3?|pipx|uv|uvx|poetry|conda)\b[^\n]*?\b(?:install|add|run)\b(?P<what>[^\n`#]*)"
)
# A requirement by name, as in provision[dask], provision==1, "provision @ git+https://...".
REQUIREMENT = re.compile(
    r"(?<![\w./-])(?P<name>(?:[\w-]+-)?provision)(?:\[[^\]]*\]\s*(?P<place>@)?|\s*(?P<at>@)\s|[=~><!]=)"
)
PUBLISHED = False
"""Whether a package index has DISTRIBUTION, so that its name alone may be installed."""


def texts() -> list[tuple[str, int, str]]:
    files = [path for path in PLACES if path.is_file() and "__pycache__" not in path.parts]
    assert len(files) > 200
    return [
        (path.relative_to(ROOT).as_posix(), number, line)
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]


def strangers(line: str) -> list[str]:
    """What ``line`` would install under a name that is not ours, or without saying from where."""
    found = [
        match[0]
        for match in REQUIREMENT.finditer(line)
        if match["name"] != DISTRIBUTION or not (PUBLISHED or match["place"] or match["at"])
    ]
    for command in COMMAND.finditer(line):
        named = re.findall(r"(?<![\w./:-])(?:eca-)?provision(?![\w./\[-])(?!\s*@)", command["what"])
        found += [name for name in named if name != DISTRIBUTION or not PUBLISHED]
    return found


def test_the_name_is_that_of_the_project():
    assert PROJECT["name"] == DISTRIBUTION
    assert set(PROJECT["scripts"]) == {"provision"}


def test_every_install_that_is_written_names_us_and_a_place():
    wrong = [
        f"{path}:{number}: {line.strip()}" for path, number, line in texts() if strangers(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_documents_do_say_how_to_install():
    said = [
        path
        for path, _, line in texts()
        if f"{DISTRIBUTION}[" in line or f"{DISTRIBUTION} @" in line
    ]
    assert {"docs/past-one-machine.md", "docs/credentials.md", "docs/ci.md"} <= set(said)


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("pip install provision", True),
        ("pip install 'provision[dask]'", True),
        ("python -m pip install --quiet provision==0.1", True),
        ("uv tool install provision", True),
        ("pipx run provision", True),
        ("pip install eca-provision", True),
        ("pip install 'eca-provision[dask]'", True),
        ("  PROVISION_REQUIREMENT: provision @ git+https://example.com/x", True),
        ("  PROVISION_REQUIREMENT: eca-provision @ git+https://example.com/x", False),
        ('pip install "eca-provision[dask] @ file://$PWD"', False),
        ("pip install -e .", False),
        ('pip install "$root"', False),
        ("make install  # then provision plan", False),
    ],
)
def test_a_line_that_installs_a_stranger_is_seen(line, is_wrong):
    assert bool(strangers(line)) is is_wrong


@pytest.mark.parametrize("extra", sorted(set(PROJECT["optional-dependencies"]) - {"dev"}))
def test_an_extra_is_installed_from_a_checkout(extra):
    said = how_to_install(extra)
    assert f'pip install "{DISTRIBUTION}[{extra}] @ file://$PWD"' in said
    assert said.startswith("In a checkout of provision, ")
    assert not strangers(said)


def test_each_extra_that_a_message_names_is_there():
    named = {
        extra
        for path, _, line in texts()
        if path.startswith("src/")
        for extra in re.findall(r"how_to_install\(['\"](\w+)['\"]\)", line)
    }
    assert named == {"dask", "keyring"}
    assert named <= set(PROJECT["optional-dependencies"])
