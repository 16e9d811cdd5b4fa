"""A plan turned round: every settable field, in both directions."""

from __future__ import annotations

import pytest

from provision.catalogue.catalogue import CORE_TYPES, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.catalogue.component import UNSET, Component
from provision.catalogue.field import Kind, Role
from provision.catalogue.judge import judged
from provision.catalogue.risk import RiskLevel
from provision.plan.drifted import drifted_fields, reversed_plan
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.plan import Action, Change, ComponentPlan, Moved, Plan
from provision.plan.widening import widening
from provision.spec.position import Position

SETTABLE = [
    (kind, field) for kind in CORE_TYPES for field in kind.fields if field.role is Role.SPEC
]
EVERYBODY = tuple(Moved)
ORG = OrgFacts("uat", "https://uat.example", "", 68, "a test")


def two_values(field):
    """Two values that the field may hold, and that are not the same."""
    match field.kind:
        case Kind.BOOLEAN:
            return False, True
        case Kind.INTEGER:
            return 15, 720
        case Kind.ENUM if len(field.choices) > 1:
            return field.choices[0].value, field.choices[-1].value
        case Kind.RECORD:
            return {}, {"idTokenValidityInMinutes": 30}
        case Kind.RECORDS:
            return (), ({"startIpAddress": "10.0.0.1", "endIpAddress": "10.0.0.9"},)
        case _:
            return "one", "one, two"


def plan_of(kind, field, has, says, *, action=Action.UPDATE, moved=Moved.UNKNOWN) -> Plan:
    """The plan of one change in an app that is there."""
    actual = Component(kind, "R", {field.name: has})
    desired = Component(kind, "R", {field.name: says})
    change = Change(
        kind, "R", field, has, says, "k", Position("s.yaml", 1, 1),
        judged(field, has, says, had=actual.fields, has=desired.fields), moved,
    )  # fmt: skip
    app = ActualApp("A", {kind.name: actual} | {"ExternalClientApplication": actual})
    return Plan("A", ORG, app, (ComponentPlan(action, desired, desired, (change,)),))


@pytest.mark.parametrize(("kind", "field"), SETTABLE, ids=lambda each: each.name)
def test_a_drift_is_judged_from_the_spec_to_the_org(kind, field) -> None:
    for one, other in (two_values(field), two_values(field)[::-1]):
        plan = plan_of(kind, field, has=one, says=other)
        [found] = drifted_fields(reversed_plan(plan, EVERYBODY))
        assert (found.type_name, found.field_name) == (kind.name, field.name)
        # It does what a plan from the spec's value to the org's would do.
        [way_there] = plan_of(kind, field, has=other, says=one).changes
        assert found.risk == way_there.risk


def test_a_value_that_the_org_lost_is_judged_by_its_default() -> None:
    field = OAUTH_POLICIES.field("permittedUsersPolicyType")
    plan = plan_of(OAUTH_POLICIES, field, None, "AdminApprovedPreAuthorized")
    turned = reversed_plan(plan, EVERYBODY)
    [change] = turned.changes
    assert change.after is UNSET
    assert "Every user" in change.risk.reason
    assert widening(turned).admitted.everybody
    assert widening(plan).is_empty


def test_another_consumer_key_shuts_clients_out() -> None:
    """An org never changes it: somebody made the app again."""
    field = GLOBAL_OAUTH_SETTINGS.field("consumerKey")
    [found] = drifted_fields(
        reversed_plan(plan_of(GLOBAL_OAUTH_SETTINGS, field, "A", "B"), EVERYBODY)
    )
    assert found.risk.level is RiskLevel.LOCKS_OUT


@pytest.mark.parametrize("moved", Moved)
def test_only_what_the_org_may_have_moved_is_drift(moved) -> None:
    field = OAUTH_POLICIES.field("sessionTimeoutInMinutes")
    plan = plan_of(OAUTH_POLICIES, field, 720, 30, moved=moved)
    counted = (Moved.ORG, Moved.BOTH)
    assert len(reversed_plan(plan, counted).changes) == (moved in counted)


def test_what_the_org_does_not_show_is_no_drift() -> None:
    field = OAUTH_POLICIES.field("sessionTimeoutInMinutes")
    plan = plan_of(OAUTH_POLICIES, field, None, 30, action=Action.UNKNOWN)
    assert reversed_plan(plan, EVERYBODY).changes == ()
