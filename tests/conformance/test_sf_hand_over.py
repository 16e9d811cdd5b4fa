"""`provision apply --login`: the CLI is handed the app, in a project folder."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from provision.localorg import RunningOrg
from tests.conformance.app import ADMIN, ROBOT, SPEC, applied
from tests.conformance.clients.browser import Browser
from tests.conformance.clients.provision import Provision
from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView

CALLBACK = "http://localhost:1717/OauthRedirect"
APP = "Salesforce_CLI"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free(taken: int) -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def lender(sf: Sf, org: RunningOrg) -> Sf:
    """The CLI whose session `provision` borrows, and which it hands the app."""
    user = sf.where(NODE_EXTRA_CA_CERTS=str(org.ca_file))
    user.login_token(org.https_url, org.session().access_token).checked()
    return user


def in_project(provision: Provision, lender: Sf) -> Provision:
    """`provision` in the CLI's project; nobody types a consumer secret."""
    return replace(provision, folder=lender.folder, borrows_from=lender, stdin="\n")


def test_a_web_login_with_the_port_that_is_free(
    lender: Sf, org: RunningOrg, provision: Provision, browser: Browser, taken: int, free: int
) -> None:
    """The first port of the spec is taken: the CLI listens on the one that was written."""
    file = lender.folder / "sfdx-project.json"
    before = json.loads(file.read_text())
    here = in_project(provision, lender.where(**browser.environ(ADMIN)))
    here.new_key("cli")
    urls = ", ".join(f"http://localhost:{port}/OauthRedirect" for port in (taken, free))
    here.apply(SPEC.replace(CALLBACK, urls), "--org", ADMIN, "--login", "web")
    assert json.loads(file.read_text()) == before | {"oauthLocalPort": free}
    assert browser.visit().ended_at == "/OauthSuccess"
    shown = lender("org", "display", "--target-org", APP).checked()
    assert (shown["username"], shown["connectedStatus"]) == (ADMIN, "Connected")


@pytest.mark.parametrize("text", ['// ours\n{"oauthLocalPort": PORT}', '{"oauthLocalPort": PORT,}'])
def test_a_project_file_that_is_not_json_is_not_read(
    sf: Sf, org: RunningOrg, provision: Provision, state: OrgView, browser: Browser, text: str
) -> None:
    """The CLI listens on 1717, whatever the file says: handover/project_file.py relies on it."""
    (sf.folder / "sfdx-project.json").write_text(text.replace("PORT", "1718"))
    app = applied(provision, state)  # it has a callback URL for 1717 alone
    sf.where(**browser.environ(ADMIN)).login_web(org.url, app.consumer_key).checked()


def test_the_default_dev_hub_is_the_apps_alias(lender: Sf, provision: Provision) -> None:
    here = in_project(provision, lender)
    here.new_key("cli")
    here.apply(SPEC, "--org", ADMIN, "--login", "jwt", "--set-default-dev-hub")
    [setting] = lender("config", "get", "target-dev-hub").checked()
    assert setting["value"] == APP
    assert lender("org", "display", "--target-org", APP).checked()["username"] == ROBOT
