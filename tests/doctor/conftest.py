"""Doctor, over a fresh local org that takes no writes, and with orgs that refuse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from provision.doctor.check import Check, Context, Subject
from provision.doctor.diagnosis import CHECKS, diagnose
from provision.errors import OrgRefused
from provision.findings import Finding
from provision.localorg import LocalOrg
from provision.org.http import http_session
from provision.org.org import ReadableOrg
from provision.org.rest import RestReader, Row
from provision.render.desired import render
from provision.render.template import Templates
from provision.spec.spec import Spec
from tests.orgs import OrgUnderTest, SteppingClock

CHECK = {check.id: check for check in CHECKS}


@dataclass(frozen=True)
class WallClock:
    """This machine's clock, off by some seconds."""

    ahead: float = 0.0

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time() + self.ahead

    def sleep(self, seconds: float) -> None:
        raise AssertionError("doctor does not wait")


@dataclass(frozen=True)
class ScriptedOrg(ReadableOrg):
    """An org that answers queries of some text by rows or by a refusal's code."""

    answers: Mapping[str, str | Sequence[Row]] = field(default_factory=dict)

    @cached_property
    def rest(self) -> RestReader:
        reader = RestReader(self.session, self.http, self.api_version)
        ask = reader.query

        def query(soql: str) -> list[Row]:
            for text, answer in self.answers.items():
                if text in soql and isinstance(answer, str):
                    raise OrgRefused(f"{answer}: no", code=answer, next_step="Ask nicely.")
                if text in soql:
                    return list(answer)
            return ask(soql)

        reader.query = query
        return reader


@dataclass(frozen=True)
class Doctor:
    """Examines specs in one org."""

    under_test: OrgUnderTest
    spec_of: Callable[[str], Spec]
    directory: Path

    def context(self, text: str, *, ahead: float = 0, org: ReadableOrg | None = None) -> Context:
        spec = self.spec_of(text)
        subject = Subject(spec, render(spec, Templates()))
        return Context(org or self.org(), (subject,), WallClock(ahead), self.directory)

    def org(self, version: int = 68, username: str = "", **answers) -> ReadableOrg:
        org = self.under_test.readable(version, username)
        return ScriptedOrg(org.name, org.session, org.http, version, answers=answers)

    def all(self, text: str, **options) -> tuple[Finding, ...]:
        return diagnose(self.context(text, **options)).findings

    def run(self, check_id: str, text: str, **options) -> tuple[Finding, ...]:
        check: Check = CHECK[check_id]
        return diagnose(self.context(text, **options), [check]).findings


@pytest.fixture
def seed() -> str:
    """The seed file's text; empty for the default org."""
    return ""


@pytest.fixture
def under_test(tmp_path: Path, seed: str) -> Iterator[OrgUnderTest]:
    settings = LocalOrg(
        database=tmp_path / "org" / "org.db", seed=_file(tmp_path, seed), read_only=True
    )
    with settings as local, http_session(20, local.ca_file) as http:
        yield OrgUnderTest(local, SteppingClock(local), http)


def _file(directory: Path, seed: str) -> Path | None:
    if not seed:
        return None
    path = directory / "seed.yaml"
    path.write_text(seed, encoding="utf-8")
    return path


@pytest.fixture
def doctor(under_test: OrgUnderTest, spec_of: Callable[[str], Spec], tmp_path: Path) -> Doctor:
    return Doctor(under_test, spec_of, tmp_path)
