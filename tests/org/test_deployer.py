"""Deploys whose answers are lost, odd or late: how each end is found, over REST and over SOAP."""

import dataclasses
import re

import pytest
import requests

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.errors import OrgUnreachable
from provision.org.deploy import DeployOptions, DeployResult, DeployUnknown
from provision.org.outcome import InterruptedBefore
from tests.network import Request, interrupted_after, interrupted_before, meddling
from tests.orgs import NEWEST, OrgUnderTest

WIRES = {
    "rest": {
        "deploy": "rest:deployRequest",
        "status": "rest:deployStatus",
        "part": "deployRequest",
    },
    "soap": {"deploy": "soap:deploy", "status": "soap:checkDeployStatus", "part": "/Soap/m/"},
}
ODD = ["odd_status", "garbled", "empty", "truncated", "html_error", "503", "error_before",
       "drop_before", "drop_after", "unable_to_lock_row"]  # fmt: skip
LOST = [
    "drop_after",
    "error_after",
    "html_error_after",
    "503_after",
    "garbled",
    "empty",
    "truncated",
]
NOT_DONE = ["drop_before", "error_before", "html_error", "503"]
VALIDATION = DeployOptions(check_only=True)


def app(name: str = "Robot") -> Package:
    fields = {"contactEmail": "a@example.com"}
    return Package(NEWEST, (Component(EXTERNAL_CLIENT_APPLICATION, name, fields),))


def deployed(org: OrgUnderTest, name: str = "Robot", *, wait: float = 600) -> DeployResult:
    writable = dataclasses.replace(org.writable(), deploy_wait=wait)
    return writable.deployer.run(app(name), DeployOptions())


def is_there(org: OrgUnderTest) -> bool:
    return org.readable().find_app("Robot").exists


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest, org: OrgUnderTest) -> dict[str, str]:
    """The operations of one way to deploy, in an org that takes deploys in this way alone."""
    quirks = ["deploy_polls=2"] + (["rest_deploy=refused"] if request.param == "soap" else [])
    org.set_quirks(*quirks)
    return WIRES[request.param]


@pytest.mark.parametrize("kind", ODD)
def test_a_status_that_is_not_understood_does_not_end_the_asking(org, wire, kind) -> None:
    org.set_faults({"operation": wire["status"], "kind": kind, "times": 3})
    assert deployed(org).success
    assert is_there(org)


@pytest.mark.parametrize("kind", ODD)
def test_a_status_that_is_never_understood_is_an_unknown_end(org, wire, kind) -> None:
    org.set_faults({"operation": wire["status"], "kind": kind, "times": 0})
    with pytest.raises(DeployUnknown, match="the deploy of Robot") as raised:
        deployed(org, wait=60)
    assert raised.value.deploy_id.startswith("0Af")
    assert raised.value.deploy_id in raised.value.message
    assert "Deployment Status" in raised.value.next_step
    assert ", ," not in raised.value.message


def of_another(request: Request) -> requests.Response:
    """The status of another deploy, which failed: as of a proxy that mixes up two answers."""
    response = request.deliver()
    text = re.sub(r"0Af\w{15}", "0Af000000000ZZZAAA", response.text)
    text = re.sub(r'(status"?[:>] ?"?)\w+', r"\1Failed", text)
    text = re.sub(r'(done"?[:>] ?)(true|false)', r"\1true", text)
    text = re.sub(r'(success"?[:>] ?)(true|false)', r"\1false", text)
    response._content = text.encode()
    return response


def test_the_status_of_another_deploy_is_not_taken_for_this_ones(org, wire) -> None:
    method, nth = ("GET", 1) if wire is WIRES["rest"] else ("POST", 2)
    with meddling(method, wire["part"], of_another, nth=nth) as seen:
        assert deployed(org).success
    assert len([each for each in seen if each.startswith(method) and wire["part"] in each]) > nth
    assert is_there(org)


@pytest.mark.parametrize("kind", LOST)
def test_a_deploy_whose_answer_is_lost_is_found_in_the_orgs_list(org, wire, kind) -> None:
    org.set_faults({"operation": wire["deploy"], "kind": kind})
    result = deployed(org)
    assert result.success
    assert not result.surely_ours
    assert is_there(org)


@pytest.mark.parametrize("kind", NOT_DONE)
def test_a_lost_deploy_that_the_list_does_not_have_was_not_made(org, wire, kind) -> None:
    org.set_faults({"operation": wire["deploy"], "kind": kind})
    with pytest.raises(OrgUnreachable, match="The org was asked since, and did not do it"):
        deployed(org)
    assert not is_there(org)


