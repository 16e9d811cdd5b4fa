"""Onboarding: from nothing to proven and into the fleet, and on from wherever a run ended."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.doctor.setting import Setting, write_settings
from provision.errors import ExitCode
from provision.fleet.load import load_fleet
from provision.keys.pair import new_pair
from provision.keys.request import new_request
from provision.org.org_settings import SECRETS_OVER_REST
from provision.spec.variable import Variables
from tests.cli.conftest import Ran, Run
from tests.conftest import FakeSf
from tests.orgs import OrgUnderTest, org_under_test, writes

SPEC = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer: {certificate: certs/robot.pem, private_key: private/robot.pem}
policies:
  permitted_users: admin_approved
  permission_sets: [{name: Robots, create: true, assign_to: ["admin@localorg.example${suffix}"]}]
  session_timeout: 15 minutes
"""


@dataclass(frozen=True)
class Place:
    """A folder with a spec, an org that `sf` knows as uat, and the program."""

    folder: Path
    org: OrgUnderTest
    run: Run

    def onboard(self, *more: str) -> Ran:
        return self.run("onboard", "uat", "--var", "suffix=", "--allow", "production", *more)


@pytest.fixture
def place(
    tmp_path: Path, run: Run, fake_sf: FakeSf, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    with org_under_test(tmp_path / "org") as org:
        session = org.local.session()
        shown = {"username": session.username, "instanceUrl": org.local.https_url}
        fake_sf(
            {
                "org display --target-org uat": {"status": 0, "result": shown},
                "org auth show-access-token --target-org uat": {
                    "status": 0,
                    "result": {"accessToken": session.access_token},
                },
            }
        )
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        (tmp_path / "robot.yaml").write_text(SPEC, encoding="utf-8")
        yield Place(tmp_path, org, run)


def test_an_org_from_nothing_to_proven_and_into_a_new_fleet(place: Place) -> None:
    ran = place.onboard("--spec", "robot.yaml", "--tag", "early", "--yes")
    assert ran.code == ExitCode.OK, ran.err
    steps = ["keys: made", "doctor: nothing found", "read back", "proven by JWT login", "fleet:"]
    places = [ran.out.index(step) for step in steps]
    assert places == sorted(places)
    assert (place.folder / "private/robot.pem").stat().st_mode & 0o777 == 0o600
    fleet = load_fleet(place.folder / "fleet.yaml")
    assert fleet.orgs["uat"].specs == (place.folder / "robot.yaml",)
    assert fleet.orgs["uat"].tags == ("early",)
    assert fleet.reach("uat", Variables()).variables.values == {"suffix": ""}
    assert place.run("diff", "fleet.yaml").code == ExitCode.OK


def test_a_second_run_finds_everything_and_writes_nothing(place: Place) -> None:
    assert place.onboard("--spec", "robot.yaml", "--yes").code == ExitCode.OK
    fleet, key = (place.folder / name for name in ("fleet.yaml", "private/robot.pem"))
    before = fleet.read_bytes(), key.read_bytes()
    with place.org.noting() as noted:
        again = place.onboard("--spec", "robot.yaml", "--yes")
    assert again.code == ExitCode.OK
    assert writes(noted) == []
    assert "proven by JWT login" in again.out
    assert (fleet.read_bytes(), key.read_bytes()) == before


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"operation": "rest:deployRequest", "kind": "component_failure"}, ExitCode.APPLY_FAILED),
        ({"operation": "token:*", "kind": "503", "times": 20}, ExitCode.NOT_PROVEN),
        (
            {"operation": "rest:create", "kind": "unable_to_lock_row", "after": 1},
            ExitCode.APPLY_FAILED,
        ),
    ],
    ids=["the deploy is refused", "the proof fails", "an assignment fails"],
)
def test_a_run_that_failed_is_gone_on_with(place: Place, fault, code: ExitCode) -> None:
    place.org.set_faults(fault)
    failed = place.onboard("--spec", "robot.yaml", "--yes", "--proof-wait", "0")
    assert failed.code == code, failed.err
    assert not (place.folder / "fleet.yaml").exists()
    key = (place.folder / "private/robot.pem").read_bytes()
    place.org.set_faults()
    again = place.onboard("--spec", "robot.yaml", "--yes")
    assert again.code == ExitCode.OK, again.err
    assert (place.folder / "private/robot.pem").read_bytes() == key
    assert place.run("diff", "fleet.yaml").code == ExitCode.OK


