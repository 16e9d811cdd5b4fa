"""The client credentials proof: where the secret comes from, and each refusal of an org."""

from __future__ import annotations

import pytest

from provision.apply.proof import ProofKind
from provision.apply.prover import Prover
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.errors import NotProven
from provision.org.credentials import CredentialsReader
from provision.org.credentials_setting import OpenedSetting
from tests.orgs import writes

CI = "ci@localorg.example"
ROBOT = """
    app: Robot
    contact_email: ops@example.com
    oauth:
      callback_urls: [https://robot.example/callback]
      scopes: [api, refresh_token]
      client_credentials: {run_as: ci@localorg.example}
"""
WITH_SECRET = ROBOT.replace("example}", 'example, secret: "${file:robot.secret}"}')
BOTH = (
    WITH_SECRET.replace(
        "      client",
        "      jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}\n      client",
    )
    + """\
    policies:
      permitted_users: admin_approved
      permission_sets:
        - {name: Robots, create: true, assign_to: [admin@localorg.example, ci@localorg.example]}
"""
)


@pytest.fixture
def secret_file(tmp_path):
    """Where the specs above have the secret from; what is in it is wrong until it is noted."""
    path = tmp_path / "robot.secret"
    path.write_text("n0t-the-secret-of-the-app")
    return path


def note_secret(work, path) -> str:
    """As `provision credentials show Robot --open-setting --part secret --to file:PATH` does."""
    org = work.org.writable()
    reader = CredentialsReader(org)
    with OpenedSetting(org, work.messages.append):
        secret = reader.pair(reader.consumer("Robot")).secret.reveal()
    path.write_text(secret)
    return secret


def redeploy(work, kind, **fields) -> None:
    """Somebody changes the app behind our back."""
    component = work.org.readable().find_app("Robot").components[kind.name]
    work.org.deploy(Component(kind, component.full_name, {**component.fields, **fields}))


def not_proven(work, text: str, **options) -> NotProven:
    with pytest.raises(NotProven) as raised:
        work.prove(text, **options)
    return raised.value


def test_a_login_with_the_secret_of_the_spec_and_one_call_prove_the_app(work, secret_file) -> None:
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    with work.org.noting() as noted:
        proof = work.prove(WITH_SECRET)
    assert proof.kind is ProofKind.CLIENT_CREDENTIALS_LOGIN
    assert proof.username == CI
    assert proof.detail.endswith("answered 200")
    assert proof.also == ()
    assert noted[-3:] == ["token:client-credentials", "oauth:userinfo", "rest:resources"]
    assert not any(operation.startswith("connect:") for operation in noted)


def test_the_secret_is_never_sent_with_a_deploy(work, secret_file) -> None:
    applied = work.apply(WITH_SECRET)
    assert "consumerSecret" not in applied.actual.components[GLOBAL_OAUTH_SETTINGS.name].fields
    assert note_secret(work, secret_file) != "n0t-the-secret-of-the-app"


def test_an_org_whose_setting_is_open_gives_the_secret(work) -> None:
    work.apply(ROBOT)
    with OpenedSetting(work.org.writable(), work.messages.append), work.org.noting() as noted:
        proof = work.prove(ROBOT)
    assert proof.kind is ProofKind.CLIENT_CREDENTIALS_LOGIN
    assert proof.username == CI
    assert writes(noted) == []


@pytest.mark.parametrize(
    ("version", "username", "is_open", "reason"),
    [
        (68, "", False, "gives no consumer secrets over REST"),
        (59, "", True, "from API 60 on; this is 59"),
        (68, "user@localorg.example", True, "gives no consumer secrets over REST"),
    ],
)
def test_the_authorize_url_is_probed_if_the_org_gives_no_secret(
    work, version, username, is_open, reason
) -> None:
    work.apply(ROBOT)
    if is_open:
        OpenedSetting(work.org.writable(), work.messages.append).__enter__()
    org = work.org.readable(version, username)
    prover = Prover(org, work.org.clock, 0, work.messages.append)
    with work.org.noting() as noted:
        proof = prover.prove(work.spec_of(ROBOT), work.org.readable().find_app("Robot"))
    assert proof.kind is ProofKind.AUTHORIZE_PROBE
    assert "no client credentials login was made" in proof.detail
    assert reason in proof.detail
    assert "oauth.client_credentials.secret" in work.messages[-1]
    assert "credentials show Robot --open-setting" in work.messages[-1]
    assert writes(noted) == []


def test_without_a_secret_and_without_a_callback_nothing_is_proven(work) -> None:
    text = ROBOT.replace("      callback_urls: [https://robot.example/callback]\n", "")
    work.apply(text)
    error = not_proven(work, text)
    assert "no callback URL" in error.message
    assert "no client credentials login was made" in error.message
    assert "oauth.client_credentials.secret" in error.next_step


