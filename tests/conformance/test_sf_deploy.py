"""`sf project deploy`: what a pipeline does with an app, over SOAP and over REST."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.localorg import Quirks, RunningOrg
from tests.conformance.clients.sf import Sf
from tests.conformance.org_view import OrgView

APP = "ExternalClientApplication"
GLOBAL = "ExtlClntAppGlobalOauthSettings"
POLICY = "ExtlClntAppOauthConfigurablePolicies"
TYPES = {
    APP,
    GLOBAL,
    POLICY,
    "ExtlClntAppOauthSettings",
    "ExtlClntAppConfigurablePolicies",
}

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<Package xmlns="http://soap.sforce.com/2006/04/metadata">{types}<version>66.0</version></Package>
"""
THE_APP = f"<types><members>Acme_CI</members><name>{APP}</name></types>"


@pytest.fixture(params=["SOAP", "REST"])
def pipeline(admin_sf: Sf, request: pytest.FixtureRequest) -> Sf:
    """The CLI, told which of the two ways to deploy."""
    return admin_sf.where(SF_ORG_METADATA_REST_DEPLOY=str(request.param == "REST").lower())


def _broken(project: Path) -> Path:
    """Let the policy name an app that is not there."""
    [policy] = project.rglob("*.ecaOauthPlcy-meta.xml")
    policy.write_text(policy.read_text().replace(">Acme_CI<", ">Nobody<"))
    return policy


def _manifest(project: Path, name: str, types: str = "") -> Path:
    file = project / name
    file.write_text(MANIFEST.format(types=types))
    return file


def test_deploy_creates_the_app(pipeline: Sf, state: OrgView) -> None:
    result = pipeline("project", "deploy", "start").checked()
    assert result["status"] == "Succeeded"
    assert result["numberComponentsDeployed"] == len(TYPES)
    assert {file["type"]: file["state"] for file in result["files"]} == dict.fromkeys(
        TYPES, "Created"
    )
    assert state.names(APP) == {"Acme_CI"}
    assert state.fields(APP, "Acme_CI")["contactEmail"] == "devops@example.com"
    policy = state.fields(POLICY, "Acme_CI_oauthPlcy")
    assert policy["refreshTokenValidityPeriod"] == "90"
    assert policy["commaSeparatedProfile"] == "System Administrator"


def test_deploy_goes_the_way_it_was_told(pipeline: Sf, org: RunningOrg) -> None:
    pipeline("project", "deploy", "start").checked()
    [write] = [record for record in org.requests if record.write]
    over_rest = pipeline.environ["SF_ORG_METADATA_REST_DEPLOY"] == "true"
    assert write.path.endswith("/metadata/deployRequest") is over_rest


def test_deploy_again_says_that_nothing_changed(pipeline: Sf, state: OrgView) -> None:
    pipeline("project", "deploy", "start").checked()
    key = state.consumer_key("Acme_CI")
    result = pipeline("project", "deploy", "start").checked()
    assert {file["state"] for file in result["files"]} == {"Unchanged"}
    assert state.consumer_key("Acme_CI") == key


def test_deploy_changes_the_app(pipeline: Sf, project: Path, state: OrgView) -> None:
    pipeline("project", "deploy", "start").checked()
    [policy] = project.rglob("*.ecaOauthPlcy-meta.xml")
    policy.write_text(policy.read_text().replace(">15<", ">30<"))
    result = pipeline("project", "deploy", "start").checked()
    assert {file["fullName"] for file in result["files"] if file["state"] == "Changed"} == {
        "Acme_CI_oauthPlcy"
    }
    assert state.fields(POLICY, "Acme_CI_oauthPlcy")["sessionTimeoutInMinutes"] == "30"


def test_deploy_of_a_folder_in_metadata_format(pipeline: Sf, project: Path, state: OrgView) -> None:
    pipeline("project", "convert", "source", "--output-dir", "package").checked()
    result = pipeline("project", "deploy", "start", "--metadata-dir", "package").checked()
    assert result["status"] == "Succeeded"
    assert state.names(APP) == {"Acme_CI"}


def test_dry_run_writes_nothing(pipeline: Sf, state: OrgView) -> None:
    result = pipeline("project", "deploy", "start", "--dry-run").checked()
    assert result["status"] == "Succeeded"
    assert result["checkOnly"] is True
    assert state.names(APP) == set()


