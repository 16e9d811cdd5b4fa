import dataclasses

import pytest

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.component import Component
from provision.catalogue.risk import RiskLevel
from provision.errors import GateName
from provision.plan.facts import Access, ActualApp, PermissionSet, Profile
from provision.plan.gate import AppUser, Usage, gates, restricts
from provision.plan.plan import Assign, Plan
from provision.rules.threshold import Thresholds
from tests.plan.examples import ACCESS

KEY = "3MVG9x"
NO_SCOPES = Thresholds(scopes=())


def actual(**policy: object) -> ActualApp:
    components = (
        Component(EXTERNAL_CLIENT_APPLICATION, "A", {}),
        Component(OAUTH_SETTINGS, "A_oauth", {"commaSeparatedOauthScopes": "Api"}),
        Component(
            GLOBAL_OAUTH_SETTINGS,
            "A_g",
            {"consumerKey": KEY, "certificate": "MIIA", "isPkceRequired": False},
        ),
        Component(OAUTH_POLICIES, "A_p", policy),
        Component(POLICIES, "A_plcy", {"isEnabled": True}),
    )
    return ActualApp("A", {component.type.name: component for component in components})


OPEN = actual()
CLOSED = actual(
    permittedUsersPolicyType="AdminApprovedPreAuthorized",
    commaSeparatedProfile="System Administrator",
    commaSeparatedPermissionSet="Deployers",
    sessionTimeoutInMinutes=15,
)
RESTRICT = """
    app: A
    policies:
      permitted_users: admin_approved
      profiles: [System Administrator]
      permission_sets: [{name: Deployers, assign_to: [new@example.com]}]
"""
ADMIN = AppUser("admin@example.com", frozenset(), "00e1")
DEPLOYER = AppUser("deployer@example.com", frozenset({"0PS1"}), "00e9")
NEW = AppUser("new@example.com", frozenset(), "00e9")
OUTSIDER = AppUser("outsider@example.com", frozenset({"0PS8"}), "00e9")


def usage(*users: AppUser, session: str = "", known: bool = True) -> Usage:
    return Usage(users, known, ACCESS, session)


def tripped(plan: Plan, used: Usage, rules=(), thresholds: Thresholds | None = None):
    return [(g.name, g.reason) for g in gates(plan, used, rules, thresholds or Thresholds())]


def test_restricting_names_those_who_would_lose_the_app(plan_of) -> None:
    found = tripped(plan_of(RESTRICT, OPEN), usage(ADMIN, DEPLOYER, NEW, OUTSIDER))
    assert found == [
        (GateName.LOCKOUT, "1 user of 4 who use A would lose it: outsider@example.com")
    ]


def test_a_holder_of_use_any_api_client_loses_nothing(plan_of) -> None:
    holder = dataclasses.replace(OUTSIDER, uses_any_client=True)
    assert tripped(plan_of(RESTRICT, OPEN), usage(ADMIN, holder)) == []


def test_whoever_loses_nothing_hides_nobody_who_does(plan_of) -> None:
    holder = dataclasses.replace(OUTSIDER, username="holder@example.com", uses_any_client=True)
    [(_, reason)] = tripped(plan_of(RESTRICT, OPEN), usage(holder, ADMIN, OUTSIDER))
    assert reason == "1 user of 3 who use A would lose it: outsider@example.com"


def test_a_flow_that_ends_takes_the_app_from_nobody_by_name(plan_of) -> None:
    """Who is let in stays as it is: an outsider's old token is no reason of this change."""
    plan = plan_of("app: A\noauth: {jwt_bearer: null}\n", CLOSED)
    assert [change.risk.level for change in plan.changes] == [RiskLevel.LOCKS_OUT]
    assert tripped(plan, usage(ADMIN, OUTSIDER)) == []


def test_restricting_without_losers_trips_nothing(plan_of) -> None:
    assert tripped(plan_of(RESTRICT, OPEN), usage(ADMIN, DEPLOYER, NEW)) == []


def test_not_knowing_who_uses_the_app_is_a_reason(plan_of) -> None:
    [(name, reason)] = tripped(plan_of(RESTRICT, OPEN), usage(known=False))
    assert name is GateName.LOCKOUT
    assert "does not say who uses A" in reason


def test_removing_a_name_names_those_who_had_it(plan_of) -> None:
    plan = plan_of("app: A\npolicies: {permission_sets: []}\n", CLOSED)
    [(_, reason)] = tripped(plan, usage(ADMIN, DEPLOYER))
    assert reason == "1 user of 2 who use A would lose it: deployer@example.com"


def test_many_losers_are_counted_and_some_named(plan_of) -> None:
    losers = [AppUser(f"u{n}@example.com", frozenset(), "00e9") for n in range(8)]
    [(_, reason)] = tripped(plan_of(RESTRICT, OPEN), usage(*losers))
    assert reason.startswith("8 users of 8 who use A")
    assert reason.endswith("u4@example.com and 3 more")


