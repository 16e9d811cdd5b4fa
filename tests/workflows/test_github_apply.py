"""The workflow that applies what was merged, its steps run as they are."""

from __future__ import annotations

import re

import pytest
import yaml

from provision.localorg import RunningOrg
from tests.workflows.conftest import HOME, GitHub, Site, pull_request

pytestmark = pytest.mark.slow

APPLY = "provision-apply.yml"
FLEET = {"fleet": "fleet.yaml", "environment": "production", "args": "--no-proof"}
SPEC = {"specs": "robot.yaml", "environment": "production", "approve_checksum": True}


def test_a_merge_is_planned_approved_and_applied_in_every_org(github: GitHub) -> None:
    jobs = github.call(APPLY, **FLEET)
    assert [job.result for job in jobs.values()] == ["success"] * 5, jobs["apply"].log
    assert "2 to be created" in jobs["plan"].summary  # what whoever approves reads
    assert "2 applied" in jobs["apply"].summary
    kept = github.site.base / "github" / "artifacts" / "provision-apply-provision-0"
    assert len(list(kept.rglob("snapshot/package.xml"))) == 2  # for `provision rollback`

    jobs = github.call(APPLY, **FLEET)
    assert [job.result for job in jobs.values()] == [
        "success", "success", "success", "skipped", "skipped",
    ]  # fmt: skip  # nobody is asked to approve nothing


def test_shards_are_approved_as_one_and_applied_each(github: GitHub) -> None:
    jobs = github.call(APPLY, **FLEET, shards=2)
    assert jobs["review"].outputs["exit-code"] == "4"
    assert jobs["apply"].result == "success", jobs["apply"].log
    assert "2 applied" in jobs["report"].summary


def test_one_spec_is_held_to_the_plan_that_was_approved(github: GitHub) -> None:
    jobs = github.call(APPLY, **SPEC, secrets=session(github.site), args="--no-proof")
    assert [job.result for job in jobs.values()] == ["success"] * 5, jobs["apply"].log
    assert len(jobs["plan"].outputs["checksum"]) == 64


def test_a_plan_that_moved_after_the_approval_is_not_applied(github: GitHub) -> None:
    site = github.site
    moving = {"apply": lambda: site.spec("15 minutes", "30 minutes")}
    jobs = github.call(APPLY, **SPEC, secrets=session(site), before=moving)
    assert jobs["plan"].result == "success"
    assert jobs["apply"].result == "failure"
    assert "refused" in jobs["apply"].summary
    assert not writes(site.org)


def test_nor_is_one_whose_checksum_was_lost_on_the_way(github: GitHub) -> None:
    """GitHub leaves out an output with the value of a secret in it, as a short one may be."""
    site = github.site
    site.spec("15 minutes", "30 minutes")
    first = github.call(
        "provision-plan.yml",
        event=pull_request(),
        specs="robot.yaml",
        args="--checksum",
        secrets=session(site),
    )
    checksum = re.findall(r"\b[0-9a-f]{64}\b", first["plan"].log)[0]
    secrets = {"PROVISION_VARIABLES": f"{session(site)['PROVISION_VARIABLES']}PIN={checksum[:4]}"}
    jobs = github.call(APPLY, **SPEC, secrets=secrets)
    assert jobs["plan"].outputs["checksum"] == ""
    assert jobs["apply"].result == "failure"
    assert not writes(site.org)


def test_the_private_key_is_there_for_the_verb_alone(github: GitHub, keys) -> None:
    site = github.site
    site.spec("keys/app.crt}", "keys/app.crt, private_key: keys/app.key}")
    key = (keys / "app.key").read_text()
    secrets = session(site) | {"PROVISION_PRIVATE_KEY_PEM": key}
    jobs = github.call(APPLY, **SPEC, secrets=secrets, private_key_file="keys/app.key")
    assert jobs["apply"].result == "success", jobs["apply"].log
    assert "proven" in jobs["apply"].summary
    assert not list((site.base / "github").rglob("app.key"))
    assert key.splitlines()[1] not in "".join(job.log for job in jobs.values())


def test_a_fleet_logs_in_with_a_key_that_is_a_secret(github: GitHub, keys) -> None:
    site = github.site
    applied = github.call(APPLY, **SPEC, secrets=session(site), args="--no-proof")
    client_id = re.findall(r"Consumer key: <code>(\w+)</code>", applied["apply"].summary)[0]
    url = site.org.https_url.replace("localhost", "org1.localhost")
    (site.repository / "fleet.yaml").write_text(
        "orgs:\n"
        "  acme:\n"
        "    specs: [robot.yaml]\n"
        "    login:\n"
        "      jwt:\n"
        f"        instance_url: {url}\n"
        "        client_id: ${env:ACME_CLIENT_ID}\n"
        "        username: admin1@local.example\n"
        "        private_key: ${env:PROVISION_PRIVATE_KEY}\n"
    )
    secrets = {
        "PROVISION_VARIABLES": f"# of acme\nACME_CLIENT_ID={client_id}",
        "PROVISION_PRIVATE_KEY_PEM": (keys / "app.key").read_text(),
    }
    jobs = github.call("provision-drift.yml", fleet="fleet.yaml", secrets=secrets)
    assert jobs["diff"].result == "success", jobs["diff"].log
    assert "1 in sync" in jobs["diff"].summary


def test_a_plan_that_fails_asks_nobody_to_approve(github: GitHub) -> None:
    github.site.spec("[System Administrator]", "[No Such Profile]")
    jobs = github.call(APPLY, **FLEET)
    assert jobs["plan"].result == "failure"
    assert jobs["apply"].result == "skipped"
    assert not writes(github.site.org)


def test_two_applies_of_one_org_wait_for_each_other() -> None:
    jobs = yaml.safe_load((HOME / ".github/workflows" / APPLY).read_text())["jobs"]
    assert jobs["apply"]["environment"] == "${{ inputs.environment }}"
    assert jobs["apply"]["concurrency"] == {
        "group": "provision-apply-${{ inputs.name }}-${{ matrix.shard }}",
        "cancel-in-progress": False,
    }
    assert not any("concurrency" in job for name, job in jobs.items() if name != "apply")


def session(site: Site) -> dict[str, str]:
    """The session of one org, for specs."""
    url = site.org.https_url.replace("localhost", "org1.localhost")
    return {"PROVISION_VARIABLES": f"SF_ACCESS_TOKEN={site.tokens['ONE']}\nSF_INSTANCE_URL={url}\n"}


def writes(org: RunningOrg) -> list[str]:
    """What was written to the orgs."""
    return [request.operation for request in org.requests if request.write]
