"""Login hosts: where external client apps cannot log in is refused, wherever it is written."""

from __future__ import annotations

import pytest

from provision.errors import CannotError
from provision.fleet.check import check_fleet
from provision.jobs.login_environment import LoginEnvironment
from provision.org.login.checks import (
    known_of,
    login_host_doubt,
    login_host_fault,
    token_host_fault,
)
from provision.refusals.refusal import Known
from provision.spec.variable import Variables

SHARED = (
    "https://login.salesforce.com",
    "https://LOGIN.salesforce.com:443",
    "https://login.salesforce.com.",
    "https://test.salesforce.com",
    "https://welcome.salesforce.com",
    "https://login.salesforce.mil",
)
INSTANCES = ("https://na139.salesforce.com", "https://cs45.salesforce.com")
PAGES = (
    "https://acme.lightning.force.com",
    "https://acme--uat.sandbox.lightning.force.com",
    "https://acme.my.salesforce-setup.com",
    "https://acme--c.vf.force.com",
    "https://acme--c.visualforce.com",
    "https://acme.file.force.com",
)
MY_DOMAINS = (
    "https://acme.my.salesforce.com",
    "https://ACME.my.salesforce.com",
    "https://acme--uat.sandbox.my.salesforce.com",
    "https://acme.develop.my.salesforce.com",
    "https://acme.scratch.my.salesforce.com",
    "https://acme.my.salesforce.mil",
    "https://acme.my.sfcrmproducts.cn",
)
LOCAL = ("https://localhost:8443", "http://acme.localhost:8080", "https://127.0.0.1:1")
DOUBTFUL = (
    "https://crm.example.com",
    "https://acme.my.site.com",
    "https://acme.my.salesforce.com.attacker.example",
)
REFUSED = (*SHARED, *INSTANCES, *PAGES)
FLEETS = {
    "jwt": "{jwt: {instance_url: %s, client_id: 3MVG9a, username: ci@example.com, "
    "private_key: ci.key}}",
    "client_credentials": "{client_credentials: {instance_url: %s, client_id: 3MVG9a, "
    'client_secret: "${env:S}"}}',
}
TOKEN = '{token: {instance_url: %s, access_token: "${env:T}"}}'


def problems(tmp_path, login: str) -> list[str]:
    fleet = tmp_path / "fleet.yaml"
    fleet.write_text(f"orgs: {{acme: {{login: {login}}}}}\n")
    return [str(problem) for problem in check_fleet(fleet, Variables({}, {})).problems]


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("login", FLEETS)
def test_a_fleet_is_refused_for_a_login_at_such_a_host(tmp_path, login, url) -> None:
    [problem] = problems(tmp_path, FLEETS[login] % url)
    assert f"orgs.acme.login.{login}.instance_url: " in problem
    assert "https://example.my.salesforce.com" in problem


@pytest.mark.parametrize("url", [*MY_DOMAINS, *LOCAL[:2], *DOUBTFUL])
@pytest.mark.parametrize("login", FLEETS)
def test_other_hosts_are_accepted(tmp_path, login, url) -> None:
    assert problems(tmp_path, FLEETS[login] % url) == []


@pytest.mark.parametrize("url", SHARED)
def test_a_token_for_a_shared_host_is_refused(tmp_path, url) -> None:
    [problem] = problems(tmp_path, TOKEN % url)
    assert "not the host of one org" in problem


@pytest.mark.parametrize("url", [*INSTANCES, *PAGES, *MY_DOMAINS, *DOUBTFUL])
def test_a_token_may_be_for_another_host_of_an_org(tmp_path, url) -> None:
    assert token_host_fault(url) == ""
    assert problems(tmp_path, TOKEN % url) == []


@pytest.mark.parametrize("url", REFUSED)
def test_such_a_host_in_the_environment_is_refused(url) -> None:
    environment = LoginEnvironment({"PROVISION_INSTANCE_URL": url, "SF_INSTANCE_URL": url})
    with pytest.raises(CannotError, match="PROVISION_INSTANCE_URL: ") as raised:
        environment.login_url("PROVISION_INSTANCE_URL", "a test wants it")
    assert "My Domain" in raised.value.next_step
    if url in SHARED:
        with pytest.raises(CannotError, match="SF_INSTANCE_URL: "):
            environment.token_url("SF_INSTANCE_URL", "a test wants it")
    else:
        assert environment.token_url("SF_INSTANCE_URL", "a test wants it")


def test_what_is_known_and_what_is_doubtful() -> None:
    for url in (*MY_DOMAINS, *LOCAL):
        assert known_of(url) == {Known.MY_DOMAIN}
        assert not login_host_doubt(url)
    for url in (*REFUSED, *DOUBTFUL):
        assert known_of(url) == frozenset()
    assert all(map(login_host_doubt, DOUBTFUL))
    assert not any(map(login_host_fault, DOUBTFUL))
