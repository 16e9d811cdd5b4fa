"""Over a fleet: records that provision did not make are named, and none is overwritten unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.cli import live
from provision.errors import ExitCode
from provision.org.clock import SystemClock
from provision.org.deploy import DeployOptions
from provision.org.http import http_session
from provision.org.instance_url import InstanceUrl
from provision.org.login.flows import TokenLogin
from provision.org.org import WritableOrg
from tests.apps import LISTED, SCHEMES, app_called, dependent
from tests.fleets import FleetUnderTest, written

ODD = {**SCHEMES["setup"], OAUTH_POLICIES.name: "Hidden_Policy"}
APPLY = ("apply", "fleet.yaml", "--no-proof")
WEAKENING = ("--allow", "weakening")
SPEC = """\
app: Robot
oauth: {callback_urls: [https://a.example/old], scopes: [api, web]}
policies: {session_timeout: 15 minutes}
"""


@pytest.fixture
def orgs(fleet: FleetUnderTest) -> Iterator[dict[str, WritableOrg]]:
    """Two orgs; org1 has the app with an odd policy, which it does not show, org2 as Setup has."""
    Path("robot.yaml").write_text(SPEC)
    fleet.write(["robot.yaml"])
    with http_session(20, fleet.local.ca_file) as http:
        found = {}
        for name in ("org1", "org2"):
            login = TokenLogin(InstanceUrl(fleet.url(name)), fleet.token(name), "a test")
            found[name] = WritableOrg(
                name, login.open(http), http, 68, clock=SystemClock(), deploy_wait=60
            )
        deploy(found["org1"], *app_called(ODD))
        deploy(found["org2"], *app_called(SCHEMES["setup"]))
        blind(fleet)
        yield found


def blind(fleet: FleetUnderTest, *, yes: bool = True) -> None:
    quirks = {"empty_listing": "yes", "record_queries": "no"} if yes else {}
    for name in ("org1", "org2"):
        fleet._control(fleet.url(name), "quirks", quirks)


def deploy(org: WritableOrg, *components: Component) -> None:
    result = org.deployer.run(Package(68, components), DeployOptions())
    assert result.success, result.reasons


def policy(fleet: FleetUnderTest, org: WritableOrg) -> Component:
    blind(fleet, yes=False)
    return org.find_app("Robot").components[OAUTH_POLICIES.name]


def rows(fleet: FleetUnderTest) -> dict[str, int]:
    return {row["org"]: row["exit_code"] for row in fleet.rows()}


def test_a_record_that_an_org_names_is_planned_gated_and_kept_anew(run, fleet, orgs) -> None:
    ran = run(*APPLY, "--yes", "--org", "org1", "--org", "org2", *WEAKENING)
    assert ran.code == ExitCode.OK, ran.out + ran.err
    assert rows(fleet) == {"org1": 0, "org2": 0}
    found = policy(fleet, orgs["org1"])
    assert found.full_name == "Hidden_Policy"
    assert (found.fields["startUrl"], found.fields["sessionTimeoutInMinutes"]) == (
        "https://kept.example",
        15,
    )
    assert [*Path(".provision").glob("**/snapshot/*/Hidden_Policy.*")]
    assert "~ ExtlClntAppOauthConfigurablePolicies Hidden_Policy" in ran.err


def test_its_gates_are_asked_and_nothing_is_written(run, fleet, orgs) -> None:
    Path("robot.yaml").write_text(SPEC.replace("15 minutes", "24 hours"))
    ran = run(*APPLY, "--yes", "--org", "org1", "--format", "json")
    assert ran.code == ExitCode.REFUSED, ran.out + ran.err
    [told] = json.loads(ran.out)["results"]
    assert told["exit_code"] == ExitCode.REFUSED
    assert "weakening gate" in told["error"]["message"]
    assert policy(fleet, orgs["org1"]).fields["sessionTimeoutInMinutes"] == 60


def test_a_plan_that_somebody_agreed_to_is_not_exchanged_for_another(
    run, fleet, orgs, monkeypatch
) -> None:
    monkeypatch.setattr(live, "confirm", lambda _: None)
    with fleet.noting() as noted:
        ran = run(*APPLY, "--org", "org1", *WEAKENING)
    assert ran.code == ExitCode.REFUSED, ran.out + ran.err
    assert "Robot has ExtlClntAppOauthConfigurablePolicies Hidden_Policy in the org" in (
        ran.out + ran.err
    )
    assert written(noted) <= {"org1"}
    assert policy(fleet, orgs["org1"]).fields["sessionTimeoutInMinutes"] == 60


@pytest.mark.parametrize("verb", ["plan", "diff"])
def test_each_record_that_is_not_managed_is_named(run, fleet, orgs, verb) -> None:
    blind(fleet, yes=False)
    deploy(orgs["org1"], *(dependent(each) for each in LISTED))
    ran = run(verb, "fleet.yaml", "--org", "org1", "--org", "org2", "--format", "json")
    told = {r["org"]: r["plan"]["actual"]["dependents"] for r in json.loads(ran.out)["results"]}
    assert told["org2"] == []
    assert {record["type"] for record in told["org1"]} == {each.name for each in LISTED}
