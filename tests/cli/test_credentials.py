"""`provision credentials`, against a local org that is reached as a real one is."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import sys
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.org.credentials import CredentialsClosed, CredentialsReader
from provision.org.credentials_setting import OpenedSetting
from tests.orgs import org_under_test, writes


@pytest.fixture
def org(run, spec, tmp_path_factory, monkeypatch):
    """An org that has the app Robot, and a session of it in the environment."""
    with org_under_test(tmp_path_factory.mktemp("org")) as org:
        monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
        monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
        assert run("apply", str(spec), "--yes", "--no-proof").code == ExitCode.OK
        yield org


def is_open(org) -> bool:
    try:
        CredentialsReader(org.readable()).consumer("Robot")
    except CredentialsClosed:
        return False
    return True


def sunk(name: str) -> dict[str, str]:
    return json.loads(Path(name).read_text())


def test_show_writes_nothing_and_says_what_it_needs(run, org) -> None:
    with org.noting() as noted:
        ran = run("credentials", "show", "Robot", "--to", "file:out.json")
    assert ran.code == ExitCode.CANNOT
    assert "--open-setting" in ran.err
    assert writes(noted) == []
    assert not Path("out.json").exists()


def test_show_with_the_setting_opened_for_it(run, org) -> None:
    ran = run("credentials", "show", "Robot", "--to", "file:out.json", "--open-setting")
    assert ran.code == ExitCode.OK
    assert set(sunk("out.json")) == {"consumer_key", "consumer_secret"}
    assert stat.S_IMODE(Path("out.json").stat().st_mode) == 0o600
    assert "handed to the file out.json" in ran.err
    assert ran.out == ""
    assert sunk("out.json")["consumer_secret"] not in ran.err
    assert not is_open(org)


def test_a_sink_that_is_in_the_way_stops_before_the_org_is_asked(run, org) -> None:
    Path("out.json").write_text("mine")
    for verb in ("show", "stage"):
        with org.noting() as noted:
            ran = run("credentials", verb, "Robot", "--to", "file:out.json", "--open-setting")
        assert ran.code == ExitCode.CANNOT
        assert "--force" in ran.err
        assert noted == []
    assert Path("out.json").read_text() == "mine"


@pytest.mark.parametrize("options", [(), ("--to", "file:x", "--show"), ("--to", "nowhere:x")])
def test_one_sink_is_named(run, options) -> None:
    ran = run("credentials", "show", "Robot", "--org", "local", *options)
    assert ran.code == ExitCode.CANNOT
    assert "next: " in ran.err


def test_one_part_and_an_environment_file(run, org) -> None:
    common = ("credentials", "show", "Robot", "--open-setting")
    run(*common, "--to", "file:key", "--part", "key")
    run(*common, "--to", "env-file:.env")
    run(*common, "--to", "env-file:.env", "--part", "secret", "--prefix", "SF_")
    lines = dict(line.split("=", 1) for line in Path(".env").read_text().splitlines())
    assert list(lines) == [
        "ROBOT_CONSUMER_KEY",
        "ROBOT_CONSUMER_SECRET",
        "SF_CONSUMER_SECRET",
    ]
    assert lines["ROBOT_CONSUMER_SECRET"] == lines["SF_CONSUMER_SECRET"]
    assert Path("key").read_text() == lines["ROBOT_CONSUMER_KEY"]


def test_printed_only_when_asked_for_twice_without_a_terminal(run, org) -> None:
    common = ("credentials", "show", "Robot", "--open-setting", "--show")
    refused = run(*common)
    assert refused.code == ExitCode.CANNOT
    assert refused.out == ""
    assert set(json.loads(run(*common, "--force").out)) == {"consumer_key", "consumer_secret"}


def test_stage_rotate_revoke(run, org) -> None:
    common = ("--open-setting", "--yes")
    staged = run("credentials", "stage", "Robot", "--to", "file:new.json", "--open-setting")
    assert staged.code == ExitCode.OK
    assert "provision credentials rotate Robot" in staged.err
    again = run("credentials", "show", "Robot", "--staged", "--to", "file:2", "--open-setting")
    assert again.code == ExitCode.OK
    assert sunk("2") == sunk("new.json")

    rotated = run("credentials", "rotate", "Robot", *common)
    assert rotated.code == ExitCode.OK
    assert f"consumer key: {sunk('new.json')['consumer_key']}\n" in rotated.out
    assert "works until 20" in rotated.out
    [old] = re.findall(r"old consumer key: (\S+),", rotated.out)

    revoked = run("credentials", "revoke", "Robot", *common)
    assert revoked.code == ExitCode.OK
    assert f"revoked consumer key: {old}" in revoked.out
    for ran in (staged, again, rotated, revoked):
        assert sunk("new.json")["consumer_secret"] not in ran.out + ran.err
    assert not is_open(org)


def test_an_unused_pair_is_thrown_away(run, org) -> None:
    common = ("credentials", "revoke", "Robot", "--open-setting", "--yes")
    run("credentials", "stage", "Robot", "--to", "file:new.json", "--open-setting")
    refused = run(*common)
    assert refused.code == ExitCode.APPLY_FAILED  # the setting was written
    assert "was opened. It is closed again.\nthe staging slot of Robot holds a new" in refused.err
    assert "the unused new pair" in run(*common, "--staged").out
    empty = run("credentials", "show", "Robot", "--staged", "--show", "--force", "--open-setting")
    assert empty.code == ExitCode.APPLY_FAILED
    assert "is empty" in empty.err


@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_without_a_terminal_nothing_is_asked_and_nothing_written(run, org, verb) -> None:
    with org.noting() as noted:
        ran = run("credentials", verb, "Robot", "--open-setting")
    assert ran.code == ExitCode.REFUSED
    assert "--yes" in ran.err
    assert writes(noted) == []


def test_a_sink_that_fails_leaves_the_org_as_before(run, org) -> None:
    false = f"cmd:{sys.executable} -c 'raise SystemExit(3)'"
    ran = run("credentials", "stage", "Robot", "--to", false, "--open-setting")
    assert ran.code == ExitCode.APPLY_FAILED
    assert "was opened. It is closed again.\nA new pair of Robot was staged, handed to" in ran.err
    assert "failed with exit code 3" in ran.err
    assert not is_open(org)
    again = run("credentials", "rotate", "Robot", "--yes", "--open-setting")
    assert "its staging slot is empty" in again.err


def test_never_for_the_app_that_the_session_came_from(run, org, tmp_path, monkeypatch) -> None:
    run("credentials", "show", "Robot", "--to", "file:key", "--part", "key", "--open-setting")
    monkeypatch.delenv("SF_ACCESS_TOKEN")
    monkeypatch.setenv("PROVISION_INSTANCE_URL", org.local.https_url)
    monkeypatch.setenv("PROVISION_CLIENT_ID", Path("key").read_text())
    monkeypatch.setenv("PROVISION_PRIVATE_KEY", str(tmp_path / "keys" / "app.key"))
    monkeypatch.setenv("PROVISION_USERNAME", "admin@localorg.example")
    for verb in (("stage", "--to", "file:new"), ("rotate", "--yes"), ("revoke", "--yes")):
        with org.noting() as noted:
            ran = run("credentials", verb[0], "Robot", *verb[1:], "--open-setting")
        assert ran.code == ExitCode.REFUSED, ran.err
        assert "came from Robot itself" in ran.err
        assert writes(noted) == []
    ran = run("credentials", "show", "Robot", "--to", "file:mine", "--open-setting")
    assert ran.code == ExitCode.OK


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_closes_the_setting_again(run, org, monkeypatch, number) -> None:
    read = CredentialsReader.pair

    def interrupted(self, consumer):
        os.kill(os.getpid(), number)
        return read(self, consumer)

    monkeypatch.setattr(CredentialsReader, "pair", interrupted)
    ran = run("credentials", "show", "Robot", "--to", "file:x", "--open-setting")
    assert ran.code == ExitCode.APPLY_FAILED
    assert "interrupted" in ran.err
    assert "closing" in ran.err
    assert not is_open(org)
    assert not Path("x").exists()


@pytest.mark.usefixtures("_interruptible", "org")
def test_interrupted_before_the_setting_is_opened_says_that_nothing_was_written(
    run, monkeypatch
) -> None:
    def interrupted(self):
        os.kill(os.getpid(), signal.SIGHUP)
        raise AssertionError("unreachable")

    monkeypatch.setattr(OpenedSetting, "_is_open", interrupted)
    ran = run("credentials", "stage", "Robot", "--to", "file:x", "--open-setting")
    assert ran.code == ExitCode.APPLY_FAILED
    assert ran.err.endswith("error: interrupted\nNothing was written.\nnext: Run it again.\n")


def test_the_embedded_org_does_it_too(run, spec) -> None:
    run("apply", str(spec), "--org", "local", "--yes", "--no-proof")
    to = ("--to", "file:out.json", "--org", "local", "--quiet")
    ran = run("credentials", "show", "Robot", "--open-setting", *to)
    assert (ran.code, ran.out, ran.err) == (ExitCode.OK, "", "")
    assert sunk("out.json")["consumer_secret"]


def test_an_app_that_is_not_there(run, org) -> None:
    ran = run("credentials", "show", "Nope", "--to", "file:x", "--open-setting")
    assert ran.code == ExitCode.CANNOT
    assert "has no app Nope" in ran.err
    assert not is_open(org)
