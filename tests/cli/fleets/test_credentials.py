"""`credentials stage` and `credentials rotate` over a fleet."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from provision.cli import live
from provision.errors import ExitCode
from provision.org.clock import SystemClock
from provision.org.credentials import CredentialsClosed, CredentialsReader
from provision.org.http import http_session
from provision.org.login.flows import TokenLogin
from provision.org.org import WritableOrg
from tests.fleets import FleetUnderTest, touched, written

pytestmark = pytest.mark.slow

TO = ("--to", "file:{org}.json")
OVER = ("--fleet", "fleet.yaml", "--open-setting")
STAGE = ("credentials", "stage", "Robot", *OVER)
ROTATE = ("credentials", "rotate", "Robot", *OVER)


@pytest.fixture
def apps(run, fleet) -> FleetUnderTest:
    """The fleet, with the app Robot in every org."""
    assert run("apply", "fleet.yaml", "--yes", "--no-proof").code == ExitCode.OK
    return fleet


def secret(org: str) -> str:
    return str(json.loads(Path(f"{org}.json").read_text())["consumer_secret"])


def is_open(fleet: FleetUnderTest, org: str) -> bool:
    token = fleet.local.session(f"admin@{org}.example").access_token
    with http_session(20) as http:
        session = TokenLogin(fleet.url(org), token, "a test").open(http)
        at = WritableOrg(org, session, http, 68, clock=SystemClock(), deploy_wait=60)
        try:
            CredentialsReader(at).consumer("Robot")
        except CredentialsClosed:
            return False
    return True


def codes(fleet) -> dict[str, int]:
    return {row["org"]: row["exit_code"] for row in fleet.rows()}


def test_each_org_hands_its_own_pair_to_its_own_sink(run, apps) -> None:
    ran = run(*STAGE, *TO)
    assert ran.code == ExitCode.OK, ran.err
    assert len({secret(org) for org in apps.names}) == 4
    assert "org2: new consumer key and secret handed to the file org2.json; staged until" in ran.out
    assert "4 of 4 orgs done." in ran.out
    assert not any(is_open(apps, org) for org in apps.names)

    ran = run(*ROTATE, "--yes")
    assert ran.code == ExitCode.OK, ran.err
    for org in apps.names:
        key = json.loads(Path(f"{org}.json").read_text())["consumer_key"]
        assert f"{org}: rotated; consumer key: {key}; old consumer key: " in ran.out
    assert not any(is_open(apps, org) for org in apps.names)


def test_secrets_are_in_the_sinks_and_nowhere_else(run, apps) -> None:
    ran = run(*STAGE, *TO)
    done = run(*ROTATE, "--yes")
    secrets = [secret(org) for org in apps.names]
    said = ran.out + ran.err + done.out + done.err
    assert not any(each in said for each in secrets)
    kept = [path.read_text() for path in Path(".provision").rglob("*") if path.is_file()]
    assert kept
    assert not any(each in text for each in secrets for text in kept)


@pytest.mark.parametrize("to", ["file:one.json", "keyring:robot", "cmd:cat"])
def test_one_sink_for_several_orgs_is_refused(run, apps, to) -> None:
    with apps.noting() as noted:
        ran = run(*STAGE, "--to", to)
    assert ran.code == ExitCode.CANNOT
    assert "Write {org} where the name of the org belongs" in ran.err
    assert noted == []


def test_one_sink_for_one_org_is_not(run, apps) -> None:
    assert run(*STAGE, "--to", "file:one.json", "--org", "org3").code == ExitCode.OK
    assert set(json.loads(Path("one.json").read_text())) == {"consumer_key", "consumer_secret"}


def test_every_sink_is_checked_before_anything_is_staged(run, apps) -> None:
    Path("org4.json").write_text("mine")
    with apps.noting() as noted:
        ran = run(*STAGE, *TO)
    assert ran.code == ExitCode.CANNOT
    assert "org4.json" in ran.err
    assert "--force" in ran.err
    assert noted == []
    assert run(*STAGE, *TO, "--force").code == ExitCode.OK


def test_a_name_that_is_no_word_is_in_no_command(run, fleet) -> None:
    fleet.names = ("it's",)
    fleet.monkeypatch.setenv("TOKEN_it's", "x")
    fleet.write(["robot.yaml"])
    ran = run(*STAGE, "--to", "cmd:vault kv put secret/{org} pair=-")
    assert ran.code == ExitCode.CANNOT
    assert "characters that a command could take for its own" in ran.err


def test_one_org_that_fails_is_a_row(run, apps) -> None:
    apps.refuse("org2")
    ran = run(*STAGE, *TO)
    assert ran.code == ExitCode.UNREACHABLE
    assert codes(apps) == {"org1": 0, "org2": ExitCode.UNREACHABLE, "org3": 0, "org4": 0}
    assert "org2: error: " in ran.out
    assert "3 of 4 orgs done." in ran.out
    assert not Path("org2.json").exists()

    apps.admit("org2")
    with apps.noting() as noted:
        ran = run(*STAGE, *TO, "--resume", apps.run)
    assert ran.code == ExitCode.OK
    assert touched(noted) == {"org2"}
    assert "4 of 4 orgs done." in ran.out


def test_a_sink_that_fails_takes_its_pair_back(run, apps) -> None:
    refuses = "import sys; sys.exit(sys.argv[1] == 'org3')"
    ran = run(*STAGE, "--to", f'cmd:{sys.executable} -c "{refuses}" {{org}}')
    assert ran.code == ExitCode.APPLY_FAILED
    assert codes(apps)["org3"] == ExitCode.APPLY_FAILED
    assert (
        "org3: error: org3's setting enableClientSecretInRestApiAccess was opened. It is" in ran.out
    )
    assert "was staged, handed to nobody, and removed again.\nthe command " in ran.out
    ran = run(*ROTATE, "--yes")
    assert codes(apps) == {"org1": 0, "org2": 0, "org3": ExitCode.APPLY_FAILED, "org4": 0}
    assert "its staging slot is empty" in ran.out


def test_orgs_whose_names_are_hidden_are_counted_all_the_same(run, apps, monkeypatch) -> None:
    """A value from outside may be the name of an org; what fails must not look done."""
    logins = {}
    for org in apps.names:
        monkeypatch.setenv(f"NAME_{org}", org)
        url = apps.url(org).replace(org, f"${{env:NAME_{org}}}")
        login = {"instance_url": url, "access_token": f"${{env:TOKEN_{org}}}"}
        logins[org] = {"login": {"token": login}}
    apps.write(["robot.yaml"], logins)
    ran = run(*ROTATE, "--yes")
    assert ran.code == ExitCode.APPLY_FAILED
    assert ran.out.count("was opened. It is closed again.\nRobot has no new pair to rotate in") == 4
    assert "0 of 4 orgs done." in ran.out


def test_variables_of_specs_are_not_read(run, apps) -> None:
    """A machine that rotates has no use for what only an apply needs."""
    apps.write(["robot.yaml"], defaults={"variables": {"x": "${env:NOT_HERE}"}})
    run(*STAGE, *TO)
    assert codes(apps) == dict.fromkeys(apps.names, ExitCode.OK)


def test_nobody_is_asked_about_no_org(run, apps) -> None:
    run(*STAGE, *TO)
    assert run(*ROTATE, "--yes").code == ExitCode.OK
    ran = run(*ROTATE, "--resume", apps.run)
    assert ran.code == ExitCode.OK, ran.err


def test_rotating_asks_once(run, apps, monkeypatch) -> None:
    run(*STAGE, *TO)
    with apps.noting() as noted:
        ran = run(*ROTATE)
    assert ran.code == ExitCode.REFUSED
    assert noted == []
    asked: list[str] = []
    monkeypatch.setattr(live, "confirm", asked.append)
    assert run(*ROTATE, "--org", "!org4").code == ExitCode.OK
    assert asked == ["Put the staged key and secret of Robot in use in 3 orgs?"]


def test_waves_and_stops_are_heeded(run, apps) -> None:
    run(*STAGE, *TO, "--org", "!org1")
    with apps.noting() as noted:
        ran = run(*ROTATE, "--yes", "--waves", "1")
    assert ran.code == ExitCode.APPLY_FAILED
    assert written(noted) == {"org1"}  # whose setting was opened, and closed
    assert "1 of 1 org of wave 1 failed" in ran.err
    with apps.noting() as noted:
        run(*ROTATE, "--yes", "--concurrency", "1", "--stop-after", "1")
    assert touched(noted) == {"org1"}


def test_another_app_does_not_go_on_with_a_run(run, apps) -> None:
    run(*STAGE, *TO)
    ran = run("credentials", "stage", "Other", *OVER, *TO, "--force", "--resume", apps.run)
    assert ran.code == ExitCode.CANNOT
    assert "stage-Robot, not stage-Other" in ran.err


def test_the_app_of_the_session_itself_is_refused(run, apps) -> None:
    row = next(row for row in apps.rows() if row["org"] == "org2")
    login = {
        "instance_url": apps.url("org2"),
        "client_id": row["body"]["entries"][0]["applied"]["consumer_key"],
        "username": "admin@org2.example",
        "private_key": "keys/app.key",
    }
    apps.write(["robot.yaml"], {"org2": {"login": {"jwt": login}}})
    with apps.noting() as noted:
        ran = run(*STAGE, *TO)
    assert ran.code == ExitCode.REFUSED
    assert codes(apps) == {"org1": 0, "org2": ExitCode.REFUSED, "org3": 0, "org4": 0}
    assert written(noted) == {"org1", "org3", "org4"}
    assert "org2: error: this session came from Robot itself" in ran.out


def test_no_interruption_leaves_a_setting_open(start, apps, gate) -> None:
    apps.set_faults({"operation": "connect:credentials", "kind": "slow", "times": 1})
    started = start(*STAGE, *TO, "--concurrency", "1")
    gate.await_one()
    assert is_open(apps, "org1")
    started.signal(signal.SIGINT)
    assert "again to leave them" not in started.await_line("interrupted: waiting")
    started.signal(signal.SIGINT)
    gate.opened.set()
    code, out, _ = started.end()
    assert code == ExitCode.CANNOT
    assert codes(apps) == {"org1": ExitCode.OK}
    assert "1 of 4 orgs done." in out
    assert not is_open(apps, "org1")


@pytest.mark.parametrize("option", [("--show",), ("--to", "nowhere:{org}"), ()])
def test_a_fleet_has_sinks_alone(run, fleet, option) -> None:
    with fleet.noting() as noted:
        ran = run(*STAGE, *option)
    assert ran.code == ExitCode.CANNOT
    assert "next: " in ran.err
    assert noted == []


def test_without_a_fleet_there_are_no_waves(run, spec) -> None:
    ran = run("credentials", "rotate", "Robot", "--org", "local", "--waves", "1")
    assert ran.code == ExitCode.CANNOT
    assert "--waves: there is no fleet here" in ran.err