@pytest.mark.parametrize(
    "text",
    [
        RESTRICT,
        "app: A\noauth: {jwt_bearer: null}\n",
        "app: A\noauth: {jwt_bearer: {certificate: keys/app.crt}}\n",
        "app: A\npolicies: {enabled: false}\n",
    ],
)
def test_the_app_of_this_very_session_is_not_restricted_unasked(plan_of, text) -> None:
    reasons = [reason for _, reason in tripped(plan_of(text, OPEN), usage(session=KEY))]
    assert any("this session came from A itself" in reason for reason in reasons)
    others = [reason for _, reason in tripped(plan_of(text, OPEN), usage(session="3MVG9other"))]
    assert not any("this session" in reason for reason in others)


def test_disabling_an_app_counts_those_who_use_it(plan_of) -> None:
    plan = plan_of("app: A\npolicies: {enabled: false}\n", OPEN)
    assert (GateName.LOCKOUT, "Nobody can use the app. 2 users may use A now.") in tripped(
        plan, usage(ADMIN, OUTSIDER)
    )


def test_what_cannot_be_undone_asks(plan_of) -> None:
    [(name, reason)] = tripped(plan_of("app: A\noauth: {pkce_required: true}\n", OPEN), usage())
    assert name is GateName.IRREVERSIBLE
    assert reason.startswith("oauth.pkce_required: ")


def test_rules_that_are_newly_broken_ask(plan_of) -> None:
    plan = plan_of("app: A\npolicies: {session_timeout: 1h}\n", CLOSED)
    [(name, reason)] = tripped(plan, usage(), rules=["session-timeout: at most 15 minutes"])
    assert name is GateName.WEAKENING
    assert "newly break 1 rule: session-timeout" in reason


def test_thresholds_count_the_fields_of_existing_components(plan_of) -> None:
    text = "app: A\nlabel: New\ndescription: New\npolicies: {session_timeout: 10m}\n"
    plan = plan_of(text, CLOSED)
    assert tripped(plan, usage(), thresholds=Thresholds(fields=3)) == []
    [(name, reason)] = tripped(plan, usage(), thresholds=Thresholds(fields=2))
    assert (name, reason) == (
        GateName.THRESHOLD,
        "3 fields of A would change, more than 2",
    )


@pytest.mark.parametrize(("kind", "asks"), [(True, True), (False, False), (None, True)])
def test_production_asks(plan_of, kind, asks) -> None:
    plan = plan_of("app: A\nlabel: New\n", OPEN)
    plan = dataclasses.replace(plan, org=dataclasses.replace(plan.org, is_production=kind))
    names = [name for name, _ in tripped(plan, usage())]
    assert (GateName.PRODUCTION in names) is asks


def test_an_empty_plan_trips_nothing_in_production(plan_of) -> None:
    plan = plan_of("app: A\noauth: {scopes: [api]}\n", OPEN)
    plan = dataclasses.replace(plan, org=dataclasses.replace(plan.org, is_production=True))
    assert tripped(plan, usage()) == []


def test_an_assignment_counts_only_with_a_set_on_the_apps_list(plan_of) -> None:
    text = """
        app: A
        policies:
          permitted_users: admin_approved
          profiles: []
          permission_sets: [{name: Deployers, assign_to: [new@example.com]}]
        accept: [{field: policies.permission_sets, reason: later, until: 2030-01-01}]
    """
    plan = plan_of(text, OPEN)
    assert plan.access == ()
    [(name, reason)] = tripped(plan, usage(NEW))
    assert name is GateName.LOCKOUT
    assert "new@example.com" in reason


def test_disabling_asks_where_nobody_knows_who_uses_the_app(plan_of) -> None:
    [(name, _)] = tripped(plan_of("app: A\npolicies: {enabled: false}\n", OPEN), usage(known=False))
    assert name is GateName.LOCKOUT


def test_a_new_app_locks_nobody_out(plan_of) -> None:
    plan = plan_of(RESTRICT + "    oauth: {}\n", ActualApp("A"))
    assert not restricts(plan)
    assert tripped(plan, usage()) == []


def test_a_gate_names_its_flag_unless_nothing_lifts_it(plan_of) -> None:
    [gate] = gates(plan_of(RESTRICT, OPEN), usage(OUTSIDER), (), Thresholds())
    assert gate.flag == "--allow lockout"
    block = "metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: another9}}\n"
    [gate] = gates(plan_of(f"app: A\n{block}", OPEN), usage(), (), Thresholds())
    assert gate.flag == ""
    assert gate.next_step


def test_names_that_the_spec_does_not_list_count_as_well(plan_of) -> None:
    """The profile stays on the list, since the spec does not speak of profiles."""
    text = "app: A\npolicies: {permission_sets: []}\n"
    access = Access.of(
        [PermissionSet("0PS1", "Deployers")], [Profile("00e1", "System Administrator", "0PS2")]
    )
    assert tripped(plan_of(text, CLOSED), Usage((ADMIN,), True, access)) == []


def test_an_assignment_of_a_set_that_is_not_on_the_list_lets_nobody_in(plan_of) -> None:
    plan = plan_of(RESTRICT, OPEN)
    elsewhere = dataclasses.replace(plan, access=(Assign("Elsewhere", NEW.username),))
    [(name, reason)] = tripped(elsewhere, usage(NEW))
    assert name is GateName.LOCKOUT
    assert "new@example.com" in reason


