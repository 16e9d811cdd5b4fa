"""Jobs travel: what a worker is given is plain values, and it finds the rest where it is."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.fleet.merge import merge
from provision.jobs.apply import Apply
from provision.jobs.context import OrgContext, open_context
from provision.jobs.credentials import Rotate, Stage
from provision.jobs.doctor import Doctor
from provision.jobs.job import Job
from provision.jobs.lint import Lint
from provision.jobs.options import CredentialOptions, KeepOptions, SpecOptions
from provision.jobs.plan import Diff, Plan
from provision.jobs.prove import Prove
from provision.jobs.rollback import Rollback
from provision.jobs.run import run_job
from provision.jobs.target import FleetTarget, OrgTarget
from provision.jobs.unit import org_row
from provision.report.findings import Findings
from provision.report.joined import joined
from provision.runs.rows import read_record
from tests.fleets import fleet_under_test

FLEET = FleetTarget(Path("fleet.yaml"))
APP = CredentialOptions("Robot", "file:{org}.json")
SPEC = """\
app: Robot
contact_email: ops@example.com
oauth: {callback_urls: ["https://robot.example/callback"], scopes: [api]}
"""


@pytest.mark.parametrize(
    "job",
    [
        Apply(target=FLEET),
        Diff(target=FLEET),
        Doctor(target=FLEET),
        Lint(target=FLEET),
        Plan(target=FLEET),
        Prove(target=FLEET),
        Rollback(target=FLEET, kept=Path("run")),
        Rotate(target=FLEET, options=APP),
        Stage(target=FLEET, options=APP),
    ],
    ids=lambda job: job.name,
)
def test_a_job_arrives_as_it_was_sent(job: Job) -> None:
    assert pickle.loads(pickle.dumps(job)) == job


def test_a_plan_is_of_the_same_command_as_its_apply() -> None:
    job = Apply(target=FLEET, specs=SpecOptions(("suffix=.uat",)), keep=KeepOptions(Path("runs")))
    planning = job.planning()
    assert (planning.command, planning.specs, planning.keep) == (job.command, job.specs, job.keep)


def test_a_plan_that_was_kept_is_applied_without_another_reading(tmp_path, monkeypatch) -> None:
    """Within one process. A worker that has no plan reads the org, and compares."""
    monkeypatch.chdir(tmp_path)
    Path("robot.yaml").write_text(SPEC)
    path = tmp_path / "fleet.yaml"
    with fleet_under_test(tmp_path, 1, path, monkeypatch):
        job = Apply(target=FleetTarget(path), proves=False, keep=KeepOptions(tmp_path / "run"))
        with open_context(job, os.environ):
            planned = org_row(job.planning(), "org1")
            assert planned.exit_code is ExitCode.FOUND, planned.summary
            here = org_row(job, "org1", frozenset())
            assert here.exit_code is ExitCode.REFUSED, here.summary  # nobody saw that plan
            assert here.calls == 0


def test_a_worker_plans_again_though_it_planned_the_org_before(tmp_path, monkeypatch) -> None:
    """Another worker may have applied the plan, and have died before it said so."""
    monkeypatch.chdir(tmp_path)
    Path("robot.yaml").write_text(SPEC)
    path = tmp_path / "fleet.yaml"
    with fleet_under_test(tmp_path, 1, path, monkeypatch):
        job = Apply(target=FleetTarget(path), proves=False, keep=KeepOptions(tmp_path / "run"))
        planned = org_row(job.planning(), "org1")
        assert planned.exit_code is ExitCode.FOUND, planned.summary
        work = pickle.dumps(partial(org_row, job, "org1", frozenset()))
        elsewhere = pickle.loads(work)()
        assert elsewhere.exit_code is ExitCode.REFUSED
        assert elsewhere.calls > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Job):
    """A verb that nobody knows: nothing of it is registered anywhere."""

    verb: ClassVar = "count"
    only_checks: ClassVar = True

    def run(self, context: OrgContext) -> Findings:
        """A note about each app."""
        return Findings(
            self.verb,
            tuple(
                Finding(Severity.NOTE, "counted", "one", app=spec.app, org=context.org.name)
                for spec in context.specs
            ),
            tuple(spec.app for spec in context.specs),
            ExitCode.OK,
        )


def test_a_new_verb_goes_over_a_fleet(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("robot.yaml").write_text(SPEC)
    path = tmp_path / "fleet.yaml"
    with fleet_under_test(tmp_path, 2, path, monkeypatch):
        ran = run_job(Counted(target=FleetTarget(path)), os.environ)
        assert isinstance(ran.result, Findings)
        assert [each.org for each in ran.result.findings] == ["org1", "org2"]
        [record] = Path().glob(".provision/runs/*/rows.jsonl")
        assert joined(merge([read_record(record)])) == ran.result  # as `report merge` reads it


def test_one_org_has_one_target() -> None:
    assert OrgTarget("local", (Path("a.yaml"),)) != FLEET
