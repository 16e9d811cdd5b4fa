from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from provision.catalogue.catalogue import (
    CORE_TYPES,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import UNSET, Component, RawXml
from provision.catalogue.field import Role
from provision.catalogue.overlay import overlay
from tests.catalogue.strategies import components

pairs = st.sampled_from(CORE_TYPES).flatmap(
    lambda t: st.tuples(components(t, roles={Role.SPEC}), components(t))
)


@given(pairs)
def test_undeclared_fields_survive(pair) -> None:
    desired, actual = pair
    merged = overlay(desired, actual)
    for name, value in actual.fields.items():
        field = actual.type.field(name)
        kept = field.role in {Role.SPEC, Role.PARENT} and field.applies(merged.fields)
        if name not in desired.fields and kept:
            assert merged.fields[name] == value


@given(pairs)
def test_declared_fields_win(pair) -> None:
    desired, actual = pair
    merged = overlay(desired, actual)
    for name, value in desired.fields.items():
        if not desired.type.field(name).applies(merged.fields):
            continue
        if isinstance(value, Mapping):  # a record: what it does not say is not managed
            below = actual.fields.get(name, {})
            assert merged.fields[name] == {**below, **value}
        else:
            assert merged.fields[name] == value


@given(pairs)
def test_what_belongs_to_one_org_is_never_sent_back(pair) -> None:
    desired, actual = pair
    merged = overlay(desired, actual)
    assert not any(merged.type.field(name).org_bound for name in merged.fields)


def test_the_record_keeps_its_own_name() -> None:
    desired = Component(OAUTH_POLICIES, "A_oauthPlcy", {"sessionTimeoutInMinutes": 15})
    actual = Component(OAUTH_POLICIES, "A_oauth_defaultPolicy", {"label": "x"})
    assert overlay(desired, actual).full_name == "A_oauth_defaultPolicy"


def test_an_unknown_field_survives() -> None:
    later = RawXml("<later>1</later>")
    merged = overlay(
        Component(OAUTH_SETTINGS, "A", {"label": "new"}),
        Component(OAUTH_SETTINGS, "A", {"later": later, "label": "old"}),
    )
    assert dict(merged.fields) == {"later": later, "label": "new"}


def test_unset_fields_are_dropped() -> None:
    merged = overlay(
        Component(GLOBAL_OAUTH_SETTINGS, "A", {"certificate": UNSET}),
        Component(GLOBAL_OAUTH_SETTINGS, "A", {"certificate": "MII", "label": "x"}),
    )
    assert dict(merged.fields) == {"label": "x"}


def test_a_validity_period_goes_with_the_policy_that_had_one() -> None:
    merged = overlay(
        Component(OAUTH_POLICIES, "A", {"refreshTokenPolicyType": "Infinite"}),
        Component(
            OAUTH_POLICIES,
            "A",
            {
                "refreshTokenPolicyType": "SpecificLifetime",
                "refreshTokenValidityPeriod": 90,
                "refreshTokenValidityUnit": "Days",
            },
        ),
    )
    assert dict(merged.fields) == {"refreshTokenPolicyType": "Infinite"}


def test_a_new_record_has_what_must_be_sent() -> None:
    merged = overlay(Component(POLICIES, "A_plcy", {"externalClientApplication": "A"}), None)
    assert merged.fields["isEnabled"] is True
    assert merged.fields["isOauthPluginEnabled"] is True


def test_a_consumer_key_is_sent_on_create_alone() -> None:
    desired = Component(GLOBAL_OAUTH_SETTINGS, "A", {"consumerKey": "chosen"})
    assert overlay(desired, None).fields["consumerKey"] == "chosen"
    actual = Component(GLOBAL_OAUTH_SETTINGS, "A", {"consumerKey": "minted"})
    assert "consumerKey" not in overlay(desired, actual).fields


def test_a_record_keeps_those_of_its_fields_that_are_not_said() -> None:
    merged = overlay(
        Component(GLOBAL_OAUTH_SETTINGS, "A", {"idTokenConfig": {"idTokenValidityInMinutes": 10}}),
        Component(
            GLOBAL_OAUTH_SETTINGS,
            "A",
            {"idTokenConfig": {"idTokenAudience": "a", "idTokenValidityInMinutes": 5}},
        ),
    )
    assert merged.fields["idTokenConfig"] == {
        "idTokenAudience": "a",
        "idTokenValidityInMinutes": 10,
    }
