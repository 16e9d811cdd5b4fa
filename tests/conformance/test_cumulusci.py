"""CumulusCI: what its tasks do with an app."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from provision.localorg import RunningOrg
from tests.conformance.clients.cumulusci import CumulusCI
from tests.conformance.org_view import OrgView
from tests.conformance.package import MANIFEST, TYPES, package_zip

APP = "ExternalClientApplication"


@pytest.fixture
def zipped(project: Path) -> str:
    """The project's app as a package."""
    return base64.b64encode(package_zip(project)).decode()


@pytest.fixture
def broken(project: Path) -> str:
    """The same, with a policy of an app that is not there."""
    [policy] = project.rglob("*.ecaOauthPlcy-meta.xml")
    policy.write_text(policy.read_text().replace(">Acme_CI<", ">Nobody<"))
    return base64.b64encode(package_zip(project)).decode()


def test_deploy_then_list_and_retrieve(cumulusci: CumulusCI, zipped: str, state: OrgView) -> None:
    assert cumulusci("deploy", zip=zipped).checked() == "Success"
    assert state.names(APP) == {"Acme_CI"}
    [listed] = cumulusci("list", type=APP).checked()
    assert listed["fullName"] == "Acme_CI"
    retrieved = cumulusci("retrieve", manifest=MANIFEST).checked()
    assert "<label>Acme CI</label>" in retrieved["externalClientApps/Acme_CI.eca"]
    assert len(retrieved) == len(TYPES) + 1


def test_check_only_deploy_writes_nothing(
    cumulusci: CumulusCI, zipped: str, state: OrgView
) -> None:
    assert cumulusci("deploy", zip=zipped, check_only=True).checked() == "Success"
    assert state.names(APP) == set()


def test_failing_deploy(cumulusci: CumulusCI, broken: str, state: OrgView) -> None:
    answer = cumulusci("deploy", zip=broken)
    assert answer.error == "MetadataParseError"
    assert "ExtlClntAppOauthConfigurablePolicies" in answer.message
    assert state.names(APP) == set()


def test_rest_deploy(cumulusci: CumulusCI, zipped: str, state: OrgView) -> None:
    assert cumulusci("rest_deploy", zip=zipped).checked()[-1] == "Deployment Succeeded"
    assert state.names(APP) == {"Acme_CI"}


def test_failing_rest_deploy(cumulusci: CumulusCI, broken: str) -> None:
    """CumulusCI asks for no roll-back over REST, so what could be deployed is."""
    said = cumulusci("rest_deploy", zip=broken).checked()
    assert "Deployment SucceededPartial" in said


def test_list_types(cumulusci: CumulusCI) -> None:
    assert set(TYPES) <= set(cumulusci("list_types").checked())


def test_expired_session(cumulusci: CumulusCI, org: RunningOrg) -> None:
    org.advance(timedelta(days=2).total_seconds())
    answer = cumulusci("list", type=APP)
    assert answer.error == "MetadataApiError"
    assert "INVALID_SESSION_ID" in answer.message
