"""Fleets of local orgs, and clusters whose workers alone can log in to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.localorg import LocalOrg, RunningOrg
from tests.cli.conftest import run, spec
from tests.dask.cluster import Cluster, running_cluster

__all__ = ["ManyOrgs", "cluster", "many_orgs", "run", "spec"]

ORGS = 12


@dataclass(frozen=True)
class ManyOrgs:
    """A fleet of local orgs: the file, the orgs, and the tokens by variable."""

    fleet: Path
    local: RunningOrg
    tokens: dict[str, str]
    names: tuple[str, ...]

    def deploys(self) -> list[str]:
        """The orgs that were asked for a deploy, once for each time."""
        return [each.org for each in self.local.requests if each.operation == "rest:deployRequest"]


@pytest.fixture
def many_orgs(tmp_path: Path, spec: Path) -> Iterator[ManyOrgs]:
    """The orgs of a fleet, all of one server in this process; each is to have the app."""
    seed = "orgs:\n" + "".join(_org(number) for number in range(1, ORGS + 1))
    (tmp_path / "seed.yaml").write_text(seed, encoding="utf-8")
    with LocalOrg(tmp_path / "org.db", seed=tmp_path / "seed.yaml", shuffle=7) as local:
        port = local.https_url.rpartition(":")[2]
        tokens, lines = {}, ["defaults: {specs: [robot.yaml]}", "orgs:"]
        for number in range(1, ORGS + 1):
            tokens[f"TOKEN_{number}"] = local.session(_admin(number)).access_token
            url, token = f"https://org{number}.localhost:{port}", f"${{env:TOKEN_{number}}}"
            login = f"{{token: {{instance_url: '{url}', access_token: '{token}'}}}}"
            lines.append(f"  org{number}: {{login: {login}}}")
        fleet = tmp_path / "fleet.yaml"
        fleet.write_text("\n".join(lines), encoding="utf-8")
        names = tuple(f"org{number}" for number in range(1, ORGS + 1))
        yield ManyOrgs(fleet, local, tokens, names)


def _org(number: int) -> str:
    user = f"{{username: {_admin(number)}, profile: System Administrator, last_name: Admin}}"
    return f"- {{name: org{number}, users: [{user}]}}\n"


def _admin(number: int) -> str:
    return f"admin{number}@local.example"


@pytest.fixture
def cluster(tmp_path: Path, many_orgs: ManyOrgs) -> Iterator[Cluster]:
    """A cluster whose workers have the orgs' tokens in their environment; this process has none."""
    environ = {"REQUESTS_CA_BUNDLE": str(many_orgs.local.ca_file), **many_orgs.tokens}
    with running_cluster(tmp_path / "dask", environ) as cluster:
        yield cluster
