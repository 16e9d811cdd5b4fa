"""Trust: shared by connections, and by no two CA files."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from provision.org import connections
from provision.org.http import http_session
from tests.orgs import OrgUnderTest, org_under_test


@pytest.fixture
def orgs(tmp_path: Path) -> Iterator[list[OrgUnderTest]]:
    """Two orgs, each with a certificate of its own making."""
    with ExitStack() as stack:
        yield [stack.enter_context(org_under_test(tmp_path / name)) for name in ("one", "other")]


def versions(http: requests.Session, org: OrgUnderTest) -> int:
    return http.get(f"{org.local.https_url}/services/data").status_code


def test_a_local_org_is_only_trusted_by_its_own_certificate(orgs) -> None:
    one, other = orgs
    assert versions(one.http, one) == versions(other.http, other) == requests.codes.ok
    with pytest.raises(requests.exceptions.SSLError):
        versions(one.http, other)


def test_without_a_file_the_usual_authorities_count(orgs, monkeypatch) -> None:
    with http_session() as http, pytest.raises(requests.exceptions.SSLError):
        versions(http, orgs[0])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(orgs[0].local.ca_file))
    with http_session() as http:
        assert versions(http, orgs[0]) == requests.codes.ok


def test_the_environment_is_read_once_for_each_host(orgs, monkeypatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(orgs[0].local.ca_file))
    asked = []
    ask = requests.sessions.get_environ_proxies
    monkeypatch.setattr(
        requests.sessions,
        "get_environ_proxies",
        lambda url, no_proxy: asked.append(url) or ask(url, no_proxy),
    )
    with http_session() as http:
        assert versions(http, orgs[0]) == versions(http, orgs[0]) == requests.codes.ok
    assert len(asked) == 1


def test_a_certificate_file_that_changed_is_read_again(orgs, tmp_path) -> None:
    one, other = orgs
    file = tmp_path / "ca.pem"
    shutil.copy2(one.local.ca_file, file)
    with http_session(20, file) as http:
        assert versions(http, one) == requests.codes.ok
    shutil.copy2(other.local.ca_file, file)
    with http_session(20, file) as http:
        assert versions(http, other) == requests.codes.ok


def test_a_file_is_read_once_for_many_connections(orgs, monkeypatch, tmp_path) -> None:
    file = tmp_path / "ca.pem"
    shutil.copy(orgs[0].local.ca_file, file)
    made = []
    create = connections.create_urllib3_context
    monkeypatch.setattr(
        connections, "create_urllib3_context", lambda: made.append(create()) or made[-1]
    )
    for _ in range(3):
        with http_session(20, file) as http:
            assert versions(http, orgs[0]) == requests.codes.ok
    assert len(made) == 1
