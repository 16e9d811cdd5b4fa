"""After the first write to an org, no verb ends as though nothing had been written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from provision.doctor.setting import Setting, write_settings
from provision.errors import ExitCode
from provision.org.org_settings import SECRETS_OVER_REST
from tests.cli.conftest import Ran, Run
from tests.faults.virtual_time import VirtualTime
from tests.orgs import OrgUnderTest, org_under_test

pytestmark = pytest.mark.slow

STAGE = ("credentials", "stage", "Robot", "--to", "file:new.json", "--force", "--open-setting")
SAYS_NOTHING = re.compile(r"nothing (?:of it )?was written", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A spec in a folder, and the program."""

    run: Run
    spec: Path
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    @contextmanager
    def org(self, name: str) -> Iterator[OrgUnderTest]:
        """A fresh org that has the app, and to which the environment leads."""
        with org_under_test(self.folder / name) as org:
            self.monkeypatch.setenv("SF_INSTANCE_URL", org.local.https_url)
            self.monkeypatch.setenv("SF_ACCESS_TOKEN", org.local.session().access_token)
            self.monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(org.local.ca_file))
            self.ok("apply", str(self.spec), "--yes", "--no-proof")
            yield org

    def ok(self, *arguments: str) -> Ran:
        ran = self.run(*arguments)
        assert ran.code == ExitCode.OK, ran.err
        return ran

    def relabel(self, _: OrgUnderTest) -> None:
        number = len(list(self.folder.glob(".provision/runs/**/record.json")))
        text = self.spec.read_text(encoding="utf-8")
        self.spec.write_text(re.sub("label: .*", f"label: Robot {number}", text), encoding="utf-8")

    def last_run(self) -> str:
        runs = self.folder.glob(".provision/runs/**/record.json")
        return max(runs, key=lambda path: path.stat().st_mtime_ns).parents[3].name


@pytest.fixture
def place(run: Run, spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("provision.org.clock.time", VirtualTime())
    return Place(run, spec, tmp_path, monkeypatch)


@dataclass(frozen=True)
class Verb:
    """A verb that writes: its arguments, what is noted of its write, and how its errors begin."""

    arguments: Callable[[Place], Sequence[str]]
    noted: str
    begins: str
    prepare: Callable[[Place, OrgUnderTest], object] = lambda _place, _org: None


DEPLOYED = "the deploy succeeded|Robot is deployed|The deploy had succeeded"
OPENED = ".*'s setting .* was opened"
VERBS = {
    "apply": Verb(lambda p: ("apply", str(p.spec), "--yes"), "app Robot", DEPLOYED, Place.relabel),
    "destroy": Verb(
        lambda p: ("destroy", str(p.spec), "--yes", "--allow", "irreversible"),
        "the deletion of app Robot",
        "Robot is deleted",
    ),
    "rollback": Verb(
        lambda p: ("rollback", p.last_run(), "--yes"),
        "app Robot",
        DEPLOYED,
        lambda p, org: (p.relabel(org), p.ok("apply", str(p.spec), "--yes", "--no-proof")),
    ),
    "rotate certificate": Verb(
        lambda p: ("rotate", "certificate", str(p.spec), "--yes", "--proof-wait", "0"),
        "the rest of app Robot",
        f"{DEPLOYED}|[Tt]he new certificate was",
    ),
    "credentials stage": Verb(lambda _: STAGE, "the staging of a new pair of Robot", OPENED),
    "credentials rotate": Verb(
        lambda _: ("credentials", "rotate", "Robot", "--yes", "--open-setting"),
        "the rotation of Robot",
        OPENED,
        lambda p, _: p.ok(*STAGE),
    ),
    "credentials revoke": Verb(
        lambda _: ("credentials", "revoke", "Robot", "--staged", "--yes", "--open-setting"),
        "the revocation of a pair of Robot",
        OPENED,
        lambda p, _: p.ok(*STAGE),
    ),
    "doctor --fix": Verb(
        lambda p: ("doctor", str(p.spec), "--fix", "--yes"),
        f"the switching of {SECRETS_OVER_REST} off",
        "The settings of .* were switched",
        lambda _, org: write_settings(org.writable(), [Setting(SECRETS_OVER_REST, on=True)]),
    ),
}
FAULTS = ((1, "request_limit_exceeded"), (2, "invalid_session_id"), (4, "html_error"))


@pytest.mark.parametrize("name", VERBS)
def test_whatever_comes_after_it(place: Place, name: str) -> None:
    """The write is noted before it is sent, and from some request after it on the org is gone."""
    verb = VERBS[name]
    with place.org("twin") as org:
        verb.prepare(place, org)
        with org.noting() as requests:
            place.ok(*verb.arguments(place))
    assert outcomes(place.folder, verb.noted)[-2:] == ["intended", "made"]
    first = next(n for n, request in enumerate(requests) if request.startswith("!"))
    for later, kind in FAULTS:
        with place.org(f"org-{later}") as org:
            verb.prepare(place, org)
            arguments = [*verb.arguments(place), "--deploy-wait", "5"]
            org.set_faults({"operation": "*", "kind": kind, "after": first + later, "times": 0})
            ran = place.run(*arguments)
        check(verb, ran, is_doctor=name == "doctor --fix")


def check(verb: Verb, ran: Ran, *, is_doctor: bool) -> None:
    found = {ExitCode.FOUND} if is_doctor else set()  # the checks that could not be made
    assert ran.code in {ExitCode.OK, ExitCode.APPLY_FAILED, ExitCode.NOT_PROVEN} | found, ran.err
    if ran.code == ExitCode.APPLY_FAILED:
        begins = f"{verb.begins}|the .* was sent to the org, and it is not known"
        assert re.search(rf"^error: ({begins})", ran.err, re.MULTILINE), ran.err
    assert not SAYS_NOTHING.search(ran.err.replace("(nothing is written)", "")), ran.err


def outcomes(folder: Path, what: str) -> list[str]:
    """What was noted of a write, in the order of the files that keep it."""
    files = sorted(folder.glob(".provision/**/writes.jsonl"), key=lambda p: p.stat().st_mtime_ns)
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [each["outcome"] for each in map(json.loads, lines) if each["what"] == what]
