"""What each predicate asks, of each kind of field."""

import pytest

from provision.catalogue.component import UNSET, RawXml

SESSION = "policies.session_timeout"
REFRESH = "policies.refresh_token"


def refresh(kind: str, period: int | None = None, unit: str = "Days") -> dict[str, object]:
    said = {"policy__refreshTokenPolicyType": kind}
    if period is None:
        return said
    return {
        **said,
        "policy__refreshTokenValidityPeriod": period,
        "policy__refreshTokenValidityUnit": unit,
    }


@pytest.mark.parametrize(
    ("limit", "minutes", "expected"),
    [
        ("15 minutes", 15, False),
        ("15m", 16, True),
        ("2 hours", 120, False),
        ("2h", 121, True),
        ("15 minutes", UNSET, False),
    ],
)
def test_a_timeout_is_held_to_minutes_or_hours(broken, limit, minutes, expected):
    rule = f"{{field: {SESSION}, max: {limit}}}"
    assert broken(rule, policy__sessionTimeoutInMinutes=minutes) is expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (refresh("SpecificLifetime", 90), False),
        (refresh("SpecificLifetime", 91), True),
        (refresh("SpecificInactivity", 91), True),
        (refresh("SpecificLifetime", 2160, "Hours"), False),
        (refresh("SpecificLifetime", 2161, "Hours"), True),
        (refresh("SpecificLifetime", 2, "Months"), False),
        # Three months can be 92 days.
        (refresh("SpecificLifetime", 3, "Months"), True),
        (refresh("Infinite"), True),
        (refresh("Zero"), False),
        # Left over from another policy: it means nothing beside Zero.
        (refresh("Zero", 365), False),
        # Nothing said is what a new app gets: 365 days.
        ({}, True),
        (refresh("SpecificInactivity"), True),
    ],
)
def test_refresh_tokens_are_held_to_one_limit_in_any_unit(broken, policy, expected):
    assert broken(f"{{field: {REFRESH}, max: 90 days}}", **policy) is expected


def test_at_least(broken):
    rule = f"{{field: {REFRESH}, min: 1 day}}"
    assert broken(rule, **refresh("Zero"))
    assert broken(rule, **refresh("SpecificLifetime", 23, "Hours"))
    assert not broken(rule, **refresh("SpecificLifetime", 1))
    assert not broken(rule, **refresh("Infinite"))


def test_a_month_may_be_too_short_as_well_as_too_long(broken):
    """Nobody says how Salesforce counts one: a limit holds for the month that would break it."""
    month = refresh("SpecificInactivity", 1, "Months")
    assert broken(f"{{field: {REFRESH}, max: 30 days}}", **month)
    assert broken(f"{{field: {REFRESH}, min: 30 days}}", **month)
    assert not broken(f"{{field: {REFRESH}, max: 1 month}}", **month)
    assert not broken(f"{{field: {REFRESH}, min: 1 month}}", **month)
    assert not broken(f"{{field: {REFRESH}, max: 31 days}}", **month)


def test_equals_goes_by_the_specs_words_or_by_metadatas(broken):
    key = "{field: policies.permitted_users, equals: admin_approved}"
    field = (
        "{field: ExtlClntAppOauthConfigurablePolicies.permittedUsersPolicyType, "
        "equals: AdminApprovedPreAuthorized}"
    )
    for rule in (key, field):
        assert broken(rule)
        assert broken(rule, policy__permittedUsersPolicyType="AllSelfAuthorized")
        assert not broken(rule, policy__permittedUsersPolicyType="AdminApprovedPreAuthorized")


def test_a_flag_that_nobody_mentions_is_off_unless_the_platform_sets_it(broken):
    assert not broken("{field: oauth.pkce_required, equals: true}")
    assert broken("{field: oauth.refresh_token_rotation, equals: true}")


