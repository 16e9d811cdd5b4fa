"""`apply --login` never costs the user a session or an alias of the `sf` CLI."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.errors import ExitCode
from provision.handover.sf_state import SfState
from tests.cli.callback_ports import free_ports, project, with_callbacks

ADMIN = "admin@localorg.example"
# As sf behaves (OBS): `org login jwt` first removes the user's session, its aliases and defaults.
# In a home without a mark of the last update it begins one, unless that is switched off.
SF = """#!{python}
import json, os, sys
from pathlib import Path
plan = json.load(open({plan!r}))
home = Path(os.environ["HOME"])
words = sys.argv[1:]
value = lambda name: words[words.index(name) + 1] if name in words else ""
is_real = home == Path({home!r})
with open({log!r}, "a") as log:
    log.write(("real" if is_real else "beside") + "\\n")
    if not is_real and os.environ.get("SF_DISABLE_AUTOUPDATE") != "true":
        log.write("update-left-behind\\n")
key = value("--jwt-key-file")
assert not key or Path(key).is_file(), f"no key at {{key}} from {{os.getcwd()}}"
user = value("--username") or plan["web_user"]
folder = home / ".sfdx"
folder.mkdir(exist_ok=True)
aliases = folder / "alias.json"
known = json.loads(aliases.read_text())["orgs"] if aliases.exists() else {{}}
config = home / ".sf" / "config.json"
defaults = json.loads(config.read_text()) if config.exists() else {{}}
(folder / f"{{user}}.json").unlink(missing_ok=True)
gone = [alias for alias, named in known.items() if named == user]
known = {{alias: named for alias, named in known.items() if named != user}}
defaults = {{key: name for key, name in defaults.items() if name not in (user, *gone)}}
if aliases.exists():
    aliases.write_text(json.dumps({{"orgs": known}}))
if config.exists():
    config.write_text(json.dumps(defaults))
if plan["real" if is_real else "beside"]:
    sys.stderr.write("Error (JwtAuthError): " + plan["real" if is_real else "beside"])
    sys.exit(1)
