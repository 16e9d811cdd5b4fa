"""Gates that depend on the org: who uses the app, and where the session came from."""

import dataclasses

import pytest

from provision.apply.gating import check_gates, gated
from provision.errors import GateName, GateRefused
from provision.rules.load import built_in_rules
from provision.rules.rule import RuleSet
from provision.rules.threshold import Thresholds
from tests.apply.test_run import APP, OPEN
from tests.orgs import writes

NO_RULES = RuleSet((), Thresholds())
JWT = """
    app: Robot
    contact_email: ops@example.com
    oauth:
      callback_urls: [https://robot.example/callback]
      scopes: [api, refresh_token]
      jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}
    policies:
      permitted_users: admin_approved
      profiles: [System Administrator, Standard User]
"""


@pytest.fixture
def gate(work):
    def names_and_reasons(text: str, rules: RuleSet = NO_RULES, client_id: str = ""):
        org = work.org.readable()
        session = dataclasses.replace(org.session, client_id=client_id)
        org = dataclasses.replace(org, session=session)
        plan = gated(work.prepare(text), org, rules).plan
        return [(item.name, item.reason) for item in plan.gates]

    return names_and_reasons


def test_users_with_tokens_who_would_lose_the_app_are_counted_and_named(work, gate) -> None:
    work.apply(JWT)
    for username in ("admin@localorg.example", "user@localorg.example"):
        work.prove(JWT.replace("app.key}", f"app.key, prove_as: {username}}}"))
    shorter = JWT.replace(", Standard User]", "]")
    with work.org.noting() as noted:
        [(name, reason)] = gate(shorter)
    assert name is GateName.LOCKOUT
    assert reason == "1 user of 2 who use Robot would lose it: user@localorg.example"
    assert writes(noted) == []


@pytest.mark.parametrize("flag", ["isDPopEnabled", "isMtlsEnabled"])
def test_users_with_tokens_are_counted_if_every_client_is_shut_out(work, flag) -> None:
    work.apply(JWT)
    for username in ("admin@localorg.example", "user@localorg.example"):
        work.prove(JWT.replace("app.key}", f"app.key, prove_as: {username}}}"))
    text = f"app: Robot\nmetadata: {{ExtlClntAppGlobalOauthSettings: {{{flag}: true}}}}\n"
    plan = gated(work.prepare(text), work.org.readable(), NO_RULES).plan
    assert "2 users hold tokens of the app." in plan.risk.text
    [gate] = plan.gates
    assert gate.name is GateName.LOCKOUT
    assert gate.reason.endswith("2 users may use Robot now.")


def test_restricting_an_app_that_nobody_uses_trips_no_gate(work, gate) -> None:
    work.apply(OPEN)
    policies = "policies: {permitted_users: admin_approved, profiles: [System Administrator]}"
    assert gate(f"{OPEN}    {policies}\n") == []


def test_the_app_that_the_session_came_from_trips_a_gate(work, gate) -> None:
    key = work.apply(JWT).consumer_key
    [(name, reason)] = gate("app: Robot\noauth: {jwt_bearer: null}\n", client_id=key)
    assert name is GateName.LOCKOUT
    assert "this session came from Robot itself" in reason


def test_rules_are_checked_before_and_after_the_change(work, gate) -> None:
    work.apply(APP)
    baseline = built_in_rules(["baseline"])
    [(name, reason)] = gate(APP.replace("15 minutes", "60 minutes"), baseline)
    assert name is GateName.WEAKENING
    assert "newly break 1 rule: session-timeout" in reason
    assert gate(APP.replace("15 minutes", "10 minutes"), baseline) == []


def test_a_rule_that_was_broken_before_trips_no_gate(work, gate) -> None:
    work.apply(APP.replace("15 minutes", "60 minutes"))
    baseline = built_in_rules(["baseline"])
    assert gate(APP.replace("15 minutes", "50 minutes"), baseline) == []
    [(name, _)] = gate(APP.replace("15 minutes", "70 minutes"), baseline)
    assert name is GateName.WEAKENING


def test_a_flag_lifts_its_gate_and_no_other(work) -> None:
    work.apply(APP)
    text = "app: Robot\nlabel: New\noauth: {pkce_required: true}\ndescription: New\n"
    work.org.set_quirks("pkce_sticky=honoured")
    work.apply("app: Robot\noauth: {pkce_required: false}\n")
    rules = RuleSet((), Thresholds(fields=2))
    plan = gated(work.prepare(text), work.org.readable(), rules).plan
    names = {gate.name for gate in plan.gates}
    assert names == {GateName.IRREVERSIBLE, GateName.THRESHOLD}
    with pytest.raises(GateRefused, match="threshold gate: 3 fields") as raised:
        check_gates([plan], frozenset({GateName.IRREVERSIBLE}), Thresholds())
    assert "--allow threshold" in raised.value.next_step
    assert "irreversible" not in raised.value.message
    check_gates([plan], frozenset(names), Thresholds())


def test_a_gate_without_a_flag_is_never_lifted(work) -> None:
    work.apply(OPEN)
    block = "    metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: another12345}}\n"
    plan = gated(work.prepare(OPEN + block), work.org.readable(), NO_RULES).plan
    with pytest.raises(GateRefused, match="cannot be changed"):
        check_gates([plan], frozenset(GateName), Thresholds())


def test_more_apps_than_the_threshold_trip_a_gate(work) -> None:
    plans = [work.plan(f"app: App{n}\ncontact_email: a@example.com\n") for n in range(3)]
    check_gates(plans, frozenset(), Thresholds(apps=3))
    with pytest.raises(GateRefused, match="3 apps would change in one run, more than 2"):
        check_gates(plans, frozenset(), Thresholds(apps=2))
    with pytest.raises(GateRefused, match="1 orgs would change in one run, more than 0"):
        check_gates(plans, frozenset(), Thresholds(orgs=0))
