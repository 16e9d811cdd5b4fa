"""jsforce: what Node.js programs do with an app."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from provision.localorg import RunningOrg
from tests.conformance.clients.jsforce import Jsforce
from tests.conformance.org_view import OrgView
from tests.conformance.package import TYPES, package_zip

APP = "ExternalClientApplication"
NEW_APP = {
    "fullName": "From_Node",
    "label": "From Node",
    "contactEmail": "devops@example.com",
    "distributionState": "Local",
}


@pytest.fixture
def zipped(project: Path) -> str:
    """The project's app as a package."""
    return base64.b64encode(package_zip(project)).decode()


def test_list_of_an_empty_org(jsforce: Jsforce) -> None:
    assert jsforce("list", APP).checked() == []


def test_describe_knows_every_type(jsforce: Jsforce) -> None:
    described = jsforce("describe").checked()["metadataObjects"]
    assert set(TYPES) <= {entry["xmlName"] for entry in described}


def test_deploy_then_list_and_read(jsforce: Jsforce, zipped: str, state: OrgView) -> None:
    deployed = jsforce("deploy", zipped, {"singlePackage": True}).checked()
    assert deployed["success"] is True
    assert deployed["status"] == "Succeeded"
    assert deployed["numberComponentsDeployed"] == len(TYPES)
    [listed] = jsforce("list", APP).checked()
    assert listed["fullName"] == "Acme_CI"
    [read] = jsforce("read", APP, ["Acme_CI"]).checked()
    assert read["label"] == "Acme CI"
    assert state.names(APP) == {"Acme_CI"}


def test_read_of_what_is_not_there(jsforce: Jsforce) -> None:
    [missing] = jsforce("read", APP, ["Nobody"]).checked()
    assert not missing.get("fullName")


def test_upsert_creates_then_changes(jsforce: Jsforce, state: OrgView) -> None:
    [created] = jsforce("upsert", APP, [NEW_APP]).checked()
    assert (created["success"], created["created"]) == (True, True)
    [changed] = jsforce("upsert", APP, [{**NEW_APP, "label": "Renamed"}]).checked()
    assert (changed["success"], changed["created"]) == (True, False)
    assert state.fields(APP, "From_Node")["label"] == "Renamed"


def test_create_update_delete(jsforce: Jsforce, state: OrgView) -> None:
    [created] = jsforce("create", APP, [NEW_APP]).checked()
    assert created["success"] is True
    [again] = jsforce("create", APP, [NEW_APP]).checked()
    assert again["success"] is False
    assert state.names(APP) == {"From_Node"}
    [updated] = jsforce("update", APP, [{**NEW_APP, "description": "New"}]).checked()
    assert updated["success"] is True
    assert state.fields(APP, "From_Node")["description"] == "New"
    [deleted] = jsforce("delete", APP, ["From_Node"]).checked()
    assert deleted["success"] is True
    assert state.names(APP) == set()


def test_retrieve(jsforce: Jsforce, zipped: str) -> None:
    jsforce("deploy", zipped, {"singlePackage": True}).checked()
    retrieved = jsforce(
        "retrieve",
        {
            "apiVersion": "66.0",
            "singlePackage": True,
            "unpackaged": {"types": [{"name": APP, "members": ["*"]}], "version": "66.0"},
        },
    ).checked()
    assert retrieved["success"] is True
    with ZipFile(io.BytesIO(base64.b64decode(retrieved["zipFile"]))) as archive:
        assert "externalClientApps/Acme_CI.eca" in archive.namelist()


def test_expired_session(jsforce: Jsforce, org: RunningOrg) -> None:
    org.advance(timedelta(days=2).total_seconds())
    assert jsforce("list", APP).error == "sf:INVALID_SESSION_ID"


def test_unknown_type(jsforce: Jsforce) -> None:
    assert jsforce("list", "Nonsense").error == "sf:INVALID_TYPE"
