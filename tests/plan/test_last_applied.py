import dataclasses
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION, OAUTH_POLICIES
from provision.catalogue.component import UNSET, Component
from provision.errors import CannotError
from provision.plan.facts import ActualApp
from provision.plan.last_applied import (
    LastApplied,
    host_of,
    last_applied,
    last_applied_json,
    last_applied_of,
    moved,
    with_moved,
)
from provision.plan.plan import Moved, Plan
from tests.plan.app import NOW, ORG, changed, plans

SALT = bytes(range(16))


def policy(**fields) -> Component:
    return Component(OAUTH_POLICIES, "App_policy", fields)


def app_of(component: Component) -> ActualApp:
    return ActualApp("App", {component.type.name: component})


def plan_of(wanted: Component, actual: ActualApp, org=ORG) -> Plan:
    return Plan("App", org, actual, (changed(wanted, actual.components.get(wanted.type.name)),))


def record_of(wanted: Component, found: Component, sensitive=frozenset(), org=ORG) -> LastApplied:
    plan = plan_of(wanted, ActualApp("App"), org)
    return last_applied(
        plan, app_of(found), org, sensitive=sensitive, run_id="run", salt=SALT, now=NOW
    )


@pytest.mark.parametrize(
    ("then", "found", "wanted", "now", "who"),
    [
        (15, 15, 30, 15, Moved.SPEC),
        (15, 15, 15, 30, Moved.ORG),
        (15, 15, 30, 45, Moved.BOTH),
        (15, 15, 30, None, Moved.BOTH),
        (15, 15, 15, None, Moved.ORG),
        # The org did not take it then, as it does not take it now: nobody moved.
        (15, 30, 15, 30, Moved.UNKNOWN),
        (UNSET, None, 15, None, Moved.SPEC),
        (15, 15, UNSET, 15, Moved.SPEC),
    ],
)
def test_who_moved(then, found, wanted, now, who) -> None:
    def with_timeout(value) -> Component:
        return policy(**({} if value is None else {"sessionTimeoutInMinutes": value}))

    last = record_of(with_timeout(then), with_timeout(found))
    [change] = plan_of(with_timeout(wanted), app_of(with_timeout(now))).changes
    assert moved(change, last) is who
    [again] = with_moved(plan_of(with_timeout(wanted), app_of(with_timeout(now))), last).changes
    assert again == dataclasses.replace(change, moved=who)


def test_a_field_that_the_spec_did_not_have_then_is_the_specs_move() -> None:
    last = record_of(policy(startUrl="https://a.example"), policy(startUrl="https://a.example"))
    [change] = plan_of(policy(sessionTimeoutInMinutes=15), app_of(policy())).changes
    assert moved(change, last) is Moved.SPEC


def test_a_default_that_the_org_now_says_is_no_move_of_its() -> None:
    last = record_of(policy(ipRelaxationPolicyType="Enforce"), policy())
    wanted = policy(ipRelaxationPolicyType="Bypass")
    [change] = plan_of(wanted, app_of(policy(ipRelaxationPolicyType="ENFORCE"))).changes
    assert moved(change, last) is Moved.SPEC


def test_of_what_came_from_outside_nothing_is_kept() -> None:
    told = Component(EXTERNAL_CLIENT_APPLICATION, "App", {"description": "hush-hush", "label": "A"})
    last = record_of(told, told, sensitive=frozenset({"hush-hush"}))
    assert last.fields["ExternalClientApplication.description"] is None
    assert last.fields["ExternalClientApplication.label"] is not None
    other = Component(EXTERNAL_CLIENT_APPLICATION, "App", {"description": "else"})
    [change] = plan_of(told, app_of(other)).changes[:1]
    assert moved(change, last) is Moved.UNKNOWN


def test_equal_values_do_not_look_alike() -> None:
    fields = {"startUrl": "https://a.example", "singleLogoutUrl": "https://a.example"}
    last = record_of(policy(**fields), policy(**fields))
    digests = {trace.wanted for trace in last.fields.values()}
    assert len(digests) == 2
    other = dataclasses.replace(last, salt=b"x")
    [change] = plan_of(policy(startUrl="https://b.example"), app_of(policy(**fields))).changes
    assert moved(change, last) is Moved.SPEC
    assert moved(change, other) is Moved.BOTH


@settings(max_examples=50, deadline=None)
@given(plans(), st.binary(min_size=16, max_size=16))
def test_a_record_comes_back_and_holds_no_value(plan, salt) -> None:
    last = last_applied(
        plan, plan.actual, ORG, sensitive=frozenset(), run_id="run", salt=salt, now=NOW
    )
    text = last_applied_json(last)
    assert last_applied_of(text, "App.json") == last
    for trace in json.loads(text)["fields"].values():
        assert set(trace) == {"wanted", "found"}
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in trace.values())


@settings(max_examples=50, deadline=None)
@given(plans())
def test_nobody_moved_from_what_was_just_found(plan) -> None:
    """What the org did not take at once is asked for again, and nobody moved."""
    last = last_applied(
        plan, plan.actual, ORG, sensitive=frozenset(), run_id="run", salt=SALT, now=NOW
    )
    assert {change.moved for change in with_moved(plan, last).changes} <= {Moved.UNKNOWN}


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (ActualApp("App"), "refreshed sandbox: will recreate"),
        (app_of(policy()), "refreshed sandbox: has the app already"),
    ],
)
def test_another_org_at_the_same_host_is_a_refreshed_sandbox(actual, said) -> None:
    wanted = policy(sessionTimeoutInMinutes=15)
    last = record_of(wanted, wanted)
    refreshed = dataclasses.replace(ORG, org_id="00D000000000009")
    plan = with_moved(plan_of(wanted, actual, refreshed), last)
    [advice] = plan.advice
    assert advice.text.startswith(said)
    assert "00D000000000001 on 2026-11-24, now 00D000000000009" in advice.text
    assert {change.moved for change in plan.changes} == {Moved.UNKNOWN}


def test_another_org_at_another_host_is_another_org() -> None:
    last = record_of(policy(), policy())
    other = dataclasses.replace(ORG, org_id="00D000000000009", instance_url="https://b.example")
    assert with_moved(plan_of(policy(), ActualApp("App"), other), last).advice == ()


def test_hosts_go_without_port_and_case() -> None:
    assert host_of("https://UAT.my.Salesforce.com.:443/") == "uat.my.salesforce.com"
    assert host_of("https://../x") == ""  # never a way out of the directory of records


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a last-applied record"),
        ('{"schema": "provision/last-applied/2"}', "has the schema"),
        ('{"schema": "provision/last-applied/1"}', "org_id: Field required"),
    ],
)
def test_what_is_no_record_is_refused(text, said) -> None:
    with pytest.raises(CannotError, match=said):
        last_applied_of(text, "App.json")
