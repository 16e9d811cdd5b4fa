"""Findings: where they point, in which order, and which are new."""

import pytest

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION, OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.render.desired import render
from provision.render.template import Templates
from provision.rules.finding import broken_rules, newly_broken
from provision.rules.load import built_in_rules
from tests.rules.apps import app

BASELINE = built_in_rules(["baseline"])


def test_a_finding_points_at_what_the_spec_says_or_would(loaded):
    spec = loaded(
        """\
        app: A
        oauth:
          callback_url: https://a.example
          scopes: [api, full]
        policies:
          permitted_users: self_authorized
          refresh_token: {lifetime: 365 days}
        """
    )
    found = broken_rules(BASELINE, render(spec, Templates()), spec)
    assert [(f.position.line, f.position.column, f.rule.id) for f in found] == [
        (4, 3, "no-full-scope"),
        (5, 1, "session-timeout"),
        (6, 20, "admin-approved"),
        (7, 3, "refresh-token-limit"),
    ]
    session = found[1]
    assert session.finding.key == "policies.session_timeout"
    assert (session.rule.type, session.rule.field.name) == (
        OAUTH_POLICIES,
        "sessionTimeoutInMinutes",
    )
    assert found[2].finding.sentence == (
        "policies.permitted_users: self_authorized; must be admin_approved. Write "
        "permitted_users: admin_approved, and name profiles or permission sets."
    )
    assert found[0].finding.sentence.startswith("oauth.scopes: api, full; not allowed: full. ")
    assert "policies.refresh_token: 365 days; at most 90 days. " in found[3].finding.sentence


def test_saying_nothing_is_what_a_new_app_gets(loaded):
    spec = loaded("{app: A, oauth: {callback_url: 'https://a.example', scopes: [api]}}")
    found = broken_rules(BASELINE, render(spec, Templates()), spec)
    assert [f.rule.id for f in found] == [
        "admin-approved",
        "refresh-token-limit",
        "session-timeout",
    ]
    assert "self_authorized by default; must be admin_approved" in found[0].finding.sentence


def test_what_an_org_has_has_no_position():
    found = broken_rules(BASELINE, app())
    assert {f.position for f in found} == {None}
    assert [f.rule.id for f in found] == sorted(f.rule.id for f in found)


def test_an_app_without_oauth_is_not_asked_about_it():
    assert broken_rules(BASELINE, [Component(EXTERNAL_CLIENT_APPLICATION, "A")]) == ()


def test_no_app_breaks_nothing():
    assert broken_rules(BASELINE, ()) == ()


def test_a_value_that_is_secret_is_not_in_the_message(rules):
    text = "rules: {it: {field: ExtlClntAppGlobalOauthSettings.consumerSecret, absent: true}}"
    [found] = broken_rules(rules(text), app(glob__consumerSecret="geheim"))
    assert "geheim" not in found.finding.sentence


REFRESH = "policy__refreshTokenPolicyType"
PERIOD = "policy__refreshTokenValidityPeriod"
SESSION = "policy__sessionTimeoutInMinutes"
SCOPES = "oauth__commaSeparatedOauthScopes"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({SESSION: 15}, {SESSION: 30}, {"session-timeout"}),
        ({SESSION: 30}, {SESSION: 60}, {"session-timeout"}),
        ({SESSION: 60}, {SESSION: 30}, set()),
        ({SESSION: 30}, {SESSION: 30}, set()),
        # Unset, a session lasts as long as the org likes: worse than any number.
        ({SESSION: 60}, {}, {"session-timeout"}),
        ({}, {SESSION: 60}, set()),
        (
            {REFRESH: "SpecificLifetime", PERIOD: 365},
            {REFRESH: "Infinite"},
            {"refresh-token-limit"},
        ),
        ({REFRESH: "Infinite"}, {REFRESH: "SpecificLifetime", PERIOD: 365}, set()),
        ({SCOPES: "Api"}, {SCOPES: "Api,Full"}, {"no-full-scope"}),
        ({SCOPES: "Full"}, {SCOPES: "Full,Api"}, set()),
        # Only a warning of the baseline.
        ({}, {"policy__ipRelaxationPolicyType": "Bypass_2factor"}, set()),
        # A rule that was not for the app, and is now.
        ({}, {"glob__isNamedUserJwtEnabled": True}, {"jwt-token-timeout"}),
    ],
)
def test_what_gets_worse_is_newly_broken(before, after, expected):
    new = newly_broken(broken_rules(BASELINE, app(**before)), broken_rules(BASELINE, app(**after)))
    assert {finding.rule.id for finding in new} == expected


def test_another_wrong_value_is_newly_broken(rules):
    only = rules("rules: {it: {field: policies.ip_relaxation, equals: enforce}}")
    before = broken_rules(only, app(policy__ipRelaxationPolicyType="Bypass"))
    after = broken_rules(only, app(policy__ipRelaxationPolicyType="Bypass_2factor"))
    assert newly_broken(before, after) == after
    assert newly_broken(before, before) == ()


def test_everything_wrong_with_a_new_app_is_newly_broken():
    after = broken_rules(BASELINE, app())
    assert newly_broken((), after) == after