def test_equals_of_a_timeout_has_a_unit(broken):
    rule = f"{{field: {SESSION}, equals: 1 hour}}"
    assert not broken(rule, policy__sessionTimeoutInMinutes=60)
    assert broken(rule, policy__sessionTimeoutInMinutes=1)
    assert broken(rule)


def test_equals_of_a_list_does_not_mind_the_order(broken):
    rule = "{field: oauth.scopes, equals: [api, refresh_token]}"
    assert not broken(rule, oauth__commaSeparatedOauthScopes="OfflineAccess, Api")
    assert broken(rule, oauth__commaSeparatedOauthScopes="Api")


def test_one_of_is_the_whole_of_what_a_list_may_have(broken):
    rule = "{field: oauth.scopes, one_of: [api, id]}"
    assert not broken(rule, oauth__commaSeparatedOauthScopes="Api")
    assert not broken(rule, oauth__commaSeparatedOauthScopes="Api,Email")  # id is profile, email...
    assert not broken(rule)
    assert broken(rule, oauth__commaSeparatedOauthScopes="Api,Web")


def test_none_of(broken):
    rule = "{field: oauth.scopes, none_of: [full, id]}"
    assert broken(rule, oauth__commaSeparatedOauthScopes="Api, Full")
    assert broken(rule, oauth__commaSeparatedOauthScopes="Basic")
    assert not broken(rule, oauth__commaSeparatedOauthScopes="Email")
    relaxed = "{field: policies.ip_relaxation, none_of: [enforce_relax_refresh]}"
    # OBS: queries spell it Enforce_relaxrefresh.
    assert broken(relaxed, policy__ipRelaxationPolicyType="Enforce_relaxrefresh")


def test_contains_all_or_any(broken):
    every = "{field: policies.permission_sets, contains: [Audit, Base]}"
    some = "{field: policies.permission_sets, contains_any: [Audit, Base]}"
    names = {"policy__commaSeparatedPermissionSet": "base,Other"}
    assert broken(every, **names)
    assert not broken(some, **names)
    assert broken(some, policy__commaSeparatedPermissionSet="Other")
    assert broken(some)


def test_required_wants_it_said(broken):
    assert broken("{field: policies.permitted_users, required: true}")
    assert broken(f"{{field: {SESSION}, required: true, max: 15m}}")
    assert broken(f"{{field: {SESSION}, required: true}}", policy__sessionTimeoutInMinutes=UNSET)
    ranges = "{field: ExtlClntAppOauthSettings.trustedIpRanges, required: true}"
    assert broken(ranges, oauth__trustedIpRanges=())
    record = {"startIpAddress": "203.0.113.1", "endIpAddress": "203.0.113.2"}
    assert not broken(ranges, oauth__trustedIpRanges=(record,))


def test_what_means_nothing_beside_other_fields_is_not_said(broken):
    field = "ExtlClntAppOauthConfigurablePolicies.namedUserJwtTimeout"
    rule = f"{{field: {field}, required: true, max: 15m}}"
    assert not broken(rule, policy__namedUserJwtTimeout=15)
    assert broken(
        rule,
        policy__namedUserJwtTimeout=15,
        policy__namedUserJwtSessionTimeoutType="UserSession",
    )


def test_absent(broken):
    rule = "{field: oauth.jwt_bearer, absent: true}"
    assert broken(rule, glob__certificate="MIIB")
    assert not broken(rule)
    flow = "{field: oauth.client_credentials, absent: true}"
    assert broken(flow, glob__isClientCredentialsFlowEnabled=True)
    assert not broken(flow, glob__isClientCredentialsFlowEnabled=False)


def test_elements_that_the_catalogue_does_not_know_break_nothing_but_equality(broken):
    odd = {"policy__sessionTimeoutInMinutes": RawXml("<x/>")}
    assert not broken(f"{{field: {SESSION}, max: 15m}}", **odd)
    assert broken(f"{{field: {SESSION}, equals: 15m}}", **odd)
