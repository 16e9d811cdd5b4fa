"""`sf project retrieve`: what comes back, and what is said of what is not there."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView

POLICY = "ExtlClntAppOauthConfigurablePolicies"


@pytest.fixture
def deployed(admin_sf: Sf) -> Sf:
    """The CLI, after it deployed the project's app."""
    admin_sf("project", "deploy", "start").checked()
    return admin_sf


def _texts(file: Path) -> dict[str, str]:
    root = ET.parse(file).getroot()
    return {element.tag.partition("}")[2]: element.text or "" for element in root}


def test_retrieve_brings_back_what_was_deployed(deployed: Sf, project: Path) -> None:
    [file] = project.rglob("*.ecaOauthPlcy-meta.xml")
    written = _texts(file)
    file.unlink()
    result = deployed("project", "retrieve", "start", "-m", f"{POLICY}:Acme_CI_oauthPlcy").checked()
    assert result["status"] == "Succeeded"
    assert [entry["fullName"] for entry in result["files"]] == ["Acme_CI_oauthPlcy"]
    assert written.items() <= _texts(file).items()


def test_retrieve_of_all_of_a_type(deployed: Sf, project: Path, state: OrgView) -> None:
    result = deployed(
        "project", "retrieve", "start", "-m", "ExtlClntAppGlobalOauthSettings"
    ).checked()  # fmt: skip
    assert {entry["fullName"] for entry in result["files"]} == {"Acme_CI_glbloauth"}
    [file] = project.rglob("*.ecaGlblOauth-meta.xml")
    fields = _texts(file)
    assert fields["consumerKey"] == state.consumer_key("Acme_CI")
    assert "consumerSecret" not in fields


def test_retrieve_as_a_package(deployed: Sf, project: Path) -> None:
    deployed(
        "project", "retrieve", "start", "-m", "ExternalClientApplication",
        "--target-metadata-dir", "out",
    ).checked()  # fmt: skip
    with ZipFile(project / "out" / "unpackaged.zip") as archive:
        assert "unpackaged/externalClientApps/Acme_CI.eca" in archive.namelist()
        assert "unpackaged/package.xml" in archive.namelist()


def test_retrieve_of_what_is_not_there_fails_for_that_file_alone(admin_sf: Sf) -> None:
    result = admin_sf(
        "project", "retrieve", "start", "-m", "ExternalClientApplication:Nobody"
    ).checked()  # fmt: skip
    assert result["status"] == "Succeeded"
    [file] = result["files"]
    assert (file["fullName"], file["state"]) == ("Nobody", "Failed")


def test_manifest_from_the_org(deployed: Sf, project: Path) -> None:
    deployed(
        "project", "generate", "manifest", "--from-org", "admin@localorg.example",
        "--metadata", "ExternalClientApplication", "--name", "found",
    ).checked()  # fmt: skip
    assert "<members>Acme_CI</members>" in (project / "found.xml").read_text()
