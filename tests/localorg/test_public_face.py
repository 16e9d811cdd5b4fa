"""The public face: a local org in a ``with`` block, with nothing else of this program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from simple_salesforce import Salesforce

import provision.localorg
from provision.localorg import Clock, LocalOrg, Quirks, RunningOrg

CALLBACK = "http://localhost:1717/OauthRedirect"
PLATFORM_CLI = {"client_id": "PlatformCLI", "redirect_uri": CALLBACK}


def test_a_login_with_plain_requests() -> None:
    with LocalOrg() as org, requests.Session() as http:
        http.trust_env = False
        token = _logged_in(http, org)

        limits = http.get(
            f"{org.url}/services/data/v68.0/limits",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )

        assert limits.status_code == 200
        assert [request.operation for request in org.requests][-2:] == [
            "token:authorization-code",
            "rest:limits",
        ]


def test_simple_salesforce_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalOrg() as org, requests.Session() as http:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.ca_file))
        session = org.session("ci@localorg.example")
        sf = Salesforce(instance_url=org.https_url, session_id=session.access_token, session=http)

        [user] = sf.query(f"SELECT Username FROM User WHERE Id = '{session.user_id}'")["records"]

        assert user["Username"] == session.username == "ci@localorg.example"


def test_without_a_database_nothing_stays() -> None:
    with LocalOrg() as org:
        folder = org.ca_file.parent
        assert (folder / "localorg.db").exists()
    assert not folder.exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(org.url, timeout=5)


def test_with_a_database_state_stays(tmp_path: Path) -> None:
    local_org = LocalOrg(tmp_path / "org.db")
    with local_org as org:
        first = org.org_id
    with local_org as org:
        assert org.org_id == first


def test_clock_and_quirks_are_the_callers() -> None:
    noon = 1_780_000_000.0
    quirks = Quirks.of("rest_deploy=refused")
    with LocalOrg(clock=Clock(lambda: noon), quirks=quirks) as org:
        org.advance(60)
        status = requests.get(f"{org.url}/__localorg__/status", timeout=10).json()

        assert status["quirks"]["rest_deploy"] == "refused"
        assert status["clock"] == "2026-05-28T20:27:40.000Z"


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import provision.localorg", {"werkzeug", "pydantic", "yaml", "requests", "cryptography"}),
        ("from provision.localorg import LocalOrg", {"requests", "simple_salesforce"}),
    ],
)
def test_what_importing_it_loads(code: str, unwanted: set[str]) -> None:
    listing = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"typer", "rich", "provision.cli", *unwanted} & set(listing.stdout.split())


def test_every_public_name_is_there() -> None:
    for name in provision.localorg.__all__:
        assert getattr(provision.localorg, name).__name__ == name
    with pytest.raises(AttributeError, match="'nothing'"):
        provision.localorg.nothing  # noqa: B018  # the error is what is tested


def _logged_in(http: requests.Session, org: RunningOrg) -> str:
    """An access token by the web server flow, through the login page."""
    authorize = f"{org.url}/services/oauth2/authorize"
    page = http.get(authorize, params={**PLATFORM_CLI, "response_type": "code"}, timeout=10)
    answer = http.post(
        page.url,
        data={"username": "admin@localorg.example", "step": "allow"},
        allow_redirects=False,
        timeout=10,
    )
    [code] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
    tokens = http.post(
        f"{org.url}/services/oauth2/token",
        data={**PLATFORM_CLI, "grant_type": "authorization_code", "code": code},
        timeout=10,
    ).json()
    return str(tokens["access_token"])
