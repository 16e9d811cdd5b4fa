"""A repository with a fleet and specs, two orgs, and the CI servers around them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provision.localorg import LocalOrg, RunningOrg
from tests.workflows.runner import Job, Runner

HOME = Path(__file__).parents[2]
STAND_INS = Path(__file__).parent / "stand_ins"
SEED = """\
orgs:
- name: org1
  users: [{username: admin1@local.example, profile: System Administrator, last_name: Admin}]
- name: org2
  users: [{username: admin2@local.example, profile: System Administrator, last_name: Admin}]
"""
SPEC = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: keys/app.crt}
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
  session_timeout: 15 minutes
  refresh_token: {lifetime: 90 days}
"""
FLEET = """\
defaults: {specs: [robot.yaml]}
orgs:
  one:
    login: {token: {instance_url: 'https://org1.localhost:PORT', access_token: '${env:ONE}'}}
  two:
    login: {token: {instance_url: 'https://org2.localhost:PORT', access_token: '${env:TWO}'}}
"""


@dataclass
class Site:
    """A repository, the orgs that it is for, and the machine that works on them.

    ``tokens`` are the sessions of the two orgs, as the fleet asks for them.
    """

    repository: Path
    base: Path
    org: RunningOrg
    tokens: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        names = {"ONE": "admin1@local.example", "TWO": "admin2@local.example"}
        self.tokens = {name: self.org.session(user).access_token for name, user in names.items()}

    @property
    def state(self) -> Path:
        """Where stand-ins keep what they know."""
        return self.base / "state"

    @property
    def environ(self) -> dict[str, str]:
        """What the machine gives to a step: stand-ins, and the program alone."""
        return {
            "PATH": f"{self.state / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.base),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(HOME / "src"),
            "STAND_IN_STATE": str(self.state),
            "STAND_IN_PYTHON": sys.executable,
        }

    def spec(self, old: str, new: str) -> None:
        """Change the spec."""
        path = self.repository / "robot.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@dataclass
class GitHub:
    """GitHub with that repository."""

    site: Site

    def call(
        self,
        workflow: str,
        *,
        event: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        before: Mapping[str, Callable[[], None]] | None = None,
        **inputs: object,
    ) -> dict[str, Job]:
        """Call a workflow, as docs/ci.md says it is called.

        ``before`` is what somebody else does before a job begins.
        """
        runner = Runner(
            HOME / ".github" / "workflows" / workflow,
            self.site.repository,
            HOME,
            self.site.base / "github",
            self.site.environ,
            event or {},
            before or {},
        )
        variables = f"REQUESTS_CA_BUNDLE={self.site.org.ca_file}\n"
        given = {
            "provision-repository": "OWNER/provision",
            "provision-ref": "v1",
            "variables": variables,
            **{name.replace("_", "-"): value for name, value in inputs.items()},
        }
        lines = "\n".join(f"{name}={value}" for name, value in self.site.tokens.items())
        return runner.call(given, {"PROVISION_VARIABLES": lines} if secrets is None else secrets)

    @property
    def known(self) -> dict[str, Any]:
        """The issues and comments that there are, and the calls so far."""
        return json.loads((self.site.state / "github.json").read_text())


def pull_request(repository: str = "acme/apps") -> dict[str, Any]:
    """The event of a pull request from a repository."""
    head = {"sha": "c0ffee", "repo": {"full_name": repository}}
    return {"pull_request": {"number": 3, "head": head}}


@pytest.fixture
def site(tmp_path: Path, keys: Path) -> Iterator[Site]:
    """The repository and its two orgs."""
    repository = tmp_path / "repository"
    (repository / "keys").mkdir(parents=True)
    shutil.copy(keys / "app.crt", repository / "keys")
    (repository / "robot.yaml").write_text(SPEC)
    with _orgs(tmp_path) as org:
        port = org.https_url.rpartition(":")[2]
        (repository / "fleet.yaml").write_text(FLEET.replace("PORT", port))
        made = Site(repository, tmp_path / "ci", org)
        _put_stand_ins(made.state)
        yield made


@pytest.fixture
def github(site: Site) -> GitHub:
    """GitHub with that repository."""
    return GitHub(site)


@contextmanager
def _orgs(folder: Path) -> Iterator[RunningOrg]:
    seed = folder / "seed.yaml"
    seed.write_text(SEED)
    with LocalOrg(database=folder / "org.db", seed=seed, shuffle=7) as org:
        yield org


def _put_stand_ins(state: Path) -> None:
    bin_ = state / "bin"
    bin_.mkdir(parents=True)
    (state / "github.json").write_text('{"issues": [], "comments": [], "calls": []}')
    gh = f"#!{sys.executable}\n{(STAND_INS / 'gh.py').read_text()}"
    program = f"#!{sys.executable}\nfrom provision.cli.main import main\n\nmain()\n"
    python = (STAND_INS / "python.sh").read_text()
    for name, text in {"gh": gh, "the-provision": program, "python": python}.items():
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