def test_a_wrong_secret_is_not_waited_for_and_not_called_a_certificate_problem(
    work, secret_file
) -> None:
    work.apply(WITH_SECRET)
    error = not_proven(work, WITH_SECRET, wait=600)
    assert "not proven by client credentials login: invalid_client" in error.message
    assert "secret" in error.next_step
    assert "certificate" not in error.next_step
    assert work.org.clock.slept == []


def test_a_flow_without_a_run_as_user_is_not_proven(work, secret_file) -> None:
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    redeploy(work, OAUTH_POLICIES, isClientCredentialsFlowEnabled=False)
    error = not_proven(work, WITH_SECRET, wait=600)
    assert "no client credentials user enabled" in error.message
    assert "run_as" in error.next_step
    assert work.org.clock.slept == []


def test_a_flow_that_is_off_is_not_proven(work, secret_file) -> None:
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    redeploy(work, GLOBAL_OAUTH_SETTINGS, isClientCredentialsFlowEnabled=False)
    error = not_proven(work, WITH_SECRET)
    assert "unsupported_grant_type" in error.message
    assert "client credentials flow" in error.next_step


def test_a_token_of_another_user_proves_nothing(work, secret_file) -> None:
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    redeploy(work, OAUTH_POLICIES, clientCredentialsFlowUser="user@localorg.example")
    error = not_proven(work, WITH_SECRET, wait=600)
    assert "user@localorg.example" in error.message
    assert f"run_as {CI}" in error.message
    assert "provision diff" in error.next_step
    assert work.org.clock.slept == []


def test_the_run_as_user_is_compared_without_case(work, secret_file) -> None:
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    assert work.prove(WITH_SECRET.replace(CI, "CI@LocalOrg.example")).username == CI


def test_a_proof_says_if_the_org_does_not_tell_whose_the_token_is(work, secret_file) -> None:
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    work.org.set_faults({"operation": "oauth:userinfo", "kind": "html_error", "times": 0})
    proof = work.prove(WITH_SECRET)
    assert proof.username == ""
    assert "does not tell whose it is" in proof.detail


def test_a_token_that_may_not_call_the_api_is_proof_of_the_login(work, secret_file) -> None:
    text = WITH_SECRET.replace("[api, refresh_token]", "[openid]")
    work.apply(text)
    note_secret(work, secret_file)
    proof = work.prove(text)
    assert proof.username == CI
    assert "no API call" in proof.detail


def test_a_run_as_user_who_is_not_approved_needs_a_permission_set(work, secret_file) -> None:
    text = BOTH.replace("admin@localorg.example, ci@localorg.example]", "admin@localorg.example]")
    text = text.replace(", private_key: keys/app.key", "")
    work.apply(text)
    note_secret(work, secret_file)
    error = not_proven(work, text)
    assert "invalid_app_access" in error.message
    assert "assign" in error.next_step
    approved = text.replace("[admin@localorg.example]", f"[{CI}]")
    work.apply(approved)
    assert work.prove(approved).username == CI


def test_an_org_that_does_not_know_the_app_yet_is_waited_for(work, secret_file) -> None:
    work.org.set_quirks("propagation_seconds=120")
    work.apply(WITH_SECRET)
    note_secret(work, secret_file)
    assert work.prove(WITH_SECRET, wait=600).username == CI
    assert 120 <= sum(work.org.clock.slept) <= 180


def test_two_flows_are_both_proven(work, secret_file) -> None:
    work.apply(BOTH)
    note_secret(work, secret_file)
    proof = work.prove(BOTH)
    assert (proof.kind, proof.username) == (ProofKind.JWT_LOGIN, "admin@localorg.example")
    [other] = proof.also
    assert (other.kind, other.username) == (ProofKind.CLIENT_CREDENTIALS_LOGIN, CI)


def test_the_error_names_the_flow_that_works_and_the_one_that_fails(work, secret_file) -> None:
    work.apply(BOTH)
    error = not_proven(work, BOTH)
    assert error.message.startswith("proven by JWT login as admin@localorg.example, and not proven")
    assert "client credentials login: invalid_client" in error.message
    assert "secret" in error.next_step


def test_the_proof_names_a_flow_whose_secret_is_not_available(work) -> None:
    text = BOTH.replace(', secret: "${file:robot.secret}"', "")
    work.apply(text)
    proof = work.prove(text)
    assert proof.kind is ProofKind.JWT_LOGIN
    assert proof.also == ()
    assert "answered 200; no client credentials login was made" in proof.detail
