"""What was kept before saved plans had one form with reports: runs, records, and old saved plans.

``runs_of_before/run`` is the run of an apply that made the label "Robot two" of "Robot", and the
session timeout 30 minutes of 15, as the version of 2026-12-01 kept it; the key and the org's id are
not those of any org.
"""

import json
import shutil
from pathlib import Path

import pytest

from provision.apply.plan_file import read_saved
from provision.apply.rollback import check_restored, check_run_org, prepare_rollback, read_run
from provision.errors import CannotError
from provision.plan.last_applied import last_applied_of
from provision.runs.run_directory import find_run
from tests.apply.kept import Keeping

BEFORE = Path(__file__).parent / "runs_of_before"
RUN = "20261201T122502Z-Robot"


@pytest.fixture
def kept(work, tmp_path, monkeypatch) -> Keeping:
    """The old run in a folder of runs, as if it had been made in the org of this test."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(BEFORE / "run", tmp_path / "runs" / RUN)
    record = tmp_path / "runs" / RUN / "record.json"
    content = json.loads(record.read_text())
    content["org"]["id"] = work.org.readable().facts.org_id or org_id(work)
    record.write_text(json.dumps(content))
    return Keeping(work, tmp_path / "runs")


def org_id(work) -> str:
    [row] = work.org.readable().rest.query("SELECT Id FROM Organization")
    return row["Id"][:15]


def test_an_old_run_is_rolled_back(kept, work) -> None:
    kept.apply(work.prepare((BEFORE / "robot.yaml").read_text()))
    run = read_run(find_run(kept.base, RUN))
    org = work.org.readable()
    check_run_org(run, org)
    prepared = prepare_rollback(run, org.find_app("Robot"), org, work.today)
    assert {change.key for change in prepared.plan.changes} == {"label", "policies.session_timeout"}
    check_restored(kept.apply(prepared, "rollback"))
    before = (BEFORE / "robot.yaml").read_text()
    before = before.replace("Robot two", "Robot").replace("30 minutes", "15 minutes")
    assert work.plan(before).is_empty


def test_an_old_saved_plan_says_to_plan_again() -> None:
    with pytest.raises(CannotError, match="a saved plan of version 1") as raised:
        read_saved(BEFORE / "run" / "plan.json")
    assert raised.value.next_step.startswith("Plan again: `provision plan SPEC --out FILE`.")


def test_an_old_last_applied_record_is_read() -> None:
    record = last_applied_of((BEFORE / "last-applied-1.json").read_text(), "Robot.json")
    assert record.app == "Robot"
    assert len(record.salt) == 16
    assert record.fields["ExternalClientApplication.label"]
