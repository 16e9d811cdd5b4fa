"""simple-salesforce: what Python programs do with an app."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceGeneralError

from provision.localorg import RunningOrg
from tests.conformance.app import ROBOT, App
from tests.conformance.clients.simple_salesforce import by_jwt, by_token
from tests.conformance.org_view import OrgView
from tests.conformance.package import TYPES, package_zip

APP = "ExternalClientApplication"


@pytest.fixture(autouse=True)
def _trusting(org: RunningOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.ca_file))


@pytest.fixture
def salesforce(org: RunningOrg) -> Iterator[Salesforce]:
    """A client with a session of the administrator."""
    with by_token(org, org.session().access_token) as client:
        yield client


@pytest.fixture
def zipped(project: Path) -> io.BytesIO:
    """The project's app as a package."""
    return io.BytesIO(package_zip(project))


def test_login_with_a_certificate(org: RunningOrg, app: App) -> None:
    with by_jwt(org, ROBOT, app.consumer_key, app.private_key) as client:
        [found] = client.query("SELECT Id FROM Organization")["records"]
        assert found["Id"] == org.org_id


def test_deploy_and_status(salesforce: Salesforce, zipped: io.BytesIO, state: OrgView) -> None:
    started = salesforce.deploy(zipped, sandbox=False)
    ended = salesforce.checkDeployStatus(started["asyncId"])
    assert ended["state"] == "Succeeded"
    assert ended["deployment_detail"]["deployed_count"] == str(len(TYPES))
    assert ended["deployment_detail"]["errors"] == []
    assert state.names(APP) == {"Acme_CI"}


def test_failing_deploy(salesforce: Salesforce, project: Path, state: OrgView) -> None:
    [policy] = project.rglob("*.ecaOauthPlcy-meta.xml")
    policy.write_text(policy.read_text().replace(">Acme_CI<", ">Nobody<"))
    started = salesforce.deploy(io.BytesIO(package_zip(project)), sandbox=False)
    ended = salesforce.checkDeployStatus(started["asyncId"])
    assert ended["state"] == "Failed"
    errors = {error["type"] for error in ended["deployment_detail"]["errors"]}
    assert "ExtlClntAppOauthConfigurablePolicies" in errors
    assert state.names(APP) == set()


def test_rest_still_works_after_a_deploy(salesforce: Salesforce, zipped: io.BytesIO) -> None:
    """From then on it sends the headers of SOAP with every call."""
    salesforce.deploy(zipped, sandbox=False)
    assert salesforce.query(f"SELECT DeveloperName FROM {APP}")["totalSize"] == 1


def test_query_of_more_than_one_page(salesforce: Salesforce, org: RunningOrg) -> None:
    names = {f"Set_{number}" for number in range(201)}
    records = [
        {"attributes": {"type": "PermissionSet"}, "Name": name, "Label": name} for name in names
    ]
    for some in (records[:200], records[200:]):
        created = salesforce.restful("composite/sobjects", method="POST", json={"records": some})
        assert all(result["success"] for result in created)
    salesforce.headers["Sforce-Query-Options"] = "batchSize=200"
    found = salesforce.query_all("SELECT Name FROM PermissionSet WHERE Name LIKE 'Set%'")
    assert {record["Name"] for record in found["records"]} == names
    pages = [record.operation for record in org.requests if "query" in record.operation]
    assert pages == ["rest:query", "rest:queryMore"]


def test_create_read_update_delete(salesforce: Salesforce, state: OrgView) -> None:
    created = salesforce.PermissionSet.create({"Name": "Robots", "Label": "Robots"})
    assert created["success"] is True
    assert salesforce.PermissionSet.get(created["id"])["Name"] == "Robots"
    assert salesforce.PermissionSet.update(created["id"], {"Label": "All robots"}) == 204
    labels = "SELECT Label FROM PermissionSet WHERE Name = 'Robots'"
    assert state.query(labels) == [{"Label": "All robots"}]
    assert salesforce.PermissionSet.delete(created["id"]) == 204
    assert state.query(labels) == []


def test_describe(salesforce: Salesforce) -> None:
    fields = {field["name"] for field in salesforce.PermissionSet.describe()["fields"]}
    assert {"Id", "Name", "Label"} <= fields
    assert "PermissionSet" in {one["name"] for one in salesforce.describe()["sobjects"]}


def test_metadata_read_and_upsert(salesforce: Salesforce, state: OrgView) -> None:
    metadata = salesforce.mdapi.ExternalClientApplication
    metadata.upsert(
        metadata(
            fullName="From_Python",
            label="From Python",
            contactEmail="devops@example.com",
            distributionState="Local",
        )
    )
    assert metadata.read("From_Python")["label"] == "From Python"
    assert state.names(APP) == {"From_Python"}
    metadata.delete(["From_Python"])
    assert state.names(APP) == set()


def test_retrieve(salesforce: Salesforce, zipped: io.BytesIO) -> None:
    salesforce.deploy(zipped, sandbox=False)
    started, _ = salesforce.mdapi.retrieve("x", unpackaged={APP: ["*"]}, single_package=True)
    status, _, _, content = salesforce.mdapi.retrieve_zip(started)
    assert status == "Succeeded"
    assert content[:2] == b"PK"


def test_expired_session(salesforce: Salesforce, org: RunningOrg) -> None:
    org.advance(timedelta(days=2).total_seconds())
    with pytest.raises(SalesforceExpiredSession):
        salesforce.query("SELECT Id FROM Organization")


def test_expired_session_over_soap(
    salesforce: Salesforce, zipped: io.BytesIO, org: RunningOrg
) -> None:
    org.advance(timedelta(days=2).total_seconds())
    with pytest.raises(SalesforceGeneralError, match="sf:INVALID_SESSION_ID"):
        salesforce.deploy(zipped, sandbox=False)