@pytest.mark.parametrize("kind", [*LOST, *NOT_DONE])
def test_a_validation_without_an_answer_is_repeated(org, wire, kind) -> None:
    org.set_faults({"operation": wire["deploy"], "kind": kind, "times": 2})
    assert org.writable().deployer.run(app(), VALIDATION).success
    assert not is_there(org)


def test_a_validation_that_never_gets_an_answer_wrote_nothing(org, wire) -> None:
    org.set_faults({"operation": wire["deploy"], "kind": "503", "times": 0})
    with pytest.raises(OrgUnreachable, match=r"the validation of Robot .* got no answer") as raised:
        org.writable().deployer.run(app(), VALIDATION)
    assert raised.value.exit_code == 3


def test_a_deploy_that_is_stuck_is_cancelled_and_says_after_how_long(org, wire) -> None:
    org.set_faults({"operation": wire["deploy"], "kind": "stuck"})
    result = deployed(org, wait=30)
    assert (result.status, result.success, result.waited) == ("Canceled", False, 30)


def test_a_deploy_that_cannot_be_cancelled_has_an_unknown_end(org) -> None:
    org.set_faults(
        {"operation": "rest:deployRequest", "kind": "stuck"},
        {"operation": "rest:cancelDeploy", "kind": "unable_to_lock_row", "times": 0},
    )
    with pytest.raises(DeployUnknown) as raised:
        deployed(org, wait=30)
    assert "not done after 30 seconds (--deploy-wait)" in raised.value.message
    assert "asked to cancel it, and it is still Pending" in raised.value.message


@pytest.mark.parametrize("kind", ["garbled", "empty", "drop_after", "error_after", "truncated"])
def test_an_odd_answer_to_the_cancelling_changes_nothing(org, wire, kind) -> None:
    cancel = "rest:cancelDeploy" if wire is WIRES["rest"] else "soap:cancelDeploy"
    org.set_faults(
        {"operation": wire["deploy"], "kind": "stuck"}, {"operation": cancel, "kind": kind}
    )
    assert deployed(org, wait=30).status == "Canceled"


def test_a_deploy_in_the_list_that_still_runs_is_not_cancelled_and_not_called_ours(org) -> None:
    """The answer was lost, so that nobody knows whose it is."""
    org.set_quirks("deploy_polls=1000")
    org.set_faults({"operation": "rest:deployRequest", "kind": "drop_after"})
    with org.noting() as noted, pytest.raises(DeployUnknown, match="it may be the deploy 0Af"):
        deployed(org, wait=30)
    assert "!rest:cancelDeploy" not in noted
    assert "rest:cancelDeploy" not in noted
    assert sum(org.clock.slept) < 60


def test_a_lost_deploy_is_not_mistaken_for_another_one(org) -> None:
    assert deployed(org, "Other").success
    org.set_faults({"operation": "rest:deployRequest", "kind": "drop_before"})
    with pytest.raises(OrgUnreachable, match="did not do it"):
        deployed(org)


def test_validations_and_older_deploys_are_not_taken_for_a_lost_one(org) -> None:
    writable = org.writable()
    assert writable.deployer.run(app(), VALIDATION).success
    assert writable.deployer.run(app(), DeployOptions()).success
    org.set_faults({"operation": "rest:deployRequest", "kind": "drop_before"})
    with pytest.raises(OrgUnreachable, match="did not do it"):
        writable.deployer.run(app(), DeployOptions())


def test_ctrl_c_before_the_deploy_arrives_wrote_nothing(org, wire) -> None:
    with meddling("POST", wire["part"], interrupted_before), pytest.raises(InterruptedBefore):
        deployed(org)
    assert not is_there(org)


def test_ctrl_c_is_remembered_if_the_deploy_succeeds(org, wire) -> None:
    writable = org.writable()
    with meddling("POST", wire["part"], interrupted_after):
        result = writable.deployer.run(app(), DeployOptions())
    assert result.success
    assert writable.deployer.interrupted


def test_an_interruption_of_the_guard_says_that_nothing_was_sent(org) -> None:
    def pressed() -> None:
        raise KeyboardInterrupt

    with org.noting() as noted, pytest.raises(InterruptedBefore):
        org.writable().deployer.run(app(), DeployOptions(), pressed)
    assert "rest:deployRequest" not in noted
