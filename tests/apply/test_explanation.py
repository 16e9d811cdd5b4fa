"""What an OAuth error means depends on the login that it refused."""

import pytest

from provision.apply.explanation import explained
from provision.apply.proof_kind import ProofKind

OF_A_SECRET = ProofKind.CLIENT_CREDENTIALS_LOGIN


@pytest.mark.parametrize(
    ("kind", "names", "not_names"),
    [
        (ProofKind.JWT_LOGIN, "certificate", "secret"),
        (OF_A_SECRET, "oauth.client_credentials.secret", "certificate"),
    ],
)
def test_refused_credentials_are_a_certificate_or_a_secret(kind, names, not_names) -> None:
    step = explained("invalid_client: invalid client credentials", kind)
    assert names in step
    assert not_names not in step


def test_where_the_login_is_not_known_it_may_be_either() -> None:
    step = explained("invalid_client: invalid client credentials")
    assert "certificate" in step
    assert "secret" in step


@pytest.mark.parametrize(
    ("error", "names"),
    [
        ("invalid_grant: no client credentials user enabled", "run_as"),
        ("invalid_grant: no client credentials user enabled", "API Only"),
        ("invalid_grant: request not supported on this domain", "My Domain"),
        ("invalid_app_access: user is not admin approved to access this app", "run-as user"),
        ("invalid_app_access: user is not admin approved to access this app", "permission sets"),
        ("invalid_client_id: client identifier invalid", "30"),
        ("app_not_found: External client app is not installed in this org", "provision apply"),
        ("unsupported_grant_type: grant type not supported", "client credentials flow"),
        ("invalid_request: scope parameter not supported", "scope"),
        ("invalid_grant: no valid scopes defined", "oauth.scopes"),
        ("invalid_grant: login rate exceeded", "later"),
    ],
)
def test_every_refusal_of_a_client_credentials_login_leads_to_what_mends_it(error, names) -> None:
    assert names in explained(error, OF_A_SECRET)
