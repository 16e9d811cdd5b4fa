"""Every SOAP answer is valid against the real Metadata WSDL 63, read by zeep in strict mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import simple_salesforce
import zeep
from zeep.transports import Transport

from tests.localorg.caller import Caller, app_components, package, zipped

WSDL = Path(simple_salesforce.__file__).with_name("metadata.wsdl")
BINDING = "{http://soap.sforce.com/2006/04/metadata}MetadataBinding"


@pytest.fixture(scope="session")
def wsdl() -> Iterator[zeep.Client]:
    """The WSDL. It is parsed once, since it is 1.5 MB."""
    with requests.Session() as session:
        session.trust_env = False
        yield zeep.Client(str(WSDL), transport=Transport(session=session))


class Strict:
    """The Metadata API through zeep, for one session."""

    def __init__(self, client: zeep.Client, caller: Caller) -> None:
        address = f"{caller.org.url}/services/Soap/m/63.0"
        self._service = client.create_service(BINDING, address)
        header = client.get_element("{http://soap.sforce.com/2006/04/metadata}SessionHeader")
        self._headers = [header(sessionId=caller.token)]
        self.type = client.type_factory("http://soap.sforce.com/2006/04/metadata")

    def __call__(self, operation: str, *arguments: Any, **named: Any) -> Any:
        answer = getattr(self._service, operation)(*arguments, **named, _soapheaders=self._headers)
        # Operations that may answer with a header (deploys) come wrapped.
        return answer.body.result if hasattr(answer, "body") else answer


@pytest.fixture
def strict(wsdl: zeep.Client, admin: Caller) -> Strict:
    return Strict(wsdl, admin)


def deploy_options(strict: Strict, **changes: Any) -> Any:
    options = {
        "allowMissingFiles": False,
        "autoUpdatePackage": False,
        "checkOnly": False,
        "ignoreWarnings": False,
        "performRetrieve": False,
        "purgeOnDelete": False,
        "rollbackOnError": True,
        "singlePackage": True,
        "testLevel": "NoTestRun",
    }
    return strict.type.DeployOptions(**{**options, **changes})


def test_deploy_and_status(strict: Strict, admin: Caller) -> None:
    archive = zipped(package(app_components(policy={}, general={}), 63))

    job = strict("deploy", archive, deploy_options(strict))
    result = strict("checkDeployStatus", job.id, includeDetails=True)

    assert (job.state, result.status, result.numberComponentsDeployed) == ("Queued", "Succeeded", 5)
    assert {m.componentType for m in result.details.componentSuccesses if m.componentType} == {
        component.type.name for component in app_components(policy={}, general={})
    }
    assert len(result.createdBy) == 15


def test_failed_deploy(strict: Strict) -> None:
    bad = app_components(policy={"permittedUsersPolicyType": "AdminApproved"})

    job = strict("deploy", zipped(package(bad, 63)), deploy_options(strict))
    result = strict("checkDeployStatus", job.id, includeDetails=True)

    assert (result.status, result.success) == ("Failed", False)
    [failure] = result.details.componentFailures
    assert failure.problemType == "Error"
    assert failure.lineNumber > 1


def test_quick_deploy_and_cancel(strict: Strict, admin: Caller) -> None:
    archive = zipped(package(app_components(), 63))
    options = deploy_options(strict, checkOnly=True, testLevel="RunLocalTests")
    validation = strict("deploy", archive, options)
    assert strict("checkDeployStatus", validation.id, includeDetails=True).checkOnly
    assert admin.names("ExternalClientApplication") == []

    job = strict("deployRecentValidation", validation.id)

    assert strict("checkDeployStatus", job, includeDetails=True).status == "Succeeded"
    assert admin.names("ExternalClientApplication") == ["Acme"]
    with pytest.raises(zeep.exceptions.Fault, match="already completed"):
        strict("cancelDeploy", job)


def test_reading(strict: Strict, admin: Caller, certificate: str) -> None:
    settings = {
        "certificate": certificate,
        "idTokenConfig": {"idTokenValidityInMinutes": 5, "idTokenIncludeAttributes": True},
    }
    policy = {
        "customAttributes": ({"formula": "User.Id", "key": "a"},),
        "commaSeparatedProfile": "Standard User",
        "sessionTimeoutInMinutes": 15,
    }
    components = app_components(settings=settings, policy=policy, general={})
    admin.deployed(components, version=63)

    for component in components:
        name = component.type.name
        [listed] = strict("listMetadata", [strict.type.ListMetadataQuery(type=name)], 63.0)
        [record] = strict("readMetadata", name, [component.full_name])
        assert listed.fullName == record.fullName == component.full_name
        for field, value in component.fields.items():
            if field not in {"certificate", "customAttributes", "idTokenConfig"}:
                assert getattr(record, field) == value
    [missing] = strict("readMetadata", "ExternalClientApplication", ["Nobody"])
    assert missing.fullName is None
    assert strict("listMetadata", [strict.type.ListMetadataQuery(type="Settings")], 63.0)


def test_retrieve(strict: Strict, admin: Caller) -> None:
    admin.deployed(app_components())
    members = strict.type.PackageTypeMembers(
        members=["*", "Nobody"], name="ExternalClientApplication"
    )
    request = strict.type.RetrieveRequest(
        apiVersion=63.0,
        singlePackage=False,
        unpackaged=strict.type.Package(types=[members], version="63.0"),
    )

    job = strict("retrieve", request)
    result = strict("checkRetrieveStatus", job.id, True)

    assert (result.status, result.success) == ("Succeeded", True)
    assert [p.fileName for p in result.fileProperties] == [
        "unpackaged/externalClientApps/Acme.eca",
        "unpackaged/package.xml",
    ]
    assert [m.problem for m in result.messages] == [
        "Entity of type 'ExternalClientApplication' named 'Nobody' cannot be found"
    ]
    assert result.zipFile.startswith(b"PK")


def test_describing(strict: Strict) -> None:
    described = strict("describeMetadata", 63.0)
    fields = strict(
        "describeValueType",
        "{http://soap.sforce.com/2006/04/metadata}ExtlClntAppOauthConfigurablePolicies",
    )

    assert {
        (each.xmlName, each.directoryName, each.suffix) for each in described.metadataObjects
    } >= {("ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth")}
    names = {field.name for field in fields.valueTypeFields}
    assert {"isNamedUserJwtEnabled", "permittedUsersPolicyType", "customAttributes"} <= names


def test_create_update_upsert_delete(strict: Strict, admin: Caller) -> None:
    app = strict.type.ExternalClientApplication(fullName="Acme", label="Acme")
    oauth = strict.type.ExtlClntAppOauthSettings(
        fullName="Acme_oauth",
        externalClientApplication="Acme",
        commaSeparatedOauthScopes="Api",
    )
    orphan = strict.type.ExtlClntAppOauthSettings(fullName="X_oauth", externalClientApplication="X")

    created = strict("createMetadata", [app, oauth, orphan])
    again = strict("createMetadata", [app])
    updated = strict(
        "updateMetadata", [strict.type.ExternalClientApplication(fullName="Acme", label="New")]
    )
    absent = strict("updateMetadata", [strict.type.ExternalClientApplication(fullName="Nobody")])
    upserted = strict(
        "upsertMetadata",
        [app, strict.type.ExternalClientApplication(fullName="Other", label="Other")],
    )
    deleted = strict("deleteMetadata", "ExternalClientApplication", ["Other", "Nobody"])

    assert [result.success for result in created] == [True, True, False]
    assert created[2].errors[0].statusCode == "INVALID_CROSS_REFERENCE_KEY"
    assert created[2].errors[0].fields == ["externalClientApplication"]
    assert again[0].errors[0].statusCode == "DUPLICATE_DEVELOPER_NAME"
    assert updated[0].success
    assert absent[0].errors[0].statusCode == "INVALID_CROSS_REFERENCE_KEY"
    assert [result.created for result in upserted] == [False, True]
    assert [result.success for result in deleted] == [True, False]
    assert admin.names("ExtlClntAppOauthConfigurablePolicies") == ["Acme_oauth_defaultPolicy"]


def test_a_second_policy_over_soap(strict: Strict, admin: Caller) -> None:
    admin.deployed(app_components())
    policy = strict.type.ExtlClntAppOauthConfigurablePolicies(
        fullName="Acme_oauthPlcy", externalClientApplication="Acme"
    )

    [result] = strict("createMetadata", [policy])

    assert result.errors[0].statusCode == "DUPLICATE_VALUE"
    assert result.errors[0].message == (
        "ExtlClntAppOauthSettingsId duplicates value on Acme_oauth_defaultPolicy"
    )


def test_faults_are_faults(strict: Strict) -> None:
    with pytest.raises(zeep.exceptions.Fault) as raised:
        strict("readMetadata", "Foo", ["x"])

    assert raised.value.code == "sf:INVALID_TYPE"
    assert raised.value.message == "INVALID_TYPE: Unknown type:Foo"
