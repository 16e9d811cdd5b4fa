from provision.plan.facts import ActualApp
from tests.plan.test_planner import POLICY

TEXT = """
    app: A
    oauth: {scopes: [api]}
    policies: {session_timeout: 15 minutes, refresh_token: {lifetime: 90 days}}
    accept:
      - {field: policies.session_timeout, reason: the call centre, until: %s}
"""


def test_an_accepted_difference_is_listed_and_left_alone(plan_of) -> None:
    plan = plan_of(TEXT % "2026-11-24")
    [accepted] = plan.accepted
    assert (accepted.change.before, accepted.change.after) == (30, 15)
    assert accepted.acceptance.reason == "the call centre"
    [policy] = plan.deployed
    assert policy.fields["sessionTimeoutInMinutes"] == POLICY["sessionTimeoutInMinutes"]
    assert policy.fields["refreshTokenValidityPeriod"] == 90
    assert plan.expired == ()


def test_nothing_else_to_change_is_nothing_to_change(plan_of) -> None:
    text = TEXT.replace(", refresh_token: {lifetime: 90 days}", "")
    assert plan_of(text % "2030-01-01").is_empty


def test_an_expired_acceptance_is_a_difference_again(plan_of) -> None:
    plan = plan_of(TEXT % "2026-11-23")
    assert plan.accepted == ()
    [expired] = plan.expired
    assert expired.change.key == "policies.session_timeout"
    [policy] = plan.deployed
    assert policy.fields["sessionTimeoutInMinutes"] == 15


def test_a_metadata_field_can_be_accepted(plan_of) -> None:
    text = """
        app: A
        metadata: {ExtlClntAppOauthConfigurablePolicies: {startUrl: https://new.example}}
        accept:
          - field: ExtlClntAppOauthConfigurablePolicies.startUrl
            reason: marketing
            until: 2027-01-31
    """
    plan = plan_of(text)
    assert plan.is_empty
    assert len(plan.accepted) == 1


def test_a_new_app_gets_what_the_spec_says(plan_of) -> None:
    plan = plan_of(TEXT % "2030-01-01", ActualApp("A"))
    [policy] = [c for c in plan.deployed if "sessionTimeoutInMinutes" in c.fields]
    assert policy.fields["sessionTimeoutInMinutes"] == 15
    assert plan.accepted == ()
