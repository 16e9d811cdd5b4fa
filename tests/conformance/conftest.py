"""Real clients, each test against a fresh local org (docs/conformance.md).

Plain `pytest` does not collect this folder: only `make conformance` does.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provision.localorg import LocalOrg, RunningOrg
from tests.conformance.app import App, applied
from tests.conformance.clients.browser import Browser
from tests.conformance.clients.cumulusci import CumulusCI
from tests.conformance.clients.jsforce import Jsforce
from tests.conformance.clients.openssl import OpenSSL
from tests.conformance.clients.provision import Provision
from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView
from tests.conformance.toolbox import HERE, Source, Verdict, in_ci, noted, program

WANTED = os.environ.get("PROVISION_CONFORMANCE") == "1"

if not WANTED:
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header() -> str | None:
    """Whether clients could reach anything but this machine."""
    if not WANTED:
        return None
    interfaces = [name for _, name in socket.if_nameindex()]
    isolated = interfaces == ["lo"]
    return f"network: {'loopback only' if isolated else 'NOT isolated: ' + ', '.join(interfaces)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder, and so what needs a client that may be missing."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.conformance)


def _need(source: Source) -> None:
    """Skip where a registry was out of reach; in CI, fail for any other reason."""
    outcome = noted(source)
    if outcome.verdict is Verdict.INSTALLED:
        return
    if in_ci() and outcome.verdict is not Verdict.UNREACHABLE:
        pytest.fail(outcome.detail, pytrace=False)
    pytest.skip(outcome.detail)


def _need_program(name: str) -> Path:
    found = program(name)
    if found is None:
        _need(Source.DEBIAN)
        pytest.fail(f"{name} was installed, and is not there", pytrace=False)
    return found


@pytest.fixture
def org(tmp_path: Path) -> Iterator[RunningOrg]:
    """A fresh local org."""
    with LocalOrg(database=tmp_path / "org" / "localorg.db") as started:
        yield started


@pytest.fixture
def state(org: RunningOrg) -> OrgView:
    """The org's state through its own API."""
    return OrgView(org)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Salesforce DX project with one app, Acme_CI."""
    return Path(shutil.copytree(HERE / "project", tmp_path / "project"))


@pytest.fixture(scope="session")
def npm_packages() -> None:
    """Node.js, and the programs from npm."""
    _need(Source.PIP)
    _need(Source.NPM)


@pytest.fixture
def new_sf(npm_packages: None, tmp_path: Path) -> Callable[[str], Sf]:
    """Makes the `sf` CLI of a user who has logged in nowhere yet, and is in no project."""

    def make(user: str) -> Sf:
        home = tmp_path / user
        home.mkdir()
        return Sf(home, home)

    return make


@pytest.fixture
def sf(new_sf: Callable[[str], Sf], project: Path) -> Sf:
    """The `sf` CLI in the project, logged in nowhere."""
    return replace(new_sf("user"), folder=project)


@pytest.fixture
def admin_sf(sf: Sf, org: RunningOrg) -> Sf:
    """The `sf` CLI, logged in to the org as its administrator."""
    sf.login_token(org.url, org.session().access_token).checked()
    return sf


@pytest.fixture
def provision(org: RunningOrg, tmp_path: Path) -> Provision:
    """`provision` in a folder of its own, with a session of the org."""
    folder = tmp_path / "provision"
    folder.mkdir()
    return Provision(folder, org)


@pytest.fixture
def app(provision: Provision, state: OrgView) -> App:
    """The app that the CLI logs in with."""
    return applied(provision, state)


@pytest.fixture
def port_1717(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The port where the CLI awaits the browser: for one test at a time."""
    lock = tmp_path_factory.getbasetemp().parent / "port-1717"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def browser(npm_packages: None, port_1717: None, tmp_path: Path) -> Iterator[Browser]:
    """A real Chromium, with an empty profile."""
    opened = Browser(_need_program("chromium"), tmp_path / "browser")
    yield opened
    opened.close()


@pytest.fixture
def jsforce(npm_packages: None, org: RunningOrg, tmp_path: Path) -> Jsforce:
    """jsforce with a session of the administrator."""
    return Jsforce(org, org.session().access_token, tmp_path)


@pytest.fixture
def cumulusci(org: RunningOrg, tmp_path: Path) -> CumulusCI:
    """CumulusCI with a session of the administrator."""
    _need(Source.PIP)
    return CumulusCI(org, org.session().access_token, tmp_path)


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSSL:
    """The `openssl` program."""
    folder = tmp_path / "openssl"
    folder.mkdir()
    return OpenSSL(_need_program("openssl"), folder)
