"""`provision rotate certificate`, against the embedded local org."""

import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.keys.pair import new_pair

SPEC = """\
# The robot's app.
app: Robot
label: The robot   # what people see
contact_email: ops@example.com

oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
  jwt_bearer:
    certificate:   ./keys/app.crt   # rotated each year
    private_key: "keys/app.key"
policies:
  permitted_users: admin_approved
  profiles: [System Administrator]
"""


@pytest.fixture
def applied(run, keys, tmp_path) -> Path:
    path = tmp_path / "robot.yaml"
    path.write_bytes(SPEC.replace("\n", "\r\n").encode())
    assert run("apply", str(path), "--org", "local", "--yes").code == ExitCode.OK
    return path


def rotated(run, path: Path, *more: str):
    return run("rotate", "certificate", str(path), "--org", "local", *more)


def test_a_rotation_end_to_end(run, applied) -> None:
    ran = rotated(run, applied, "--yes", "--days", "90")
    assert ran.code == ExitCode.OK, ran.err
    day = f"{datetime.now(UTC):%Y%m%d}"
    assert "oauth.jwt_bearer" in ran.out
    assert "an app has one certificate: logins with the old key fail" in ran.out
    assert "These have tokens of Robot now: admin@localorg.example." in ran.out
    assert "proven by JWT login as admin@localorg.example" in ran.out
    assert "robot.yaml names the new pair" in ran.out
    key = Path(f"keys/app-{day}.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert Path("keys/app.key").exists()
    written = applied.read_bytes().decode().replace("\r\n", "\n")
    assert written == SPEC.replace("app.crt", f"app-{day}.crt").replace("app.key", key.name)
    assert run("diff", str(applied), "--org", "local").code == ExitCode.OK
    assert run("prove", str(applied), "--org", "local").code == ExitCode.OK


def test_a_second_one_on_the_same_day_has_a_number(run, applied) -> None:
    rotated(run, applied, "--yes")
    assert rotated(run, applied, "--yes").code == ExitCode.OK
    day = f"{datetime.now(UTC):%Y%m%d}"
    assert f"keys/app-{day}-2.key" in applied.read_text()
    assert len(list(Path("keys").iterdir())) == 6


def test_a_rotation_is_a_run_that_can_be_rolled_back(run, applied) -> None:
    before = applied.read_bytes()
    [said] = re.findall(r"run (\S+): the app", rotated(run, applied, "--yes").err)
    ran = run("rollback", said, "--org", "local", "--yes")
    assert ran.code == ExitCode.OK, ran.err
    applied.write_bytes(before)
    assert run("prove", str(applied), "--org", "local").code == ExitCode.OK


def test_without_a_terminal_nothing_is_asked_and_nothing_remains(run, applied) -> None:
    before = applied.read_bytes()
    ran = rotated(run, applied)
    assert ran.code == ExitCode.REFUSED
    assert "an app has one certificate" in ran.out
    assert "--yes" in ran.err
    assert sorted(path.name for path in Path("keys").iterdir()) == ["app.crt", "app.key"]
    assert applied.read_bytes() == before
    assert run("prove", str(applied), "--org", "local").code == ExitCode.OK


def test_paths_with_variables_are_left_for_a_person(run, applied) -> None:
    text = applied.read_text().replace("./keys/", "${where}/")
    applied.write_text(text)
    ran = run("rotate", "certificate", str(applied), "--org", "local", "--yes",
              "--var", "where=keys")  # fmt: skip
    assert ran.code == ExitCode.OK
    assert applied.read_text() == text
    assert re.search(r"^  certificate: keys/app-\d{8}\.crt$", ran.out, re.MULTILINE)
    assert re.search(r"^  private_key: keys/app-\d{8}\.key$", ran.out, re.MULTILINE)


def test_a_gate_that_holds_leaves_nothing(run, applied, tmp_path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("extends: [baseline]\nthresholds: {fields: 0}\n")
    ran = rotated(run, applied, "--yes", "--rules", str(rules))
    assert ran.code == ExitCode.REFUSED, ran.err
    assert "threshold" in ran.err
    assert sorted(path.name for path in Path("keys").iterdir()) == ["app.crt", "app.key"]


@pytest.mark.parametrize("gone", ["certificate", "private_key"])
def test_a_spec_without_its_pair_is_refused(run, applied, gone) -> None:
    text = applied.read_text()
    lines = [line for line in text.splitlines() if f"{gone}:" not in line]
    if gone == "certificate":
        lines = [line for line in lines if "jwt_bearer" not in line and "private_key" not in line]
    applied.write_text("\n".join(lines))
    ran = rotated(run, applied, "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "robot.yaml:" in ran.err
    assert "keys new" in ran.err


def test_more_than_the_certificate_is_an_apply(run, applied) -> None:
    applied.write_text(applied.read_text().replace("The robot ", "Another "))
    ran = rotated(run, applied, "--yes")
    assert ran.code == ExitCode.CANNOT
    assert "label" in ran.err
    assert "provision apply" in ran.err


def test_an_old_key_that_does_not_log_in_is_an_org_that_refuses(run, applied) -> None:
    text = applied.read_text().replace("admin_approved", "self_authorized")
    applied.write_text(text.replace("  profiles: [System Administrator]\n", ""))
    run("apply", str(applied), "--org", "local", "--yes", "--no-proof", "--allow", "weakening")
    ran = rotated(run, applied, "--yes")
    assert ran.code == ExitCode.UNREACHABLE, ran.err
    assert "the old key does not log in" in ran.err


def test_an_expired_certificate_is_rotated_too(run, applied) -> None:
    past = datetime.now(UTC) - timedelta(days=40)
    new_pair("old", Path("keys"), subject="old", days=30, now=past)
    applied.write_text(applied.read_text().replace("app.crt", "old.crt").replace("app.key",
                       "old.key"))  # fmt: skip
    run("apply", str(applied), "--org", "local", "--yes")
    assert rotated(run, applied, "--yes").code == ExitCode.OK