def test_a_run_that_was_killed_is_gone_on_with(place: Place) -> None:
    """It is killed while its deploy is under way: whether that took effect, nobody told it."""
    place.org.set_faults({"operation": "rest:deployRequest", "kind": "slow", "seconds": 2})
    arguments = ["onboard", "uat", "--spec", "robot.yaml", "--var", "suffix=", "--yes"]
    program = "import sys; from provision.cli.main import main; sys.argv[0] = 'provision'; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments, "--allow", "production"],
        cwd=place.folder,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as killed:
        assert killed.stderr is not None
        for line in killed.stderr:
            if line.startswith("deploying"):
                break
        killed.send_signal(signal.SIGKILL)
    assert not (place.folder / "fleet.yaml").exists()
    place.org.set_faults()
    again = place.onboard("--spec", "robot.yaml", "--yes")
    assert again.code == ExitCode.OK, again.err
    assert place.run("diff", "fleet.yaml").code == ExitCode.OK


def test_what_doctor_finds_ends_it_before_the_first_write(place: Place) -> None:
    text = SPEC.replace("admin@localorg.example", "nobody@localorg.example")
    (place.folder / "robot.yaml").write_text(text, encoding="utf-8")
    with place.org.noting() as noted:
        ran = place.onboard("--spec", "robot.yaml", "--yes")
    assert ran.code == ExitCode.FOUND
    assert "nobody@localorg.example" in ran.out
    assert writes(noted) == []
    assert not (place.folder / "fleet.yaml").exists()


def test_without_a_yes_nothing_is_written(place: Place) -> None:
    with place.org.noting() as noted:
        ran = place.onboard("--spec", "robot.yaml")
    assert ran.code == ExitCode.REFUSED
    assert writes(noted) == []


def test_a_gate_holds_it(place: Place) -> None:
    (place.folder / "rules.yaml").write_text("extends: [baseline]\nthresholds: {apps: 0}\n")
    with place.org.noting() as noted:
        ran = place.onboard("--spec", "robot.yaml", "--rules", "rules.yaml", "--yes")
    assert ran.code == ExitCode.REFUSED
    assert "--allow threshold" in ran.err
    assert writes(noted) == []


def test_a_fleet_that_is_there_gives_specs_and_variables(place: Place) -> None:
    (place.folder / "fleet.yaml").write_text(
        "# ours\n"
        "groups:\n"
        "  sandboxes: {specs: [robot.yaml], variables: {suffix: ''}}\n"
        "orgs:\n"
        "  other: {}  # another\n",
        encoding="utf-8",
    )
    ran = place.run("onboard", "uat", "--group", "sandboxes", "--yes", "--allow", "production")
    assert ran.code == ExitCode.OK, ran.err
    text = (place.folder / "fleet.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ours\ngroups:\n")
    assert text.endswith('  other: {}  # another\n  uat:\n    groups: ["sandboxes"]\n')


def test_an_org_without_a_spec_is_not_begun(place: Place) -> None:
    ran = place.run("onboard", "uat", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "--spec" in ran.err
    assert not (place.folder / "fleet.yaml").exists()


def test_an_entry_that_says_otherwise_is_not_changed(place: Place) -> None:
    assert place.onboard("--spec", "robot.yaml", "--yes").code == ExitCode.OK
    ran = place.onboard("--tag", "late", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "without tag late" in ran.err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--alias", "prod"), "without alias prod"),
        (("--var", "suffix=.other"), "without that value of suffix"),
    ],
)
def test_an_entry_that_goes_elsewhere_is_not_passed_over(place: Place, option, said) -> None:
    """Who names another org than the fleet does means that one."""
    (place.folder / "fleet.yaml").write_text(
        "orgs:\n  uat: {specs: [robot.yaml], variables: {suffix: ''}}\n", encoding="utf-8"
    )
    with place.org.noting() as noted:
        ran = place.run("onboard", "uat", "--yes", *option)
    assert ran.code == ExitCode.CANNOT
    assert said in ran.err
    assert noted == []


