"""A deploy whose answer was lost is found, and no other deploy is mistaken for it."""

import pytest

from provision.catalogue.package import Package
from provision.errors import OrgUnreachable, WriteUnknown
from provision.org.deploy import DeployMessage, DeployOptions, DeployResult
from provision.org.deploy_search import deploys_what
from tests.apply.test_run import APP

CHANGED = APP.replace("The robot", "Another")
LOST = {"operation": "rest:deployRequest", "kind": "drop_before"}


def test_an_earlier_deploy_is_not_mistaken_for_the_lost_one(work) -> None:
    work.apply(APP)
    work.org.clock.sleep(10)
    work.org.set_faults(LOST)
    with pytest.raises(OrgUnreachable, match="did not do it"):
        work.apply(CHANGED)


def test_the_outcome_is_unknown_if_an_equal_deploy_came_just_before(work) -> None:
    """The org's clocks differ by a little: it may be either of the two."""
    work.apply(APP)
    work.org.clock.sleep(1.5)
    work.org.set_faults(LOST)
    with pytest.raises(WriteUnknown, match="which began a moment before"):
        work.apply(CHANGED)


def test_a_deploy_that_made_an_app_is_not_mistaken_for_its_deletion(work) -> None:
    work.apply(APP)
    work.org.clock.sleep(1.5)
    work.org.set_faults(LOST)
    doomed = Package(68, deletions=(("ExternalClientApplication", "Robot"),))
    with pytest.raises(OrgUnreachable, match="did not do it"):
        work.org.writable().deployer.run(doomed, DeployOptions())


def test_a_deletion_whose_answer_is_lost_is_found(work) -> None:
    work.apply(APP)
    work.org.clock.sleep(10)
    work.org.set_faults(LOST | {"kind": "drop_after"})
    doomed = Package(68, deletions=(("ExternalClientApplication", "Robot"),))
    result = work.org.writable().deployer.run(doomed, DeployOptions())
    assert result.success
    assert not result.surely_ours
    assert not work.org.readable().find_app("Robot").exists


@pytest.mark.parametrize("deleted", [True, False])
def test_a_deletion_and_a_deploy_of_one_name_are_distinguished(*, deleted: bool) -> None:
    message = DeployMessage(
        "ExternalClientApplication", "Robot", "f", success=True, deleted=deleted
    )
    result = DeployResult(
        id="0Af", done=True, success=True, status="Succeeded", messages=(message,)
    )
    doomed = Package(68, deletions=(("ExternalClientApplication", "Robot"),))
    assert deploys_what(result, doomed) is deleted
