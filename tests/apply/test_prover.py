"""The proof: a real login or the authorize probe, and each refusal of an org."""

import pytest

from provision.apply.proof import ProofKind
from provision.errors import NotProven
from tests.apply.test_run import APP, OPEN


def test_a_login_with_the_new_key_and_one_call_prove_the_app(work) -> None:
    work.apply(APP)
    with work.org.noting() as noted:
        proof = work.prove(APP)
    assert proof.kind is ProofKind.JWT_LOGIN
    assert proof.username == "admin@localorg.example"
    assert "answered 200" in proof.detail
    assert noted[-2:] == ["token:jwt-bearer", "rest:resources"]


def test_prove_as_names_the_user_of_the_login(work) -> None:
    text = APP.replace("private_key: keys/app.key", "private_key: keys/app.key, prove_as: "
                       "ci@localorg.example")  # fmt: skip
    work.apply(text)
    assert work.prove(text).username == "ci@localorg.example"


def test_without_a_private_key_the_authorize_url_is_probed_and_the_proof_says_so(work) -> None:
    work.apply(OPEN)
    proof = work.prove(OPEN)
    assert proof.kind is ProofKind.AUTHORIZE_PROBE
    assert "no private key" in proof.detail


def test_an_org_that_does_not_know_the_app_yet_is_waited_for(work) -> None:
    work.org.set_quirks("propagation_seconds=120")
    work.apply(APP)
    proof = work.prove(APP, wait=600)
    assert proof.kind is ProofKind.JWT_LOGIN
    assert 120 <= sum(work.org.clock.slept) <= 180
    assert any(text.startswith("not yet:") for text in work.messages)


def test_the_proof_fails_when_the_wait_is_over(work) -> None:
    work.org.set_quirks("propagation_seconds=5000")
    work.apply(APP)
    with pytest.raises(NotProven, match=r"for 600 seconds") as raised:
        work.prove(APP, wait=600)
    assert sum(work.org.clock.slept) <= 600
    assert "provision prove" in raised.value.next_step


@pytest.mark.parametrize("error", ["invalid_app_access", "invalid_grant"])
def test_a_user_who_may_not_use_the_app_is_told_what_to_do(work, error) -> None:
    work.org.set_quirks(f"unapproved_user={error}")
    text = APP.replace("private_key: keys/app.key", "private_key: keys/app.key, prove_as: "
                       "user@localorg.example")  # fmt: skip
    work.apply(text)
    with pytest.raises(NotProven) as raised:
        work.prove(text)
    assert "permission set" in raised.value.next_step


def test_a_profile_that_does_not_admit_the_user_is_not_proven(work) -> None:
    work.org.set_quirks("profile_grant_suffices=no")
    text = APP.replace("create: true, assign_to: [admin@localorg.example, ", "create: true, "
                       "assign_to: [")  # fmt: skip
    work.apply(text)
    with pytest.raises(NotProven, match="not admin approved") as raised:
        work.prove(text)
    assert "In some orgs a profile is not enough" in raised.value.next_step


def test_a_self_authorized_app_cannot_log_in_headless(work) -> None:
    text = """
        app: Robot
        contact_email: ops@example.com
        oauth:
          callback_urls: [https://robot.example/callback]
          scopes: [api, refresh_token]
          jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}
    """
    work.apply(text)
    with pytest.raises(NotProven, match="hasn't approved") as raised:
        work.prove(text)
    assert "admin_approved" in raised.value.next_step


def test_a_jwt_login_needs_the_refresh_token_scope(work) -> None:
    text = APP.replace("[api, refresh_token]", "[api]")
    work.apply(text)
    with pytest.raises(NotProven) as raised:
        work.prove(text)
    assert "refresh_token" in raised.value.next_step


def test_a_token_that_may_not_call_the_api_is_proof_of_the_login(work) -> None:
    text = APP.replace("[api, refresh_token]", "[openid, refresh_token]")
    work.apply(text)
    assert "no API call" in work.prove(text).detail


def test_an_app_without_oauth_has_nothing_to_prove(work) -> None:
    work.apply("app: Plain\ncontact_email: a@example.com\n")
    with pytest.raises(NotProven, match="no consumer key"):
        work.prove("app: Plain\ncontact_email: a@example.com\n")
