"""Which calls are made again, and how long an org is left alone."""

import email.utils

import pytest
import requests

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.errors import OrgRefused, OrgUnreachable, WriteUnknown
from provision.org.deploy import DeployOptions, DeployUnknown
from provision.org.http import calls_of, http_session
from provision.org.http_retry import LONGEST_PAUSE, OrgBusy
from tests.orgs import NEWEST, writes

ROBOT = Package(
    NEWEST, (Component(EXTERNAL_CLIENT_APPLICATION, "Robot", {"contactEmail": "a@example.com"}),)
)
USERS = "SELECT Id FROM User"


def deploy(org):
    return org.writable().deployer.run(ROBOT, DeployOptions())


def create(org) -> str:
    return org.writable().access_writer.create_permission_set("Robots", "Robots").id


@pytest.mark.parametrize("kind", ["429", "503"])
def test_a_query_waits_as_long_as_it_is_asked_to(org, kind) -> None:
    org.set_faults({"operation": "rest:query", "kind": kind, "retry_after": "20"})
    assert org.readable().rest.query(USERS)
    assert 20 <= sum(org.clock.slept) < 21


def test_a_query_waits_until_the_date_that_the_org_names(org) -> None:
    moment = email.utils.formatdate(org.clock.time() + 30, usegmt=True)
    org.set_faults({"operation": "rest:query", "kind": "429", "retry_after": moment})
    assert org.readable().rest.query(USERS)
    assert 28 < sum(org.clock.slept) < 31


@pytest.mark.parametrize("retry_after", ["soon", "", "0", "Tue, 03 Mar 2020 10:00:00 -0000"])
def test_without_a_retry_after_the_waits_grow(org, retry_after) -> None:
    org.set_faults(
        {"operation": "rest:query", "kind": "503", "retry_after": retry_after, "times": 3}
    )
    assert org.readable().rest.query(USERS)
    first, second, third = org.clock.slept
    assert 0.5 <= first <= 1.0 <= second <= 1.5 < 2.0 <= third <= 2.5


@pytest.mark.parametrize("retry_after", ["3600", "9" * 30])
def test_a_pause_that_is_too_long_ends_the_run_and_says_when_to_come_back(org, retry_after) -> None:
    org.set_faults({"operation": "rest:query", "kind": "503", "retry_after": retry_after})
    with pytest.raises(OrgBusy, match="takes no calls for") as raised:
        org.readable().rest.query(USERS)
    assert raised.value.pause >= 3590
    assert "Run it again after 20" in raised.value.next_step
    assert raised.value.exit_code == 3
    assert org.clock.slept == []


def test_while_the_pause_lasts_nobody_calls_the_org(org) -> None:
    readable = org.readable()
    org.set_faults({"operation": "rest:query", "kind": "503", "retry_after": "3600"})
    with pytest.raises(OrgBusy):
        readable.rest.query(USERS)
    with org.noting() as noted, pytest.raises(OrgBusy):
        readable.metadata.names([EXTERNAL_CLIENT_APPLICATION])
    assert noted == []
    org.clock.sleep(3600)
    assert readable.rest.query(USERS)


def test_a_read_over_soap_keeps_the_pause_too(org) -> None:
    org.set_faults({"operation": "soap:listMetadata", "kind": "503", "retry_after": "20"})
    org.readable().metadata.names([EXTERNAL_CLIENT_APPLICATION])
    assert 20 <= sum(org.clock.slept) < 21


@pytest.mark.parametrize("write", [deploy, create])
def test_a_write_that_was_turned_away_is_sent_again_and_done_once(org, write) -> None:
    org.set_faults(
        {"operation": "rest:deployRequest", "kind": "429", "times": 2},
        {"operation": "rest:create", "kind": "429", "times": 2},
    )
    with org.noting() as noted:
        assert write(org)
    assert len(writes(noted)) == 1  # the two turned away were none


def test_a_deploy_that_is_turned_away_for_good_was_not_sent(org) -> None:
    org.set_faults({"operation": "rest:deployRequest", "kind": "429", "seconds": 9, "times": 0})
    with pytest.raises(OrgBusy) as raised:
        deploy(org)
    assert not isinstance(raised.value, DeployUnknown)
    assert 27 <= sum(org.clock.slept) < 29


@pytest.mark.parametrize("kind", ["503", "drop_before", "503_after", "drop_after"])
def test_a_write_that_may_have_been_done_is_sent_once(org, kind) -> None:
    org.set_faults({"operation": "rest:create", "kind": kind, "times": 0})
    with org.noting() as noted, pytest.raises(WriteUnknown):
        create(org)
    assert [each.strip("!") for each in noted] == ["rest:create:PermissionSet"]
    assert org.clock.slept == []


def test_a_running_deploy_is_waited_for_through_a_long_pause(org) -> None:
    org.set_faults({"operation": "rest:deployStatus", "kind": "503", "retry_after": "300"})
    assert deploy(org).success
    assert 300 <= sum(org.clock.slept) < 310


def test_a_running_deploy_is_not_waited_for_past_its_own_time(org) -> None:
    org.set_faults({"operation": "rest:deployStatus", "kind": "503", "retry_after": "3600"})
    with pytest.raises(DeployUnknown, match=r"was sent .* is busy"):
        deploy(org)
    assert sum(org.clock.slept) == pytest.approx(600)


@pytest.mark.parametrize(
    "read",
    [
        lambda org: org.rest.query(USERS),
        lambda org: org.metadata.names([EXTERNAL_CLIENT_APPLICATION]),
    ],
)
def test_an_org_without_calls_left_is_not_called_again(org, read) -> None:
    org.set_faults({"operation": "*", "kind": "request_limit_exceeded", "times": 0})
    readable = org.readable()
    with pytest.raises(OrgRefused, match="REQUEST_LIMIT_EXCEEDED"):
        read(readable)
    assert readable.calls.made == 1


def test_a_host_without_a_server_is_tried_again_and_not_counted(org) -> None:
    with http_session(5, org.local.ca_file, org.clock) as http:
        with pytest.raises(requests.exceptions.ConnectionError):
            http.post("http://127.0.0.1:9/services", data=b"x")
        assert calls_of(http).made == 0
    assert len(org.clock.slept) == 2
    assert max(org.clock.slept) < LONGEST_PAUSE


def test_an_org_that_has_answered_is_tried_once_more_than_one_that_never_did(org) -> None:
    readable = org.readable()
    readable.rest.query(USERS)
    org.set_faults({"operation": "rest:query", "kind": "drop_before", "times": 0})
    with pytest.raises(OrgUnreachable):
        readable.rest.query(USERS)
    assert len(org.clock.slept) == 3
