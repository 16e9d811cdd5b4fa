import pytest

from provision.metadata.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.metadata.component import Component
from provision.plan.facts import ActualApp

TIMEOUT = {"sessionTimeoutInMinutes": 15}


@pytest.fixture
def advice_of(plan_of):
    def advice(text: str, policy, glob=(), scopes: str = "Api, RefreshToken") -> list[str]:
        components = (
            Component(EXTERNAL_CLIENT_APPLICATION, "A", {}),
            Component(OAUTH_SETTINGS, "A_oauth", {"commaSeparatedOauthScopes": scopes}),
            Component(GLOBAL_OAUTH_SETTINGS, "A_g", dict(glob)),
            Component(OAUTH_POLICIES, "A_p", dict(policy)),
        )
        app = ActualApp("A", {component.type.name: component for component in components})
        return [item.text for item in plan_of(text, app).advice]

    return advice


IDLE = {"isEnforceRefreshTokenTTL": True}


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"refreshTokenPolicyType": "Infinite"}, "end after 30 days without use"),
        (
            {
                "refreshTokenPolicyType": "SpecificInactivity",
                "refreshTokenValidityPeriod": 3,
                "refreshTokenValidityUnit": "Months",
            },
            "end after 30 days without use",
        ),
        (
            {"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 90},
            "not used for 30 days ends before its 90 days",
        ),
    ],
)
def test_the_idle_limit_rules_what_is_stored(advice_of, policy, said) -> None:
    [text] = advice_of("app: A\n", {**policy, **TIMEOUT}, IDLE)
    assert said in text


@pytest.mark.parametrize(
    "policy",
    [
        {"refreshTokenPolicyType": "Zero"},
        {"refreshTokenPolicyType": "SpecificInactivity", "refreshTokenValidityPeriod": 30},
        {"refreshTokenPolicyType": "SpecificLifetime", "refreshTokenValidityPeriod": 20},
    ],
)
def test_shorter_policies_are_what_they_say(advice_of, policy) -> None:
    assert advice_of("app: A\n", {**policy, **TIMEOUT}, IDLE) == []


def test_without_the_idle_limit_the_stored_policy_holds(advice_of) -> None:
    assert advice_of("app: A\n", {"refreshTokenPolicyType": "Infinite", **TIMEOUT}) == []


def test_a_refresh_policy_that_no_flow_uses(advice_of) -> None:
    text = "app: A\npolicies: {refresh_token: {lifetime: 90 days}}\n"
    [said] = advice_of(text, TIMEOUT, scopes="Api")
    assert said.startswith("policies.refresh_token: the app has no scope refresh_token")


def test_no_timeout_of_the_apps_own(advice_of) -> None:
    assert advice_of("app: A\n", {}) == []
    [said] = advice_of("app: A\npolicies: {session_timeout: null}\n", {})
    assert "the user's profile's applies, else the org's" in said


@pytest.mark.parametrize(
    ("policy", "said"), [({}, "which is not set"), ({"namedUserJwtTimeout": 30}, "is 30 minutes")]
)
def test_jwt_format_tokens_have_a_timeout_of_their_own(advice_of, policy, said) -> None:
    [text] = advice_of("app: A\n", {**policy, **TIMEOUT}, {"isNamedUserJwtEnabled": True})
    assert said in text


def test_lists_and_certificates_want_approved_users(advice_of) -> None:
    policy = {**TIMEOUT, "commaSeparatedProfile": "System Administrator"}
    first, second = advice_of("app: A\n", policy, {"certificate": "MIIA"})
    assert "policies.profiles: heeded with permitted_users: admin_approved alone" in first
    assert "a JWT login never succeeds" in second


def test_advice_is_no_difference(plan_of) -> None:
    app = ActualApp("A", {"ExternalClientApplication": Component(EXTERNAL_CLIENT_APPLICATION, "A")})
    assert plan_of("app: A\n", app).is_empty
