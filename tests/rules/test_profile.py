"""The profiles that ship: what they find, and what they leave alone."""

from pathlib import Path

import pytest

from provision.catalogue.component import Component, RawXml
from provision.catalogue.dependent_types import dependent_type_named
from provision.render.desired import render
from provision.render.template import Templates
from provision.rules.finding import broken_rules
from provision.rules.layer import profile_names
from provision.rules.load import built_in_rules, load_rules
from provision.spec.load import load
from provision.spec.source import preset_names
from provision.spec.variable import Variables
from tests.rules.apps import app

MANIFESTS = Path(__file__).parents[2] / "manifests"
GOOD = {
    "glob__callbackUrl": "https://a.example",
    "oauth__commaSeparatedOauthScopes": "Api, Web, RefreshToken",
    "policy__permittedUsersPolicyType": "AdminApprovedPreAuthorized",
    "policy__refreshTokenPolicyType": "SpecificLifetime",
    "policy__refreshTokenValidityPeriod": 90,
    "policy__refreshTokenValidityUnit": "Days",
    "policy__sessionTimeoutInMinutes": 15,
}


def found(profile: str, **fields):
    return {f.rule.id for f in broken_rules(built_in_rules([profile]), app(**{**GOOD, **fields}))}


def test_a_good_app_is_good():
    assert found("baseline") == set()


@pytest.mark.parametrize("name", profile_names())
def test_every_rule_says_what_to_do_and_why_and_who_says_so(name):
    for rule in built_in_rules([name]).rules:
        assert all((rule.message, rule.reason, rule.source)), rule.id


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"policy__refreshTokenPolicyType": "Infinite"}, "refresh-token-limit"),
        (
            {
                "policy__refreshTokenPolicyType": "SpecificInactivity",
                "policy__refreshTokenValidityPeriod": 91,
            },
            "refresh-token-limit",
        ),
        ({"policy__sessionTimeoutInMinutes": 16}, "session-timeout"),
        ({"policy__permittedUsersPolicyType": "AllSelfAuthorized"}, "admin-approved"),
        ({"glob__isPkceRequired": False}, "pkce-required"),
        ({"oauth__commaSeparatedOauthScopes": "Api,Full"}, "no-full-scope"),
        ({"policy__ipRelaxationPolicyType": "Bypass"}, "ip-restrictions"),
        ({"policy__ipRelaxationPolicyType": "Bypass_2factor"}, "ip-restrictions-on-devices"),
        ({"glob__isNamedUserJwtEnabled": True}, "jwt-token-timeout"),
        (
            {"glob__isNamedUserJwtEnabled": True, "policy__namedUserJwtTimeout": 30},
            "jwt-token-timeout",
        ),
        ({"policy__isNamedUserJwtEnabled": True}, "jwt-token-timeout"),
        ({"policy__isGuestCodeCredFlowEnabled": True}, "guest-jwt-timeout"),
        ({"policy__isClientCredentialsFlowEnabled": True}, "client-credentials-user"),
        ({"glob__isTokenExchangeEnabled": True}, "token-exchange-secret"),
    ],
)
def test_the_baseline_finds(fields, expected):
    assert found("baseline", **fields) == {expected}


def test_jwt_format_tokens_with_a_short_timeout_are_good():
    assert (
        found("baseline", glob__isNamedUserJwtEnabled=True, policy__namedUserJwtTimeout=15) == set()
    )


def test_an_idle_limit_makes_a_longer_inactivity_a_fiction():
    policy = {
        "policy__refreshTokenPolicyType": "SpecificInactivity",
        "policy__refreshTokenValidityPeriod": 60,
    }
    assert found("baseline", **policy) == set()
    assert found("baseline", **policy, glob__isEnforceRefreshTokenTTL=True) == {
        "refresh-token-effective-limit"
    }


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize(
    "flow", [{"glob__certificate": "MIIB"}, {"glob__isClientCredentialsFlowEnabled": True}]
)
def test_an_app_without_browser_logins_is_not_asked_for_pkce(profile, flow):
    scopes = {"oauth__commaSeparatedOauthScopes": "Api, RefreshToken"}
    assert found(profile, **flow, **scopes, glob__isPkceRequired=False) == set()
    assert "pkce-required" in found(profile, **scopes, glob__isPkceRequired=False)
    assert "pkce-required" in found(profile, **flow, glob__isPkceRequired=False)


def test_partners():
    assert found("partner") == {
        "refresh-token-rotation",
        "refresh-token-idle-ttl",
        "refresh-token-ip-allowlist",
    }


PARTNERS = {
    **GOOD,
    "glob__isRefreshTokenRotationEnabled": True,
    "glob__isEnforceRefreshTokenTTL": True,
}


@pytest.mark.parametrize("last", ["203.0.113.2", "255.255.255.255"])
def test_trusted_ip_ranges_do_not_stand_for_the_refresh_token_allowlist(last):
    ranges = ({"startIpAddress": "0.0.0.0", "endIpAddress": last},)
    assert found("partner", **{**PARTNERS, "oauth__trustedIpRanges": ranges}) == {
        "refresh-token-ip-allowlist"
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tokenIpRanges": RawXml("<tokenIpRanges/>")}, set()),
        ({}, {"refresh-token-ip-allowlist"}),
    ],
)
def test_the_record_of_the_allowlist_is_looked_at_where_the_org_has_it(fields, expected):
    kind = dependent_type_named("ExtlClntAppOauthSecuritySettings").metadata_type
    components = (*app(**PARTNERS), Component(kind, "App_oauthSecurity", fields))
    found_there = broken_rules(built_in_rules(["partner"]), components)
    assert {finding.rule.id for finding in found_there} == expected


@pytest.mark.parametrize("preset", preset_names())
def test_the_presets_meet_the_baseline(loaded, preset):
    spec = loaded(f"app: A\nextends: {preset}\n")
    assert broken_rules(built_in_rules(["baseline"]), render(spec, Templates()), spec) == ()


def test_the_example_rules_are_for_the_example_service():
    spec = load(MANIFESTS / "service.yaml", Variables(values={"suffix": ""}))
    components = render(spec, Templates())
    own = load_rules(MANIFESTS / "rules.yaml")
    assert broken_rules(own, components, spec) == ()
    baseline = broken_rules(built_in_rules(["baseline"]), components, spec)
    assert [finding.rule.id for finding in baseline] == ["session-timeout"]
