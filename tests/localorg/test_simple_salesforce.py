"""simple-salesforce unchanged: https only, its own WSDL, headers that stay in the session."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession
from simple_salesforce.login import SalesforceLogin

from provision.localorg import RunningOrg
from tests.localorg.caller import app_components, package, zipped
from tests.localorg.conftest import NOW, Call


class Here(HTTPAdapter):
    """Sends what is meant for Salesforce's login host to the local org."""

    def __init__(self, org: RunningOrg) -> None:
        self._org = org
        super().__init__()

    def send(self, request, *args, **options):
        request.url = request.url.replace("https://login.salesforce.com", self._org.https_url)
        return super().send(request, *args, **options)


@pytest.fixture
def sf(org: RunningOrg, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.ca_file))
    with requests.Session() as session:
        yield Salesforce(
            instance_url=org.https_url,
            session_id=org.session().access_token,
            version="66.0",
            session=session,
        )


def test_queries_and_records(sf: Salesforce) -> None:
    created = sf.PermissionSet.create({"Name": "Made", "Label": "Made"})

    assert sf.query("SELECT Label FROM PermissionSet WHERE Name = 'Made'")["totalSize"] == 1
    assert sf.PermissionSet.update(created["id"], {"Label": "Changed"}) == 204
    assert sf.PermissionSet.get(created["id"])["Label"] == "Changed"
    assert sf.PermissionSet.delete(created["id"]) == 204
    assert len(list(sf.query_all_iter("SELECT Id FROM User"))) == 3


def test_deploy_then_query_with_leftover_soap_headers(sf: Salesforce, tmp_path: Path) -> None:
    archive = tmp_path / "p.zip"
    archive.write_bytes(zipped(package(app_components(), 66)))

    started = sf.deploy(str(archive), sandbox=False)
    status = sf.checkDeployStatus(started["asyncId"])

    assert status["state"] == "Succeeded"
    assert status["deployment_detail"]["deployed_count"] == "3"
    assert sf.query("SELECT DeveloperName FROM ExternalClientApplication")["totalSize"] == 1


def test_its_metadata_types(sf: Salesforce) -> None:
    app = sf.mdapi.ExternalClientApplication(fullName="Acme", label="Acme")
    sf.mdapi.ExternalClientApplication.create(app)

    assert sf.mdapi.ExternalClientApplication.read("Acme").label == "Acme"
    sf.mdapi.ExternalClientApplication.delete("Acme")
    with pytest.raises(Exception, match="INVALID_CROSS_REFERENCE_KEY"):
        sf.mdapi.ExternalClientApplication.delete("Acme")


def test_an_expired_session(sf: Salesforce, org: RunningOrg) -> None:
    org.advance(3 * 3600)

    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM User")


@pytest.mark.parametrize(("password", "works"), [("localorg", True), ("wrong", False)])
def test_login_over_soap(
    org: RunningOrg, monkeypatch: pytest.MonkeyPatch, password: str, works: bool
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.ca_file))
    with requests.Session() as session:
        session.mount("https://login.salesforce.com", Here(org))

        def login() -> tuple[str, str]:
            token, instance = SalesforceLogin(
                username="admin@localorg.example",
                password=password,
                security_token="",
                session=session,
            )
            return token, instance

        if works:
            token, instance = login()
            assert token.startswith("00D")
            assert instance == org.https_url.removeprefix("https://")
        else:
            with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
                login()


def test_jwt_login(
    org: RunningOrg,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    certificate: str,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.ca_file))
    monkeypatch.setattr("simple_salesforce.login.datetime", _Frozen)
    call(org).deployed(
        app_components(
            settings={"consumerKey": "AcmeChosenKey1", "certificate": certificate},
            policy={
                "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
                "commaSeparatedProfile": "System Administrator",
            },
        )
    )
    with requests.Session() as session:
        session.mount("https://login.salesforce.com", Here(org))
        token, _ = SalesforceLogin(
            username="admin@localorg.example",
            consumer_key="AcmeChosenKey1",
            privatekey=key,
            session=session,
        )

    assert token.startswith("00D")


class _Frozen:
    """The fixed time of the tests, for the library's ``datetime.now``."""

    @staticmethod
    def now(tz=None):
        return datetime.fromtimestamp(NOW, tz or UTC)

    utcnow = now
