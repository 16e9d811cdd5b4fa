"""The workflow that looks for drift by night, its steps run as they are."""

from __future__ import annotations

import pytest

from tests.workflows.conftest import GitHub, Site

pytestmark = pytest.mark.slow

DRIFT = "provision-drift.yml"
APPLY = "provision-apply.yml"


def test_one_issue_is_opened_kept_up_to_date_and_closed(github: GitHub, site: Site) -> None:
    jobs = github.call(DRIFT, fleet="fleet.yaml")
    assert jobs["issue"].result == "success", jobs["issue"].log
    (opened,) = github.known["issues"]
    assert opened["title"] == "Drift: provision"
    assert "2 missing in the org" in opened["body"]

    site.spec("15 minutes", "30 minutes")
    github.call(DRIFT, fleet="fleet.yaml")
    (updated,) = github.known["issues"]
    assert updated["state"] == "open"
    assert "30 minutes" in updated["body"]

    github.call(APPLY, fleet="fleet.yaml", environment="production", args="--no-proof")
    github.call(DRIFT, fleet="fleet.yaml")
    (closed,) = github.known["issues"]
    assert (closed["state"], closed["state_reason"]) == ("closed", "completed")
    assert [comment["body"].split(":")[0] for comment in github.known["comments"]] == ["No drift"]

    site.spec("30 minutes", "15 minutes")
    github.call(DRIFT, fleet="fleet.yaml")
    assert [issue["state"] for issue in github.known["issues"]] == ["closed", "open"]


def test_a_failing_login_fails_the_job_and_opens_no_issue(github: GitHub) -> None:
    secrets = {"PROVISION_VARIABLES": "ONE=wrong-1\nTWO=wrong-2"}
    jobs = github.call(DRIFT, fleet="fleet.yaml", secrets=secrets)
    assert (jobs["diff"].result, jobs["issue"].result) == ("failure", "skipped")
    assert github.known["calls"] == []
