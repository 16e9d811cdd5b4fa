"""Applying specs to a fresh local org."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from provision.apply.prepare import Prepared, prepare
from provision.apply.proof import Proof
from provision.apply.prover import Prover
from provision.apply.run import Applied, apply_plan
from provision.plan.plan import Plan
from provision.render.template import Templates
from provision.spec.spec import Spec
from tests.orgs import OrgUnderTest, org_under_test


@dataclass
class Work:
    """What a user does with one org, as verbs."""

    org: OrgUnderTest
    spec_of: Callable[[str], Spec]
    messages: list[str] = field(default_factory=list)
    today: date = date(2026, 11, 24)

    def prepare(self, text: str, **connection) -> Prepared:
        return prepare(self.spec_of(text), Templates(), self.org.writable(**connection), self.today)

    def plan(self, text: str, **connection) -> Plan:
        return self.prepare(text, **connection).plan

    def apply(self, text: str, **connection) -> Applied:
        return apply_plan(
            self.prepare(text, **connection), self.org.writable(**connection), self.messages.append
        )

    def prove(self, text: str, *, wait: float = 0) -> Proof:
        org = self.org.readable()
        prover = Prover(org, self.org.clock, wait, self.messages.append)
        spec = self.spec_of(text)
        return prover.prove(spec, org.find_app(spec.app))


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgUnderTest]:
    with org_under_test(tmp_path / "org") as running:
        yield running


@pytest.fixture
def work(org: OrgUnderTest, spec_of: Callable[[str], Spec]) -> Work:
    return Work(org, spec_of)
