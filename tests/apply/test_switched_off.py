"""An app that the spec switches off is proven by the refusal of its logins."""

from __future__ import annotations

import pytest

from provision.apply.proof import Proof, ProofKind, Shows
from provision.apply.propagation import lag_refusals
from provision.apply.prover import Prover
from provision.catalogue.catalogue import POLICIES
from provision.catalogue.component import Component
from provision.errors import NotProven
from provision.localorg.quirks import SwitchedOffApp
from provision.org.credentials_setting import OpenedSetting
from tests.apply.test_login_attempt import BOTH, ROBOT
from tests.apply.test_run import APP, OPEN

OFF = (
    "      enabled: false\n",
    "    metadata: {ExtlClntAppConfigurablePolicies: {isOauthPluginEnabled: false}}\n",
)
KEYLESS = APP.replace(", private_key: keys/app.key", "")


def prove(work, text: str, wait: float = 0) -> Proof:
    """Apply, and prove as apply does."""
    applied = work.apply(text)
    prover = Prover(work.org.readable(), work.org.clock, wait, work.messages.append)
    return prover.prove(work.spec_of(text), applied.actual, lag_refusals(applied.plan))


def set_policy(work, **fields) -> None:
    """Somebody changes the app's policies behind our back."""
    component = work.org.readable().find_app("Robot").components[POLICIES.name]
    work.org.deploy(Component(POLICIES, component.full_name, {**component.fields, **fields}))


@pytest.mark.parametrize("line", OFF)
@pytest.mark.parametrize("exists", [True, False])
def test_the_login_of_an_app_that_is_switched_off_is_refused_as_asked(work, line, exists) -> None:
    if exists:
        work.apply(APP)
    proof = prove(work, f"{APP}{line}", 600)
    assert (proof.kind, proof.shows) == (ProofKind.JWT_LOGIN, Shows.REFUSAL)
    assert proof.detail == "invalid_app_access: this app is blocked by admin"
    assert work.org.clock.slept == []
    assert work.prove(f"{APP}{line}").shows is Shows.REFUSAL


@pytest.mark.parametrize("quirk", SwitchedOffApp)
@pytest.mark.parametrize("line", OFF)
def test_every_refusal_that_orgs_use_for_it_proves_it(work, line, quirk) -> None:
    work.org.set_quirks(f"switched_off_app={quirk}")
    assert prove(work, f"{APP}{line}", 600).shows is Shows.REFUSAL
    assert work.org.clock.slept == []
    probed = prove(work, f"{KEYLESS}{line}", 600)
    assert probed.shows is Shows.PROBE
    assert "as asked" in probed.detail


def test_every_login_of_the_app_is_tried(work, tmp_path) -> None:
    (tmp_path / "robot.secret").write_text("a-secret-that-no-org-looks-at")
    proof = prove(work, f"{BOTH}      enabled: false\n")
    assert [proof.kind, *(each.kind for each in proof.also)] == [
        ProofKind.JWT_LOGIN,
        ProofKind.CLIENT_CREDENTIALS_LOGIN,
    ]
    assert {proof.shows, *(each.shows for each in proof.also)} == {Shows.REFUSAL}


def test_a_login_that_still_succeeds_is_not_proven(work) -> None:
    off = f"{APP}      enabled: false\n"
    work.apply(off)
    set_policy(work, isEnabled=True)
    with pytest.raises(
        NotProven, match=r"\(for 60 seconds, --proof-wait\).*still granted"
    ) as raised:
        work.prove(off, wait=60)
    assert "policies.enabled: false" in raised.value.message
    assert "provision diff" in raised.value.next_step


def test_another_refusal_does_not_show_that_the_app_is_off(work) -> None:
    off = f"{APP}      enabled: false\n".replace(
        "private_key: keys/app.key", "private_key: keys/app.key, prove_as: user@localorg.example"
    )
    work.apply(off)
    set_policy(work, isEnabled=True)
    with pytest.raises(NotProven, match="for another reason: invalid_app_access: user is not"):
        work.prove(off, wait=60)
    assert work.org.clock.slept == []


def test_without_a_credential_it_is_a_probe(work) -> None:
    proof = prove(work, f"{KEYLESS}      enabled: false\n", 600)
    assert (proof.kind, proof.shows) == (ProofKind.AUTHORIZE_PROBE, Shows.PROBE)
    assert "blocked by admin, as asked" in proof.detail


def test_without_a_credential_and_a_callback_url_it_is_still_a_probe(work) -> None:
    text = ROBOT.replace("      callback_urls: [https://robot.example/callback]\n", "")
    proof = prove(work, f"{text}    policies: {{enabled: false}}\n", 600)
    assert proof.shows is Shows.PROBE
    assert "blocked by admin, as asked" in proof.detail


def test_an_app_without_a_consumer_key_is_off_if_the_org_says_so(work) -> None:
    text = "app: Robot\ncontact_email: ops@example.com\npolicies: {enabled: false}\n"
    proof = prove(work, text, 600)
    assert proof.shows is Shows.PROBE
    assert "no consumer key" in proof.detail
    set_policy(work, isEnabled=True)
    with pytest.raises(NotProven, match="no consumer key"):
        work.prove(text)


def test_a_probe_does_not_call_an_app_off_that_is_on(work) -> None:
    off = f"{KEYLESS}      enabled: false\n"
    work.apply(off)
    set_policy(work, isEnabled=True)
    with pytest.raises(NotProven, match="the org has the app switched on") as raised:
        work.prove(off)
    assert "provision apply" in raised.value.next_step


@pytest.mark.parametrize("text", [APP, OPEN])
def test_an_app_that_somebody_else_switched_off_is_not_proven(work, text) -> None:
    work.apply(text)
    set_policy(work, isEnabled=False)
    with pytest.raises(NotProven, match="blocked by admin") as raised:
        work.prove(text, wait=600)
    assert "policies.enabled: true" in raised.value.next_step
    assert "permission set" not in raised.value.next_step
    assert work.org.clock.slept == []


IN_BLOCK = "metadata: {ExtlClntAppGlobalOauthSettings: {isClientCredentialsFlowEnabled: false}}"
FLOW = "      client_credentials: {run_as: ci@localorg.example}\n"


@pytest.mark.parametrize(
    "text",
    [
        ROBOT.replace(FLOW, "      client_credentials: null\n"),
        ROBOT.replace(FLOW, f"    {IN_BLOCK}\n"),
    ],
)
def test_a_flow_that_the_spec_switches_off_is_refused_if_that_can_be_tried(work, text) -> None:
    work.apply(ROBOT)
    closed = prove(work, text)
    assert (closed.shows, closed.also) == (Shows.PROBE, ())
    with OpenedSetting(work.org.writable(), work.messages.append):
        proof = work.prove(text)
    [refused] = proof.also
    assert (refused.kind, refused.shows) == (ProofKind.CLIENT_CREDENTIALS_LOGIN, Shows.REFUSAL)
    assert "grant type not supported" in refused.detail
