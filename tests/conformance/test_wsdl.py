"""Every SOAP answer is what the real Metadata WSDL says: elements, their order, enums."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml.etree import DocumentInvalid
from zeep.exceptions import Fault

from provision.localorg import Quirks, RunningOrg
from tests.conformance.clients.strict_wsdl import StrictMetadata, strict_metadata
from tests.conformance.package import TYPES, package_zip

APP = "ExternalClientApplication"
VERSION = 63.0
NEW_APP = {
    "fullName": "From_WSDL",
    "label": "From WSDL",
    "contactEmail": "devops@example.com",
    "distributionState": "Local",
    "isProtected": False,
}


@pytest.fixture
def metadata(org: RunningOrg) -> Iterator[StrictMetadata]:
    """The Metadata API, held to the WSDL."""
    with strict_metadata(org.url, org.session().access_token) as strict:
        yield strict


@pytest.fixture
def zipped(project: Path) -> bytes:
    """The project's app as a package."""
    return package_zip(project)


def _deploy(metadata: StrictMetadata, zipped: bytes, **options: object) -> str:
    started = metadata("deploy", zipped, _options(metadata, **options))
    return str(started["id"])


def _options(metadata: StrictMetadata, **changes: object) -> object:
    values: dict[str, object] = dict.fromkeys(
        (
            "allowMissingFiles", "autoUpdatePackage", "checkOnly", "ignoreWarnings",
            "performRetrieve", "purgeOnDelete",
        ),
        False,
    )  # fmt: skip
    values |= {"rollbackOnError": True, "singlePackage": True, "testLevel": "NoTestRun", **changes}
    return metadata.new("DeployOptions", **values)


def test_deploy_and_status(metadata: StrictMetadata, zipped: bytes) -> None:
    job = _deploy(metadata, zipped)
    result = metadata("checkDeployStatus", job, includeDetails=True)
    assert result["status"] == "Succeeded"
    assert {message["componentType"] for message in result["details"]["componentSuccesses"]} == {
        *TYPES,
        None,
    }


def test_status_of_a_deploy_that_runs(
    metadata: StrictMetadata, zipped: bytes, org: RunningOrg
) -> None:
    org.set_quirks(Quirks(deploy_polls=2))
    job = _deploy(metadata, zipped)
    states = [
        metadata("checkDeployStatus", job, includeDetails=details)["status"]
        for details in (True, False, True)
    ]
    assert states[-1] == "Succeeded"
    assert set(states[:-1]) <= {"Pending", "InProgress"}


def test_status_of_a_failed_deploy(metadata: StrictMetadata, project: Path) -> None:
    [policy] = project.rglob("*.ecaOauthPlcy-meta.xml")
    policy.write_text(policy.read_text().replace(">Acme_CI<", ">Nobody<"))
    job = _deploy(metadata, package_zip(project))
    result = metadata("checkDeployStatus", job, includeDetails=True)
    assert result["status"] == "Failed"
    assert {message["problemType"] for message in result["details"]["componentFailures"]} == {
        "Error"
    }


def test_cancel_deploy(metadata: StrictMetadata, zipped: bytes, org: RunningOrg) -> None:
    org.set_quirks(Quirks(deploy_polls=100))
    job = _deploy(metadata, zipped)
    assert metadata("cancelDeploy", job)["id"] == job
    assert metadata("checkDeployStatus", job, includeDetails=True)["status"] in {
        "Canceling",
        "Canceled",
    }


def test_validate_then_quick_deploy(metadata: StrictMetadata, zipped: bytes) -> None:
    validation = _deploy(metadata, zipped, checkOnly=True, testLevel="RunLocalTests")
    assert metadata("checkDeployStatus", validation, includeDetails=True)["checkOnly"] is True
    quick = metadata("deployRecentValidation", validation)
    assert metadata("checkDeployStatus", quick, includeDetails=True)["status"] == "Succeeded"


@pytest.mark.parametrize("include_zip", [True, False])
def test_retrieve(metadata: StrictMetadata, zipped: bytes, include_zip: bool) -> None:
    _deploy(metadata, zipped)
    members = [
        metadata.new("PackageTypeMembers", name=name, members=["*", "Nobody"]) for name in TYPES
    ]
    request = metadata.new(
        "RetrieveRequest",
        apiVersion=VERSION,
        singlePackage=True,
        unpackaged=metadata.new("Package", types=members, version="63.0"),
    )
    started = metadata("retrieve", request)
    result = metadata("checkRetrieveStatus", started["id"], include_zip)
    assert result["status"] == "Succeeded"
    assert len(result["messages"]) == len(TYPES)
    assert bool(result["zipFile"]) is include_zip


def test_list(metadata: StrictMetadata, zipped: bytes) -> None:
    query = [metadata.new("ListMetadataQuery", type=APP)]
    assert not metadata("listMetadata", query, VERSION)
    _deploy(metadata, zipped)
    [listed] = metadata("listMetadata", query, VERSION)
    assert listed["fullName"] == "Acme_CI"


def test_describe(metadata: StrictMetadata) -> None:
    described = metadata("describeMetadata", VERSION)
    assert set(TYPES) <= {entry["xmlName"] for entry in described["metadataObjects"]}


@pytest.mark.parametrize("name", TYPES)
def test_describe_value_type(metadata: StrictMetadata, name: str) -> None:
    described = metadata("describeValueType", f"{{http://soap.sforce.com/2006/04/metadata}}{name}")
    assert described["valueTypeFields"]


@pytest.mark.parametrize("name", TYPES)
def test_read(metadata: StrictMetadata, zipped: bytes, name: str) -> None:
    _deploy(metadata, zipped)
    query = [metadata.new("ListMetadataQuery", type=name)]
    [listed] = metadata("listMetadata", query, VERSION)
    [read] = metadata("readMetadata", name, [listed["fullName"]])
    assert read["fullName"] == listed["fullName"]


def test_read_of_what_is_not_there(metadata: StrictMetadata) -> None:
    """The one answer of real orgs that their WSDL does not allow: a record that is nil."""
    with pytest.raises(DocumentInvalid, match="not 'nillable'"):
        metadata("readMetadata", APP, ["Nobody"])


def test_create_update_upsert_delete(metadata: StrictMetadata) -> None:
    app = metadata.new(APP, **NEW_APP)
    [created] = metadata("createMetadata", [app])
    assert created["success"] is True
    [updated] = metadata("updateMetadata", [app])
    assert updated["success"] is True
    [upserted] = metadata("upsertMetadata", [app])
    assert (upserted["success"], upserted["created"]) == (True, False)
    [deleted] = metadata("deleteMetadata", APP, ["From_WSDL"])
    assert deleted["success"] is True


def test_refusals_of_create_update_delete(metadata: StrictMetadata) -> None:
    """Status codes are an enum of 592 values."""
    orphan = metadata.new(
        "ExtlClntAppOauthSettings", fullName="Orphan", externalClientApplication="Nobody"
    )
    for answers in (
        metadata("createMetadata", [orphan]),
        metadata("updateMetadata", [metadata.new(APP, **NEW_APP)]),
        metadata("upsertMetadata", [orphan]),
        metadata("deleteMetadata", APP, ["Nobody"]),
    ):
        [refused] = answers
        assert refused["success"] is False
        assert refused["errors"][0]["statusCode"]


def test_expired_session_is_a_fault(metadata: StrictMetadata, org: RunningOrg) -> None:
    org.advance(timedelta(days=2).total_seconds())
    with pytest.raises(Fault) as fault:
        metadata("describeMetadata", VERSION)
    assert fault.value.code == "sf:INVALID_SESSION_ID"