def test_failing_deploy_names_the_component_and_rolls_back(
    pipeline: Sf, project: Path, state: OrgView
) -> None:
    _broken(project)
    answer = pipeline("project", "deploy", "start")
    assert answer.exit_code == 1
    assert answer.result["status"] == "Failed"
    assert answer.result["numberComponentErrors"] >= 1
    failed = {file["fullName"] for file in answer.result["files"] if file["state"] == "Failed"}
    assert "Acme_CI_oauthPlcy" in failed
    assert state.names(APP) == set()


def test_ignored_errors_leave_the_rest_deployed(
    pipeline: Sf, project: Path, state: OrgView
) -> None:
    _broken(project)
    answer = pipeline("project", "deploy", "start", "--ignore-errors")
    assert answer.exit_code == 68
    assert answer.result["status"] == "SucceededPartial"
    assert state.names(APP) == {"Acme_CI"}


def test_validate_then_quick_deploy(pipeline: Sf, state: OrgView) -> None:
    validated = pipeline(
        "project", "deploy", "validate", "--source-dir", "force-app",
        "--test-level", "RunLocalTests",
    ).checked()  # fmt: skip
    assert validated["checkOnly"] is True
    assert state.names(APP) == set()
    quick = pipeline("project", "deploy", "quick", "--job-id", validated["id"]).checked()
    assert quick["status"] == "Succeeded"
    assert quick["id"] != validated["id"]
    assert state.names(APP) == {"Acme_CI"}


def test_cancel(pipeline: Sf, org: RunningOrg, state: OrgView) -> None:
    org.set_quirks(Quirks(deploy_polls=100))
    started = pipeline("project", "deploy", "start", "--async").checked()
    canceled = pipeline("project", "deploy", "cancel", "--job-id", started["id"]).checked()
    assert canceled["status"] == "Canceled"
    assert state.names(APP) == set()


def test_report_and_resume_of_a_deploy_left_running(
    pipeline: Sf, org: RunningOrg, state: OrgView
) -> None:
    org.set_quirks(Quirks(deploy_polls=2))
    started = pipeline("project", "deploy", "start", "--async").checked()
    report = pipeline("project", "deploy", "report", "--job-id", started["id"])
    assert report.result["status"] in {"Pending", "InProgress"}
    resumed = pipeline("project", "deploy", "resume", "--job-id", started["id"]).checked()
    assert resumed["status"] == "Succeeded"
    assert state.names(APP) == {"Acme_CI"}


def test_destructive_deploy_deletes_the_app_and_what_belongs_to_it(
    pipeline: Sf, project: Path, state: OrgView
) -> None:
    pipeline("project", "deploy", "start").checked()
    result = pipeline(
        "project", "deploy", "start", "--manifest", _manifest(project, "package.xml"),
        "--post-destructive-changes", _manifest(project, "destructive.xml", THE_APP),
    ).checked()  # fmt: skip
    assert {(file["fullName"], file["state"]) for file in result["files"]} == {
        ("Acme_CI", "Deleted")
    }
    assert all(state.names(metadata_type) == set() for metadata_type in TYPES)


def test_destructive_deploy_of_what_is_not_there_is_a_warning(pipeline: Sf, project: Path) -> None:
    result = pipeline(
        "project", "deploy", "start", "--manifest", _manifest(project, "package.xml"),
        "--post-destructive-changes", _manifest(project, "destructive.xml", THE_APP),
    ).checked()  # fmt: skip
    assert result["status"] == "Succeeded"
    [warning] = [
        message
        for message in _list(result["details"]["componentSuccesses"])
        if message.get("problemType") == "Warning"
    ]
    assert warning["problem"] == "No ExternalClientApplication named: Acme_CI found"


def test_delete_source_deletes_in_the_org_and_on_disk(
    admin_sf: Sf, project: Path, state: OrgView
) -> None:
    admin_sf("project", "deploy", "start").checked()
    admin_sf("project", "delete", "source", "-m", f"{APP}:Acme_CI", "--no-prompt").checked()
    assert state.names(APP) == set()
    assert not list(project.rglob("*.eca-meta.xml"))


def _list(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else [value]  # type: ignore[list-item]
