import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.catalogue import (
    CORE_TYPES,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import UNSET, Component
from provision.catalogue.field import Kind, Role
from provision.catalogue.overlay import overlay
from provision.plan.compare import differences
from tests.catalogue.strategies import components

pairs = st.sampled_from(CORE_TYPES).flatmap(
    lambda t: st.tuples(components(t, roles={Role.SPEC}), components(t))
)


def names(desired: Component, actual: Component | None) -> list[str]:
    return [difference.field.name for difference in differences(desired, actual)]


def policy(**fields) -> Component:
    return Component(OAUTH_POLICIES, "P", fields)


@given(pairs)
def test_what_is_deployed_shows_no_difference_when_read_back(pair) -> None:
    desired, actual = pair
    assert names(desired, overlay(desired, actual)) == []


@given(pairs)
def test_only_declared_fields_are_managed(pair) -> None:
    desired, actual = pair
    assert set(names(desired, actual)) <= set(desired.fields)


@given(pairs)
def test_comparing_is_symmetric_where_both_say_something(pair) -> None:
    one, other = pair
    # A field that means something only beside another's value is left out of one side alone.
    # Of a record, what one side does not say is not managed by it.
    both = {
        name
        for name in one.fields.keys() & other.fields.keys()
        if not one.type.field(name).only_with and one.type.field(name).kind is not Kind.RECORD
    }
    first = Component(one.type, "A", {n: one.fields[n] for n in both})
    second = Component(one.type, "A", {n: other.fields[n] for n in both})
    assert names(first, second) == names(second, first)


@pytest.mark.parametrize(
    ("desired", "actual"),
    [
        ({"permittedUsersPolicyType": "AllSelfAuthorized"}, {}),
        ({"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 365}, {}),
        ({"isTokenExchangeFlowEnabled": False}, {}),
        ({"sessionTimeoutInMinutes": UNSET}, {}),
        ({"permittedUsersPolicyType": UNSET}, {"permittedUsersPolicyType": "AllSelfAuthorized"}),
        ({"commaSeparatedProfile": UNSET}, {"commaSeparatedProfile": ""}),
        (
            {"refreshTokenPolicyType": "Infinite", "refreshTokenValidityPeriod": UNSET},
            {"refreshTokenPolicyType": "Infinite", "refreshTokenValidityPeriod": 365},
        ),
    ],
)
def test_defaults_are_no_differences(desired, actual) -> None:
    assert names(policy(**desired), policy(**actual)) == []


@pytest.mark.parametrize(
    ("desired", "actual", "differing"),
    [
        ({"sessionTimeoutInMinutes": 15}, {}, ["sessionTimeoutInMinutes"]),
        (
            {"sessionTimeoutInMinutes": UNSET},
            {"sessionTimeoutInMinutes": 15},
            ["sessionTimeoutInMinutes"],
        ),
        ({"sessionTimeoutInMinutes": 0}, {}, ["sessionTimeoutInMinutes"]),
        (
            {"refreshTokenPolicyType": UNSET},
            {"refreshTokenPolicyType": "Infinite"},
            ["refreshTokenPolicyType"],
        ),
        (
            {"commaSeparatedProfile": "A"},
            {"commaSeparatedProfile": "A,B"},
            ["commaSeparatedProfile"],
        ),
    ],
)
def test_differences_are_found(desired, actual, differing) -> None:
    assert names(policy(**desired), policy(**actual)) == differing


def test_a_new_component_differs_in_all_that_is_said_of_it() -> None:
    desired = policy(permittedUsersPolicyType="AllSelfAuthorized", label=UNSET)
    assert names(desired, None) == ["permittedUsersPolicyType"]


def test_what_the_org_owns_is_left_out() -> None:
    desired = Component(OAUTH_SETTINGS, "A", {"oauthLink": "x", "externalClientApplication": "A"})
    assert names(desired, Component(OAUTH_SETTINGS, "A", {"oauthLink": "y"})) == []


def test_a_secret_cannot_be_compared_since_no_org_returns_it() -> None:
    desired = Component(GLOBAL_OAUTH_SETTINGS, "A", {"consumerSecret": "s"})
    assert names(desired, Component(GLOBAL_OAUTH_SETTINGS, "A", {})) == []
    assert names(desired, None) == ["consumerSecret"]


@pytest.mark.parametrize(
    ("desired", "actual"),
    [
        ({"isMobilePluginEnabled": False}, {}),
        ({"isMobilePluginEnabled": UNSET}, {"isMobilePluginEnabled": False}),
    ],
)
def test_a_flag_without_a_documented_default_is_off_where_the_org_says_nothing(
    desired, actual
) -> None:
    assert POLICIES.field("isMobilePluginEnabled").default is None
    assert (
        names(Component(POLICIES, "A_plcy", desired), Component(POLICIES, "A_plcy", actual)) == []
    )


def test_a_flag_without_a_documented_default_can_be_switched_on() -> None:
    desired = Component(POLICIES, "A_plcy", {"isMobilePluginEnabled": True})
    assert names(desired, Component(POLICIES, "A_plcy", {})) == ["isMobilePluginEnabled"]
