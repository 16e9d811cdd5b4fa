"""Which proof was made: what `apply` and `prove` say, in text and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provision.errors import ExitCode

CI = "ci@localorg.example"
LOCAL = ("--org", "local")
ROBOT = """\
app: Robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  client_credentials: {run_as: ci@localorg.example}
"""
HAND_OVER = ("--open-setting", "--part", "secret", "--to", "file:robot.secret")


@pytest.fixture
def robot(tmp_path) -> Path:
    path = tmp_path / "robot.yaml"
    path.write_text(ROBOT)
    return path


@pytest.fixture
def with_secret(run, robot, monkeypatch) -> Path:
    """The app is in the org, and its secret in the environment."""
    assert run("apply", str(robot), *LOCAL, "--yes", "--no-proof").code == ExitCode.OK
    assert run("credentials", "show", "Robot", *LOCAL, *HAND_OVER).code == ExitCode.OK
    monkeypatch.setenv("ROBOT_SECRET", Path("robot.secret").read_text())
    robot.write_text(ROBOT.replace("example}", 'example, secret: "${env:ROBOT_SECRET}"}'))
    return robot


def proof(out: str) -> dict:
    [result] = json.loads(out)["results"]
    return result["proof"]


def test_apply_says_that_it_only_probed_and_what_would_let_it_log_in(run, robot) -> None:
    ran = run("apply", str(robot), *LOCAL, "--yes")
    assert ran.code == ExitCode.OK
    assert (
        "probed, without a login (authorize probe): the org would ask a user to log in; no client"
        in ran.out
    )
    assert "proven" not in ran.out
    assert "credentials show Robot --open-setting --part secret --to file:PATH" in ran.err
    made = proof(run("apply", str(robot), *LOCAL, "--yes", "--format", "json").out)
    assert (made["kind"], made["shows"]) == ("authorize probe", "probe")
    assert made["username"] == ""
    assert "no client credentials login was made" in made["detail"]


@pytest.mark.parametrize("verb", [("apply", "--yes"), ("prove",)])
def test_a_login_with_the_secret_from_the_environment_is_named(run, with_secret, verb) -> None:
    ran = run(*verb, str(with_secret), *LOCAL)
    assert ran.code == ExitCode.OK
    assert f"proven by client credentials login as {CI}: token granted" in ran.out
    ran = run(*verb, str(with_secret), *LOCAL, "--format", "json")
    assert ran.code == ExitCode.OK
    assert proof(ran.out)["kind"] == "client credentials login"
    assert proof(ran.out)["username"] == CI


def test_a_wrong_secret_exits_7_in_text_and_in_json(run, with_secret, monkeypatch) -> None:
    monkeypatch.setenv("ROBOT_SECRET", "n0t-the-secret-of-the-app")
    ran = run("prove", str(with_secret), *LOCAL)
    assert ran.code == ExitCode.NOT_PROVEN
    assert "not proven by client credentials login: invalid_client" in ran.err
    assert "oauth.client_credentials.secret" in ran.err
    ran = run("prove", str(with_secret), *LOCAL, "--format", "json", "--output", "proof.json")
    assert ran.code == ExitCode.NOT_PROVEN
    document = json.loads(Path("proof.json").read_text())
    assert (document["verb"], document["exit_code"]) == ("prove", ExitCode.NOT_PROVEN)
    [result] = document["results"]
    assert result["status"] == "not proven"
    assert "oauth.client_credentials.secret" in result["error"]["next_step"]


def test_a_saved_plan_names_no_secret_and_says_why_there_was_no_login(run, with_secret) -> None:
    with_secret.write_text(f"{with_secret.read_text()}label: The robot\n")
    assert run("plan", str(with_secret), *LOCAL, "--out", "robot.plan").code == ExitCode.OK
    assert Path("robot.secret").read_text() not in Path("robot.plan").read_text()
    ran = run("apply", "robot.plan", *LOCAL, "--yes")
    assert ran.code == ExitCode.OK
    assert "authorize probe" in ran.out
    assert "no client credentials login was made" in ran.out


def test_an_app_with_two_flows_has_two_lines(run, spec, monkeypatch) -> None:
    text = spec.read_text()
    assert run("apply", str(spec), *LOCAL, "--yes").code == ExitCode.OK
    assert run("credentials", "show", "Robot", *LOCAL, *HAND_OVER).code == ExitCode.OK
    flow = (
        '  client_credentials: {run_as: admin@localorg.example, secret: "${file:robot.secret}"}\n'
    )
    spec.write_text(text.replace("policies:\n", f"{flow}policies:\n"))
    ran = run("apply", str(spec), *LOCAL, "--yes", "--allow", "weakening")
    assert ran.code == ExitCode.OK
    assert "proven by JWT login as admin@localorg.example" in ran.out
    assert "proven by client credentials login as admin@localorg.example" in ran.out
    ran = run("prove", str(spec), *LOCAL)
    lines = [line for line in ran.out.splitlines() if line.startswith("Robot: proven by ")]
    assert len(lines) == 2
