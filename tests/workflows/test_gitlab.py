"""The template for GitLab CI: its jobs run as they are, beside an API on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

import pytest

from provision.errors import ExitCode
from tests.workflows.conftest import HOME, Site
from tests.workflows.gitlab import Pipelines, Ran, Server, environment_of, serving

pytestmark = pytest.mark.slow

TOKEN = "glpat-of-the-project"
MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "3"}
PUSH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}
SCHEDULE = {"CI_PIPELINE_SOURCE": "schedule"}
Pipeline = Callable[..., dict[str, Ran]]


@pytest.fixture
def server() -> Iterator[Server]:
    """GitLab's API."""
    with serving(Server(TOKEN)) as started:
        yield started


@pytest.fixture
def pipeline(site: Site, server: Server) -> Pipeline:
    """Runs a pipeline of the fleet, with the variables of a project that is set up."""
    pipelines = Pipelines(
        HOME / "manifests" / "ci" / "gitlab-ci.yml",
        site.repository,
        site.base / "gitlab",
        site.environ,
    )

    def run(source: dict[str, str], then=None, **variables: str) -> dict[str, Ran]:
        set_up = {
            "PROVISION_REQUIREMENT": "provision @ git+https://git.example/OWNER/provision@v1",
            "PROVISION_FLEET": "fleet.yaml",
            "PROVISION_APPLY_ARGS": "--no-proof",
            "PROVISION_GITLAB_TOKEN": TOKEN,
            "REQUESTS_CA_BUNDLE": str(site.org.ca_file),
            **site.tokens,
        }
        return pipelines.run({**environment_of(server), **set_up, **source, **variables}, then=then)

    return run


def test_a_merge_request_gets_one_note_and_a_test_report(
    pipeline: Pipeline, server: Server, site: Site
) -> None:
    server.notes += [{"id": 0, "author": {"id": 1}, "body": "<!-- provision plan: provision -->"}]
    server.page = 1
    ran = pipeline(MERGE_REQUEST)
    assert {name: job.code for name, job in ran.items()} == {
        "provision:validate": 0,
        "provision:plan": 0,
    }, ran["provision:plan"].log
    assert "fleet.yaml: valid for 2 orgs" in ran["provision:validate"].log
    assert "2 to be created" in server.notes[1]["body"]
    cases = ET.parse(ran["provision:plan"].folder / "provision.xml").iter("testcase")
    assert [case.get("name") for case in cases] == ["Robot", "Robot"]
    site.spec("15 minutes", "30 minutes")
    pipeline(MERGE_REQUEST)
    assert len(server.notes) == 2
    assert "30 minutes" in server.notes[1]["body"]
    assert server.notes[0]["body"] == "<!-- provision plan: provision -->"  # somebody else's


def test_without_a_token_the_report_is_an_artifact_alone(
    pipeline: Pipeline, server: Server
) -> None:
    ran = pipeline(MERGE_REQUEST, PROVISION_GITLAB_TOKEN="")
    assert ran["provision:plan"].code == 0
    assert "2 to be created" in (ran["provision:plan"].folder / "provision.md").read_text()
    assert server.notes == []


def test_a_token_that_gitlab_refuses_fails_the_job(pipeline: Pipeline) -> None:
    ran = pipeline(MERGE_REQUEST, PROVISION_GITLAB_TOKEN="wrong-token")
    assert ran["provision:plan"].code == 1
    assert "/user: 401" in ran["provision:plan"].log
    assert "wrong-token" not in ran["provision:plan"].log


def test_a_merge_is_applied_and_drift_is_an_issue(
    pipeline: Pipeline, server: Server, site: Site
) -> None:
    ran = pipeline(SCHEDULE)
    assert ran["provision:drift"].code == 0, ran["provision:drift"].log
    assert [issue["state"] for issue in server.issues] == ["opened"]
    site.spec("15 minutes", "30 minutes")
    pipeline(SCHEDULE)
    (issue,) = server.issues
    assert "30 minutes" in issue["description"]
    ran = pipeline(PUSH)
    assert [job.code for job in ran.values()] == [0, 0], ran["provision:apply"].log
    assert "to be created" in ran["provision:review"].log  # what whoever approves reads
    assert list(ran["provision:apply"].folder.glob(".provision/runs/*/orgs/*/*/snapshot"))
    pipeline(SCHEDULE)
    assert (issue["state"], issue["note"].split(":")[0]) == ("closed", "No drift")


def test_a_failing_login_fails_the_drift_and_opens_no_issue(
    pipeline: Pipeline, server: Server
) -> None:
    ran = pipeline(SCHEDULE, ONE="wrong-1")
    assert ran["provision:drift"].code == ExitCode.UNREACHABLE
    assert server.issues == []


def test_one_spec_is_held_to_the_plan_that_was_reviewed(pipeline: Pipeline, site: Site) -> None:
    spec = {
        "PROVISION_FLEET": "",
        "PROVISION_SPECS": "robot.yaml",
        "SF_ACCESS_TOKEN": site.tokens["ONE"],
        "SF_INSTANCE_URL": site.org.https_url.replace("localhost", "org1.localhost"),
    }
    moving = {"provision:review": lambda: site.spec("15 minutes", "30 minutes")}
    ran = pipeline(PUSH, then=moving, **spec)
    assert ran["provision:review"].log.count("to create, ") == 1, "shown and approved are one plan"
    assert ran["provision:apply"].code == ExitCode.REFUSED
    env = site.base / "gitlab" / "provision-review" / "provision.env"
    losing = {"provision:review": lambda: env.write_text("")}
    ran = pipeline(PUSH, then=losing, **spec)
    assert ran["provision:apply"].code == ExitCode.REFUSED
    assert not [request for request in site.org.requests if request.write]
    ran = pipeline(PUSH, **spec)
    assert ran["provision:apply"].code == ExitCode.OK, ran["provision:apply"].log


def test_what_is_installed_must_be_named(pipeline: Pipeline) -> None:
    ran = pipeline(MERGE_REQUEST, PROVISION_REQUIREMENT="")
    assert ran["provision:validate"].code == 2
    assert "PROVISION_REQUIREMENT" in ran["provision:validate"].log
