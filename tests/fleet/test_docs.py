"""docs/fleet.md says what a fleet is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from provision.fleet.model import (
    ClientCredentialsEntry,
    FleetDocument,
    JwtEntry,
    LoginEntry,
    OrgEntry,
    RunEntry,
    TokenEntry,
)

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "fleet.md").read_text(encoding="utf-8")


def test_the_example_is_a_fleet(fleet_of):
    [example] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    fleet = fleet_of(example)
    assert [spec.name for spec in fleet.orgs["acme"].specs] == ["ci-jwt.yaml", "emea.yaml"]


@pytest.mark.parametrize(
    "model",
    [FleetDocument, OrgEntry, RunEntry, LoginEntry, JwtEntry, TokenEntry, ClientCredentialsEntry],
)
def test_every_key_is_there(model):
    rows = "".join(line for line in TEXT.splitlines() if line.startswith("|"))
    assert [key for key in model.model_fields if f"`{key}`" not in rows] == []


def test_what_list_prints_is_what_it_prints(monkeypatch, capsys):
    from provision.cli.main import main

    [(command, shown)] = re.findall(
        r"```console\n\$ (provision fleet list [^\n]*)\n(.*?)```", TEXT, re.DOTALL
    )
    monkeypatch.chdir(DOCS.parent)
    monkeypatch.setattr(sys, "argv", command.split())
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out == shown
