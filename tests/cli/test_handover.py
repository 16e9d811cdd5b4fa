"""`apply --login`: the `sf` CLI is handed the app."""

import json
import sys
from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.cli.callback_ports import free_ports, project, with_callbacks

SCRIPT = """#!{python}
import json, os, sys
noted = {{"arguments": sys.argv[1:], "ca": os.environ.get("NODE_EXTRA_CA_CERTS", "")}}
json.dump(noted, open({noted!r}, "w"))
sys.exit({code})
"""


@pytest.fixture
def sf(tmp_path, monkeypatch):
    """An `sf` that notes how it was called, and ends with a code."""
    noted = tmp_path / "noted.json"

    def install(code: int = 0):
        script = tmp_path / "bin" / "sf"
        script.parent.mkdir(exist_ok=True)
        script.write_text(SCRIPT.format(python=sys.executable, noted=str(noted), code=code))
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(script.parent))
        return lambda: json.loads(noted.read_text())

    return install


@pytest.mark.parametrize("login", ["jwt", "web"])
def test_the_cli_logs_in_with_the_new_key_under_the_apps_name(run, spec, sf, login) -> None:
    noted = sf()
    [port] = free_ports(1)
    with_callbacks(spec, port)
    project(spec.parent, f'{{"oauthLocalPort": {port}}}')
    ran = run("apply", str(spec), "--org", "local", "--yes", "--login", login)
    assert ran.code == ExitCode.OK
    arguments = noted()["arguments"]
    assert arguments[:3] == ["org", "login", login]
    assert arguments[arguments.index("--client-id") + 1].startswith("3MVG9")
    assert arguments[arguments.index("--alias") + 1] == "Robot"
    assert ("--jwt-key-file" in arguments) is (login == "jwt")
    assert Path(noted()["ca"]).read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_a_login_that_fails_exits_7(run, spec, sf) -> None:
    sf(code=1)
    ran = run("apply", str(spec), "--org", "local", "--yes", "--login", "jwt")
    assert ran.code == ExitCode.NOT_PROVEN
    assert "`sf org login jwt` ended with 1" in ran.err


def test_without_the_cli_nothing_is_written(run, spec, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run("apply", str(spec), "--org", "local", "--yes", "--login", "jwt")
    assert ran.code == ExitCode.CANNOT
    assert "to be created" in run("plan", str(spec), "--org", "local").out


def test_a_jwt_login_wants_a_private_key(run, spec, sf) -> None:
    sf()
    spec.write_text(spec.read_text().replace(", private_key: keys/app.key", ""))
    ran = run("apply", str(spec), "--org", "local", "--yes", "--login", "jwt")
    assert ran.code == ExitCode.CANNOT
    assert "private_key" in ran.err


def test_a_dev_hub_is_made_the_default_one_with_a_warning(run, spec, sf) -> None:
    noted = sf()
    options = ["--org", "local", "--yes", "--set-default-dev-hub"]
    ran = run("apply", str(spec), *options)
    assert "sf org login jwt" in ran.out
    assert "--set-default-dev-hub" in ran.out
    assert "C-1016" in ran.err
    run("apply", str(spec), *options, "--login", "jwt")
    assert "--set-default-dev-hub" in noted()["arguments"]


def test_there_is_one_default_dev_hub(run, spec, tmp_path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("app: Other\ncontact_email: ops@example.com\n")
    specs = [str(spec), str(other)]
    ran = run("apply", *specs, "--org", "local", "--yes", "--set-default-dev-hub")
    assert ran.code == ExitCode.CANNOT
    assert "to be created" in run("plan", str(spec), "--org", "local").out