def test_an_assignment_to_somebody_else_lets_nobody_in(plan_of) -> None:
    plan = plan_of(RESTRICT, OPEN)
    other = dataclasses.replace(plan, access=(Assign("Deployers", "ci@example.com"),))
    [(_, reason)] = tripped(other, usage(NEW))
    assert "new@example.com" in reason


def test_thresholds_do_not_count_the_fields_of_new_components(plan_of) -> None:
    """A new component has no value that could be lost."""
    text = "app: A\noauth: {scopes: [api, web]}\npolicies: {session_timeout: 10m}\n"
    plan = plan_of(text, ActualApp("A"))
    assert sum(len(item.changes) for item in plan.components) > 1
    assert tripped(plan, usage(), thresholds=Thresholds(fields=1)) == []


EVERYBODY = {
    "DPoP": ("ExtlClntAppGlobalOauthSettings: {isDPopEnabled: true}", "DPoP proof"),
    "mTLS": ("ExtlClntAppGlobalOauthSettings: {isMtlsEnabled: true}", "client certificate"),
    "Zero": (
        "ExtlClntAppOauthConfigurablePolicies: {refreshTokenPolicyType: Zero}",
        "Refresh tokens end at once",
    ),
}


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_shuts_out_every_client_asks_while_somebody_holds_a_token(plan_of, name) -> None:
    block, said = EVERYBODY[name]
    plan = plan_of(f"app: A\nmetadata: {{{block}}}\n", OPEN)
    [(gate, reason)] = tripped(plan, usage(ADMIN, DEPLOYER))
    assert gate is GateName.LOCKOUT
    assert said in reason
    assert reason.endswith("2 users may use A now.")
    [(_, reason)] = tripped(plan, Usage())
    assert reason.endswith("Nobody knows how many use A now.")
    assert tripped(plan, usage()) == []


def test_two_changes_that_shut_everybody_out_are_both_said(plan_of) -> None:
    both = "ExtlClntAppGlobalOauthSettings: {isDPopEnabled: true, isMtlsEnabled: true}"
    [(_, reason)] = tripped(plan_of(f"app: A\nmetadata: {{{both}}}\n", OPEN), usage(ADMIN))
    assert "DPoP proof" in reason
    assert "client certificate" in reason


@pytest.mark.parametrize(("kind", "verb"), [(True, "is"), (None, "may be")])
def test_the_production_gate_counts_what_would_be_done(plan_of, kind, verb) -> None:
    plan = plan_of(RESTRICT, OPEN)
    plan = dataclasses.replace(plan, org=dataclasses.replace(plan.org, is_production=kind))
    count = len(plan.changes) + len(plan.access)
    assert len(plan.access) == 1
    assert (
        GateName.PRODUCTION,
        f"org {verb} a production org, and {count} changes would be made to it",
    ) in tripped(plan, usage())


def test_the_gate_for_the_sessions_own_app_names_each_key_once(plan_of) -> None:
    plan = plan_of(RESTRICT + "      enabled: false\n", OPEN)
    reasons = [r for name, r in tripped(plan, usage(session=KEY)) if name is GateName.LOCKOUT]
    assert reasons[0] == (
        "this session came from A itself, and changing policies.permitted_users, policies.enabled "
        "can end it half-way: log in another way"
    )


def test_two_broken_rules_are_counted_and_said(plan_of) -> None:
    plan = plan_of("app: A\noauth: {scopes: [web]}\n", OPEN)
    [(name, reason)] = tripped(plan, usage(), ("no web.", "api is wanted."), NO_SCOPES)
    assert name is GateName.WEAKENING
    assert reason == "A would newly break 2 rules: no web.; api is wanted."


def test_a_plan_that_leaves_the_restriction_as_it_is_takes_the_app_from_nobody(plan_of) -> None:
    """Who may use the app stays as it is, though the same record changes."""
    text = "app: A\noauth: {jwt_bearer: null}\npolicies: {session_timeout: 10 minutes}\n"
    plan = plan_of(text, CLOSED)
    assert {change.key for change in plan.changes} >= {"policies.session_timeout"}
    assert restricts(plan)
    assert tripped(plan, usage(ADMIN, OUTSIDER)) == []


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, " and 1 more")])
def test_five_who_lose_the_app_are_named(plan_of, count, more) -> None:
    users = [dataclasses.replace(OUTSIDER, username=f"u{n}@example.com") for n in range(count)]
    [(_, reason)] = tripped(plan_of(RESTRICT, OPEN), usage(*users))
    named = ", ".join(f"u{n}@example.com" for n in range(5))
    assert reason == f"{count} users of {count} who use A would lose it: {named}{more}"


def test_no_newcomers_are_assumed_unless_they_are_told(plan_of) -> None:
    plan = plan_of("app: A\nlabel: New\n", OPEN)
    assert gates(plan, usage(), (), Thresholds(users=0)) == ()
