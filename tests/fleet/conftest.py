from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from provision.errors import SpecError
from provision.fleet.fleet import Fleet
from provision.fleet.load import load_fleet
from tests.orgs import OrgUnderTest, org_under_test

FleetOf = Callable[[str], Fleet]


@pytest.fixture
def org(tmp_path: Path) -> Iterator[OrgUnderTest]:
    with org_under_test(tmp_path / "org") as running:
        yield running


@pytest.fixture
def fleet_of(tmp_path: Path) -> FleetOf:
    """The fleet that a text is, in `fleet.yaml`."""

    def build(text: str) -> Fleet:
        path = tmp_path / "fleet.yaml"
        path.write_text(dedent(text), encoding="utf-8", newline="")
        return load_fleet(path)

    return build


@pytest.fixture
def problems(fleet_of: FleetOf, tmp_path: Path) -> Callable[[str], list[str]]:
    """Everything wrong with the fleet that a text is: LINE:COLUMN: MESSAGE."""

    def problems(text: str) -> list[str]:
        with pytest.raises(SpecError) as caught:
            fleet_of(text)
        prefix = f"{tmp_path / 'fleet.yaml'}:"
        return [str(problem).removeprefix(prefix) for problem in caught.value.problems]

    return problems
