"""Which orgs, and which options go with a fleet."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import ExitCode
from tests.fleets import touched


@pytest.mark.parametrize(
    ("selectors", "orgs"),
    [
        (["org2"], {"org2"}),
        (["org[23]"], {"org2", "org3"}),
        (["tag:even"], {"org2", "org4"}),
        (["tag:even", "!org4"], {"org2"}),
    ],
)
def test_only_what_is_selected_is_asked(run, fleet, selectors, orgs) -> None:
    even = {"tags": ["even"]}
    fleet.write(["robot.yaml"], {"org2": even, "org4": even})
    options = [word for selector in selectors for word in ("--org", selector)]
    with fleet.noting() as noted:
        assert run("diff", "fleet.yaml", *options).code == ExitCode.FOUND
    assert touched(noted) == orgs


def test_secrets_of_orgs_that_are_not_meant_are_not_read(run, fleet, monkeypatch) -> None:
    monkeypatch.delenv("TOKEN_org1")
    assert run("diff", "fleet.yaml", "--org", "org2").code == ExitCode.FOUND
    ran = run("diff", "fleet.yaml")
    assert ran.code == ExitCode.CANNOT
    assert "TOKEN_org1" in ran.out


@pytest.mark.parametrize("selector", ["nobody", "tag:none", "x*", "kind:x"])
def test_a_selection_of_nothing_is_a_slip(run, fleet, selector) -> None:
    with fleet.noting() as noted:
        ran = run("diff", "fleet.yaml", "--org", selector)
    assert ran.code == ExitCode.CANNOT
    assert "next: " in ran.err
    assert noted == []
    assert not list(Path(".provision").glob("runs/*"))


@pytest.mark.parametrize(
    ("verb", "option"),
    [
        ("apply", ("--checksum", "ab")),
        ("apply", ("--login", "jwt")),
        ("plan", ("--out", "robot.plan")),
        ("plan", ("--validate",)),
        ("doctor", ("--fix",)),
    ],
)
def test_options_for_one_org_are_refused(run, fleet, verb, option) -> None:
    ran = run(verb, "fleet.yaml", *option)
    assert ran.code == ExitCode.CANNOT
    assert f"{option[0]}: that is for one org, and this is a fleet" in ran.err
    assert "next: " in ran.err


@pytest.mark.parametrize(
    "option",
    [
        ("--shard", "1/2"),
        ("--concurrency", "2"),
        ("--waves", "1"),
        ("--stop-after", "1"),
        ("--resume", "x"),
        ("--executor", "dask://x:1"),
        ("--session-cache", "sessions"),
    ],
)
def test_options_for_fleets_are_refused_without_one(run, spec, option) -> None:
    ran = run("apply", "robot.yaml", "--org", "local", *option)
    assert ran.code == ExitCode.CANNOT
    assert f"{option[0]}: there is no fleet here" in ran.err
    assert "next: " in ran.err


def test_a_fleet_stands_alone(run, fleet) -> None:
    ran = run("diff", "fleet.yaml", "robot.yaml")
    assert ran.code == ExitCode.CANNOT
    assert "stands alone" in ran.err


def test_several_orgs_want_a_fleet(run, spec) -> None:
    ran = run("diff", "robot.yaml", "--org", "a", "--org", "b")
    assert ran.code == ExitCode.CANNOT
    assert "Write a fleet file" in ran.err


@pytest.mark.parametrize(
    ("option", "value"), [("--waves", "1,x"), ("--stop-after", "0%"), ("--shard", "3/2")]
)
def test_what_is_no_amount_is_said_before_anything_is_asked(run, fleet, option, value) -> None:
    with fleet.noting() as noted:
        ran = run("apply", "fleet.yaml", "--yes", option, value)
    assert ran.code == ExitCode.CANNOT
    assert option in ran.err
    assert noted == []


def test_an_engine_that_there_is_not(run, fleet) -> None:
    ran = run("diff", "fleet.yaml", "--executor", "ray://x:1")
    assert ran.code == ExitCode.CANNOT
    assert "Write dask://HOST:PORT." in ran.err


def test_an_org_without_a_spec_is_left_out(run, fleet) -> None:
    fleet.write([], {"org2": {"specs": ["robot.yaml"]}})
    with fleet.noting() as noted:
        ran = run("diff", "fleet.yaml")
    assert ran.code == ExitCode.FOUND
    assert touched(noted) == {"org2"}
    assert "left out: 3 orgs (org1, org3, org4)" in ran.err


def test_where_no_org_has_a_spec_there_is_nothing_to_do(run, fleet) -> None:
    fleet.write([], {"org2": {"specs": ["robot.yaml"]}})
    ran = run("diff", "fleet.yaml", "--org", "org1")
    assert ran.code == ExitCode.CANNOT
    assert "has a spec" in ran.err
