"""Only refusals that a lag of what was changed can cause are waited for."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from provision.apply.proof import Proof, ProofKind, Shows
from provision.apply.propagation import ANYTHING_CHANGED, NOTHING_CHANGED, LagRefusals, lag_refusals
from provision.apply.prover import Prover
from provision.apply.run import Applied
from provision.errors import LoginRefused, NotProven
from provision.org.credentials_setting import OpenedSetting
from tests.apply.test_login_attempt import ROBOT
from tests.apply.test_run import APP

DELAY = 120
CI = "ci@localorg.example"
PROBED = """
    app: Robot
    contact_email: ops@example.com
    oauth: {callback_urls: [https://robot.example/old], scopes: [api, refresh_token]}
"""


@dataclass(frozen=True)
class Case:
    """A change of an app, what an org says meanwhile, and how the app is proven."""

    name: str
    before: str
    after: str
    meanwhile: str
    kind: ProofKind
    opens_secrets: bool = False
    quirks: tuple[str, ...] = field(default=())


JWT, SECRET, PROBE = (
    ProofKind.JWT_LOGIN,
    ProofKind.CLIENT_CREDENTIALS_LOGIN,
    ProofKind.AUTHORIZE_PROBE,
)
NO_FLOW = ROBOT.replace(
    "client_credentials: {run_as: ci@localorg.example}", "secret_optional: true"
)
OTHERS = APP.replace("      profiles: [System Administrator]\n", "").replace(
    "{name: Robots, create: true, assign_to: [admin@localorg.example, ci@localorg.example]}",
    "{name: Others, create: true, assign_to: [ci@localorg.example]}",
)
CASES = (
    Case("callback", PROBED, PROBED.replace("/old", "/new"), "redirect_uri_mismatch", PROBE),
    Case(
        "scope of a probe",
        PROBED,
        PROBED.replace("[api, refresh_token]", "[api, web, refresh_token]"),
        "invalid_scope",
        PROBE,
    ),
    Case(
        "scope of a JWT login",
        APP.replace("[api, refresh_token]", "[api]"),
        APP,
        "refresh_token scope is required",
        JWT,
    ),
    Case(
        "certificate",
        APP.replace(
            "jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}",
            "secret_optional: true",
        ),
        APP,
        "invalid assertion",
        JWT,
    ),
    Case(
        "switched on", f"{APP}      enabled: false\n", f"{APP}      enabled: true\n", "blocked", JWT
    ),
    Case("permission set", OTHERS, APP, "not admin approved", JWT),
    Case(
        "permitted users",
        APP.replace("      permitted_users: admin_approved\n", ""),
        APP,
        "hasn't approved",
        JWT,
    ),
    Case("flow", NO_FLOW, ROBOT, "grant type not supported", SECRET, opens_secrets=True),
    Case(
        "run-as user",
        ROBOT.replace(CI, "user@localorg.example"),
        ROBOT,
        "the token is that of user@localorg.example",
        SECRET,
        opens_secrets=True,
    ),
)


def changed(work, case: Case) -> Applied:
    """The app changed, in an org whose servers learn of a change after ``DELAY`` seconds."""
    work.apply(case.before)
    if case.opens_secrets:
        OpenedSetting(work.org.writable(), work.messages.append).__enter__()
    work.org.set_quirks(f"propagation_seconds={DELAY}")
    work.org.local.advance(DELAY + 60)
    return work.apply(case.after)


def prove(work, text: str, applied: Applied, lags: LagRefusals, wait: float) -> Proof:
    prover = Prover(work.org.readable(), work.org.clock, wait, work.messages.append)
    return prover.prove(work.spec_of(text), applied.actual, lags)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refusal_that_a_lag_of_the_change_can_cause_is_waited_for(work, case: Case) -> None:
    applied = changed(work, case)
    proof = prove(work, case.after, applied, lag_refusals(applied.plan), 600)
    assert proof.kind is case.kind
    assert DELAY - 10 <= sum(work.org.clock.slept) <= DELAY + 60
    waited = [text for text in work.messages if text.startswith("not yet:")]
    assert waited
    assert all(case.meanwhile in message for message in waited)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refusal_that_the_change_cannot_cause_is_final(work, case: Case) -> None:
    applied = changed(work, case)
    with pytest.raises(NotProven, match="not proven by") as raised:
        prove(work, case.after, applied, NOTHING_CHANGED, 600)
    assert case.meanwhile in raised.value.message
    assert work.org.clock.slept == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_that_does_not_arrive_in_time_is_not_proven(work, case: Case) -> None:
    applied = changed(work, case)
    with pytest.raises(NotProven, match=r"\(for 20 seconds, --proof-wait\)") as raised:
        prove(work, case.after, applied, lag_refusals(applied.plan), 20)
    assert raised.value.next_step


def test_a_change_of_one_field_waits_for_its_refusals_only(work) -> None:
    case = CASES[0]
    work.apply(case.before)
    label = work.apply(f"{case.before}    label: Another\n")
    assert lag_refusals(label.plan).names == NOTHING_CHANGED.names
    callback = work.plan(f"{case.after}    label: Another\n")
    assert lag_refusals(callback).names == NOTHING_CHANGED.names | {"wrong-redirect"}


def test_every_field_of_a_new_app_may_lag_except_the_secret(work) -> None:
    assert lag_refusals(work.plan(APP)) == ANYTHING_CHANGED
    assert {
        "wrong-redirect",
        "wrong-certificate",
        "app-off",
        "unknown-app",
    } <= ANYTHING_CHANGED.names
    assert "wrong-secret" not in ANYTHING_CHANGED.names
    assert "fresh-token-refused" not in ANYTHING_CHANGED.names


def test_a_self_authorized_app_is_waited_for_until_the_org_knows_it_and_no_longer(work) -> None:
    text = APP.replace("      permitted_users: admin_approved\n", "")
    work.org.set_quirks(f"propagation_seconds={DELAY}")
    applied = work.apply(text)
    with pytest.raises(NotProven, match="hasn't approved") as raised:
        prove(work, text, applied, lag_refusals(applied.plan), 600)
    assert "once in a browser, with the scope refresh_token" in raised.value.next_step
    assert "has none of the app's permission sets" not in raised.value.next_step
    assert DELAY - 10 <= sum(work.org.clock.slept) <= DELAY + 60


def test_a_login_that_is_still_granted_is_waited_for(work) -> None:
    case = Case("off", APP, f"{APP}      enabled: false\n", "still granted", JWT)
    applied = changed(work, case)
    proof = prove(work, case.after, applied, lag_refusals(applied.plan), 600)
    assert proof.shows is Shows.REFUSAL
    assert DELAY - 10 <= sum(work.org.clock.slept) <= DELAY + 60
    assert all("still granted" in text for text in work.messages if text.startswith("not yet:"))


def test_a_flow_that_the_spec_switches_off_is_waited_for_until_it_is_refused(work) -> None:
    after = ROBOT.replace("{run_as: ci@localorg.example}", "null")
    case = Case("flow off", ROBOT, after, "still granted", SECRET, opens_secrets=True)
    applied = changed(work, case)
    proof = prove(work, after, applied, lag_refusals(applied.plan), 600)
    [refused] = proof.also
    assert (proof.shows, refused.shows) == (Shows.PROBE, Shows.REFUSAL)
    assert refused.kind is SECRET
    assert DELAY - 10 <= sum(work.org.clock.slept) <= DELAY + 60


@pytest.mark.parametrize("refusal", ["inactive user", "no client credentials user enabled"])
def test_a_refusal_about_the_run_as_user_is_waited_for_in_no_other_flow(refusal) -> None:
    error = LoginRefused(f"invalid_grant: {refusal}")
    assert ANYTHING_CHANGED.may_pass(error, SECRET)
    assert not ANYTHING_CHANGED.may_pass(error, JWT)
    assert not ANYTHING_CHANGED.may_pass(error, PROBE)
