"""The hooks for pre-commit, called as pre-commit calls them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from provision.errors import ExitCode
from tests.workflows.conftest import HOME, SPEC, Site

pytestmark = pytest.mark.slow

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text())}


@pytest.fixture
def project(site: Site) -> Site:
    """A repository laid out as the hooks expect it without being told."""
    specs = site.repository / "specs"
    specs.mkdir()
    shutil.move(site.repository / "robot.yaml", specs)
    shutil.move(site.repository / "keys", specs)
    fleet = site.repository / "fleet.yaml"
    fleet.write_text(fleet.read_text().replace("robot.yaml", "specs/robot.yaml"))
    (site.repository / "other.yaml").write_text("nothing: of ours\n")
    return site


def hook(site: Site, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A hook over all files that are its own."""
    its = HOOKS[name]
    assert its["types"] == ["yaml"]
    files = sorted(str(f.relative_to(site.repository)) for f in site.repository.rglob("*.yaml"))
    program = site.state / "bin" / "provision"
    if not program.exists():
        program.symlink_to("the-provision")
    return subprocess.run(
        [
            *shlex.split(its["entry"]),
            *arguments,
            *(file for file in files if re.search(its["files"], file)),
        ],
        cwd=site.repository,
        env=site.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_validate_checks_the_specs_and_the_fleet(project: Site) -> None:
    ran = hook(project, "provision-validate")
    assert (ran.returncode, ran.stderr) == (ExitCode.OK, "")
    assert ran.stdout == "fleet.yaml: valid for 2 orgs\nspecs/robot.yaml: valid\n"
    Path(project.repository, "specs", "robot.yaml").write_text(SPEC.replace("api, ", "apo, "))
    ran = hook(project, "provision-validate")
    assert ran.returncode == ExitCode.CANNOT
    assert "specs/robot.yaml:6:12: " in ran.stderr


def test_lint_breaks_on_an_error_of_the_rules(project: Site) -> None:
    assert hook(project, "provision-lint").returncode == ExitCode.OK
    spec = Path(project.repository, "specs", "robot.yaml")
    spec.write_text(SPEC.replace("90 days", "400 days"))
    ran = hook(project, "provision-lint", "--profile", "baseline")
    assert ran.returncode == ExitCode.FOUND
    assert "specs/robot.yaml:12:" in ran.stdout


def test_two_specs_for_one_app_are_seen_together(project: Site) -> None:
    Path(project.repository, "specs", "twin.yaml").write_text(SPEC)
    ran = hook(project, "provision-lint")
    assert ran.returncode == ExitCode.CANNOT
    assert "more than one spec is for Robot" in ran.stderr
    assert all(each["require_serial"] for each in HOOKS.values())