def test_two_specs_for_one_app_are_not_applied_one_over_the_other(place: Place) -> None:
    again = SPEC.replace("The robot", "The same robot").replace("robot.pem", "again.pem")
    (place.folder / "again.yaml").write_text(again, encoding="utf-8")
    with place.org.noting() as noted:
        ran = place.onboard("--spec", "robot.yaml", "--spec", "again.yaml", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "are both for Robot" in ran.err
    assert writes(noted) == []


@pytest.mark.parametrize("left", [(), ("certs/robot.pem",), ("private/robot.pem",)])
def test_a_run_that_was_killed_while_it_made_the_pair_is_gone_on_with(place: Place, left) -> None:
    """It leaves the key alone, an empty certificate beside it, or an empty key."""
    key, _ = new_pair("robot", place.folder / "private", subject="Robot", now=datetime.now(UTC))
    (place.folder / "private/robot.crt").unlink()
    made = key.rename(key.with_name("robot.pem")).read_bytes()
    for name in left:
        (place.folder / name).parent.mkdir(exist_ok=True)
        (place.folder / name).write_bytes(b"")
    ran = place.onboard("--spec", "robot.yaml", "--yes")
    assert ran.code == ExitCode.OK, ran.err
    is_kept = (place.folder / "private/robot.pem").read_bytes() == made
    assert is_kept is ("private/robot.pem" not in left)
    assert place.run("diff", "fleet.yaml").code == ExitCode.OK


def test_what_is_no_key_is_never_overwritten(place: Place) -> None:
    (place.folder / "private").mkdir()
    (place.folder / "private/robot.pem").write_text("a key", encoding="utf-8")
    ran = place.onboard("--spec", "robot.yaml", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "private/robot.pem" in ran.err
    assert (place.folder / "private/robot.pem").read_text(encoding="utf-8") == "a key"


def test_a_key_whose_certificate_a_ca_is_to_issue_gets_no_other(place: Place) -> None:
    key, request = new_request("robot", place.folder / "private", subject="Robot")
    key.rename(key.with_name("robot.pem"))
    ran = place.onboard("--spec", "robot.yaml", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "certs/robot.pem" in ran.err
    assert request.exists()


def test_a_fleet_file_that_cannot_be_written_is_told_before_the_first_write(place: Place) -> None:
    (place.folder / "fleets").write_text("no folder", encoding="utf-8")
    with place.org.noting() as noted:
        ran = place.onboard("--fleet", "fleets/fleet.yaml", "--spec", "robot.yaml", "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "cannot be written" in ran.err
    assert noted == []
    assert not (place.folder / "private").exists()


def test_a_fleet_file_that_fails_at_the_end_hides_nothing(place: Place, monkeypatch) -> None:
    def refuse(path: Path, content: bytes, mode: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("provision.fleet.edit.write_whole", refuse)
    ran = place.onboard("--spec", "robot.yaml", "--yes")
    assert ran.code == ExitCode.APPLY_FAILED
    assert "error: Robot is applied.\n" in ran.err
    assert "No space left on device" in ran.err
    assert "uat:" in ran.err  # what to write by hand


def test_a_setting_that_was_switched_is_said_whatever_comes_after_it(place: Place) -> None:
    """Doctor's fix is the first write: what it finds after that is no longer "nothing"."""
    write_settings(place.org.writable(), [Setting(SECRETS_OVER_REST, on=True)])
    spec = ("--spec", "robot.yaml", "--var", "suffix=.nowhere")
    ran = place.run("onboard", "uat", *spec, "--fix", "--yes")
    assert ran.code == ExitCode.APPLY_FAILED
    assert f"error: The settings of uat were switched: {SECRETS_OVER_REST} off.\n" in ran.err
    assert "doctor found errors" in ran.err
    lines = (place.folder / ".provision/writes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["intended", "made"]
    again = place.run("onboard", "uat", *spec, "--fix", "--yes")
    assert again.code == ExitCode.FOUND  # nothing was switched this time