(folder / f"{{user}}.json").write_text('{{"accessToken": "new"}}')
known[value("--alias")] = user
aliases.write_text(json.dumps({{"orgs": known}}))
"""


@dataclass
class Sf:
    """A home with sessions of the CLI, and an `sf` whose logins end as is said."""

    home: Path
    plan: Path
    log: Path

    def ends(self, *, beside: str = "", real: str = "") -> None:
        said = {"beside": beside, "real": real, "web_user": ADMIN}
        self.plan.write_text(json.dumps(said), encoding="utf-8")

    def has(self, sessions: Sequence[str], aliases: Mapping[str, str], default: str) -> None:
        folder = self.home / ".sfdx"
        folder.mkdir(parents=True)
        (self.home / ".sf").mkdir()
        for user in sessions:
            (folder / f"{user}.json").write_text('{"accessToken": "old"}', encoding="utf-8")
        (folder / "alias.json").write_text(json.dumps({"orgs": aliases}), encoding="utf-8")
        config = {"target-org": default, "org-api-version": "60.0"}
        (self.home / ".sf" / "config.json").write_text(json.dumps(config), encoding="utf-8")

    @property
    def aliases(self) -> dict[str, str]:
        orgs: dict[str, str] = json.loads((self.home / ".sfdx/alias.json").read_text())["orgs"]
        return orgs

    @property
    def defaults(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.home / ".sf/config.json").read_text())
        return found

    def token(self, user: str) -> str:
        found: str = json.loads((self.home / f".sfdx/{user}.json").read_text())["accessToken"]
        return found

    @property
    def logins(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").split()


@pytest.fixture
def sf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sf:
    made = Sf(tmp_path / "home", tmp_path / "plan.json", tmp_path / "log.txt")
    made.home.mkdir()
    script = tmp_path / "bin" / "sf"
    script.parent.mkdir()
    script.write_text(
        SF.format(
            python=sys.executable, plan=str(made.plan), home=str(made.home), log=str(made.log)
        ),
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.setenv("PATH", str(script.parent))
    made.ends()
    return made


def applied(run, spec, *, login: str = "jwt"):
    return run("apply", str(spec), "--org", "local", "--yes", "--no-proof", "--login", login)


def test_a_login_that_fails_is_found_out_beside_and_costs_nothing(run, spec, sf) -> None:
    sf.has([ADMIN], {"my-sandbox": ADMIN}, "my-sandbox")
    sf.ends(beside="user hasn't approved this consumer")
    ran = applied(run, spec)
    assert ran.code == ExitCode.NOT_PROVEN
    assert f"warning: the sf CLI has a session of {ADMIN} (my-sandbox)" in ran.err
    assert "user hasn't approved this consumer" in ran.err
    assert f"The sf CLI's session of {ADMIN} is untouched." in ran.err
    assert sf.logins == ["beside"]
    assert sf.token(ADMIN) == "old"
    assert sf.aliases == {"my-sandbox": ADMIN}
    assert sf.defaults["target-org"] == "my-sandbox"


def test_an_interrupted_one_beside_is_said_to_be_so(run, spec, sf, monkeypatch) -> None:
    sf.has([ADMIN], {"my-sandbox": ADMIN}, "my-sandbox")
    started = subprocess.run

    def pressed(arguments, **options):
        if "login" in arguments:
            raise KeyboardInterrupt
        return started(arguments, **options)

    monkeypatch.setattr(subprocess, "run", pressed)
    ran = applied(run, spec)
    assert ran.code == ExitCode.NOT_PROVEN
    assert "`sf org login jwt` was interrupted\n" in ran.err
    assert sf.token(ADMIN) == "old"


def test_a_login_that_succeeds_keeps_aliases_and_defaults(run, spec, sf) -> None:
    sf.has([ADMIN, "other@x.y"], {"my-sandbox": ADMIN, "else": "other@x.y"}, "my-sandbox")
    ran = applied(run, spec)
    assert ran.code == ExitCode.OK, ran.err
    assert sf.logins == ["beside", "real"]
    assert sf.token(ADMIN) == "new"
    assert sf.token("other@x.y") == "old"
    assert sf.aliases == {"my-sandbox": ADMIN, "else": "other@x.y", "Robot": ADMIN}
    assert sf.defaults == {"target-org": "my-sandbox", "org-api-version": "60.0"}
    assert "kept for the sf CLI, whose login drops them: my-sandbox, target-org" in ran.err


@pytest.mark.parametrize("login", ["jwt", "web"])
def test_a_login_that_fails_only_then_is_made_good(run, spec, sf, login) -> None:
    sf.has([ADMIN], {"my-sandbox": ADMIN}, "my-sandbox")
    sf.ends(real="the network is gone")
    if login == "web":
        [port] = free_ports(1)
        with_callbacks(spec, port)
        project(spec.parent, f'{{"oauthLocalPort": {port}}}')
    ran = applied(run, spec, login=login)
    assert ran.code == ExitCode.NOT_PROVEN
    assert "The sf CLI has all the sessions and aliases that it had." in ran.err
    assert sf.token(ADMIN) == "old"
    assert sf.aliases == {"my-sandbox": ADMIN}
    assert sf.defaults["target-org"] == "my-sandbox"


def test_an_alias_of_somebody_else_is_not_taken(run, spec, sf) -> None:
    sf.has(["other@x.y"], {"Robot": "other@x.y"}, "Robot")
    ran = applied(run, spec)
    assert ran.code == ExitCode.OK, ran.err
    assert sf.aliases == {"Robot": "other@x.y", "Robot-2": ADMIN}
    assert "this login gets the alias Robot-2" in ran.err


def test_without_a_session_there_is_nothing_to_lose(run, spec, sf) -> None:
    assert applied(run, spec).code == ExitCode.OK
    assert sf.logins == ["real"]
    assert sf.aliases == {"Robot": ADMIN}


def test_what_another_sf_did_meanwhile_stays(sf) -> None:
    sf.has([ADMIN], {"my-sandbox": ADMIN}, "my-sandbox")
    state = SfState.read(sf.home, sf.home)
    (sf.home / f".sfdx/{ADMIN}.json").unlink()
    (sf.home / ".sfdx/new@x.y.json").write_text('{"accessToken": "newer"}', encoding="utf-8")
    aliases = {"orgs": {"new": "new@x.y"}}
    (sf.home / ".sfdx/alias.json").write_text(json.dumps(aliases), encoding="utf-8")
    state.restore()
    assert sf.token(ADMIN) == "old"
    assert sf.token("new@x.y") == "newer"
    assert sf.aliases == {"new": "new@x.y", "my-sandbox": ADMIN}
