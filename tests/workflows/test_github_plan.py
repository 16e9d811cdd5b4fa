"""The workflow that plans a pull request, its steps run as they are."""

from __future__ import annotations

import pytest

from tests.workflows.conftest import GitHub, Site, pull_request

pytestmark = pytest.mark.slow

PLAN = "provision-plan.yml"


def test_a_pull_request_gets_one_comment_that_stays_up_to_date(github: GitHub, site: Site) -> None:
    jobs = github.call(PLAN, event=pull_request(), fleet="fleet.yaml")
    assert {name: job.result for name, job in jobs.items()} == {
        "prepare": "success",
        "plan": "success",
        "comment": "success",
    }, "".join(job.log for job in jobs.values())
    (comment,) = github.known["comments"]
    assert comment["number"] == 3
    assert "2 to be created" in comment["body"]
    assert (
        "For c0ffee, by [this run](https://github.example/acme/apps/actions/runs/17)"
        in (comment["body"])
    )
    site.spec("15 minutes", "30 minutes")
    github.call(PLAN, event=pull_request(), fleet="fleet.yaml")
    (again,) = github.known["comments"]
    assert again["id"] == comment["id"]
    assert "30 minutes" in again["body"]
    github.call(PLAN, event=pull_request(), fleet="fleet.yaml", name="another")
    assert len(github.known["comments"]) == 2


def test_secrets_are_in_no_log_report_or_command_line(github: GitHub, site: Site) -> None:
    jobs = github.call(PLAN, event=pull_request(), fleet="fleet.yaml")
    log = "".join(job.log for job in jobs.values())
    said = [line for line in log.splitlines() if not line.startswith("::add-mask::")]
    for token in site.tokens.values():
        assert f"::add-mask::{token}" in log
        assert token not in "".join(said)
        assert token not in (site.state / "python").read_text()
        assert not [file for file in site.base.rglob("*") if _has(file, token)]


def test_the_shards_of_a_fleet_are_one_report(github: GitHub) -> None:
    jobs = github.call(PLAN, event=pull_request(), fleet="fleet.yaml", shards=2)
    assert jobs["plan"].result == "success", jobs["plan"].log
    assert jobs["plan"].log.count("kept in") == 2
    (comment,) = github.known["comments"]
    assert "2 to be created" in comment["body"]


def test_a_fork_is_checked_offline_alone(github: GitHub, site: Site) -> None:
    jobs = github.call(PLAN, event=pull_request("stranger/apps"), secrets={}, fleet="fleet.yaml")
    assert [job.result for job in jobs.values()] == ["success", "skipped", "skipped"]
    assert "fleet.yaml: valid for 2 orgs" in jobs["prepare"].log
    assert not site.org.requests
    site.spec("[api, refresh_token]", "[apo]")
    jobs = github.call(PLAN, event=pull_request("stranger/apps"), secrets={}, fleet="fleet.yaml")
    assert jobs["prepare"].result == "failure"


def test_a_failing_login_fails_the_plan_and_is_in_the_comment(github: GitHub) -> None:
    secrets = {"PROVISION_VARIABLES": "ONE=wrong-1\nTWO=wrong-2"}
    jobs = github.call(PLAN, event=pull_request(), secrets=secrets, fleet="fleet.yaml")
    assert jobs["plan"].result == "failure"
    (comment,) = github.known["comments"]
    assert "2 not reached" in comment["body"]


def test_a_plan_that_never_began_says_so_in_the_comment(github: GitHub) -> None:
    options = {"fleet": "fleet.yaml", "args": "--concurrency\n0"}
    jobs = github.call(PLAN, event=pull_request(), **options)
    assert jobs["plan"].result == "failure"
    (comment,) = github.known["comments"]
    assert "provision plan: 1 cannot be done" in comment["body"]
    assert "it takes 1 or more" in comment["body"]


def test_what_is_no_variable_is_refused_and_not_repeated(github: GitHub) -> None:
    secrets = {"PROVISION_VARIABLES": "ONE=x\nhunter2 is the password"}
    jobs = github.call(PLAN, event=pull_request(), secrets=secrets, fleet="fleet.yaml")
    assert jobs["plan"].result == "failure"
    assert "a line of the variables is not NAME=VALUE" in jobs["plan"].log
    assert "hunter2" not in jobs["plan"].log


def test_names_that_would_not_do_are_refused(github: GitHub) -> None:
    for bad in ({"name": "a b"}, {"shards": 257}):
        jobs = github.call(PLAN, event=pull_request(), fleet="fleet.yaml", **bad)
        assert [job.result for job in jobs.values()] == ["failure", "skipped", "skipped"]


def test_provision_is_installed_from_where_the_workflow_is(github: GitHub, site: Site) -> None:
    github.call(PLAN, event=pull_request("stranger/apps"), secrets={}, fleet="fleet.yaml")
    made, installed = (site.state / "python").read_text().splitlines()
    assert made.startswith("-m venv /")
    root = installed.split()[-1]
    assert root.endswith("/workspace/.provision-action")
    assert f"-c {root}/requirements/constraints.txt" in installed


def _has(file, text: str) -> bool:
    return file.is_file() and text in file.read_text(errors="replace")
