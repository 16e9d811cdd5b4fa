from datetime import UTC, datetime

import pytest

from provision.errors import CannotError
from provision.jobs.login_environment import CREDENTIALS
from provision.jobs.org_login import choose_login
from provision.keys.pair import new_pair
from provision.org.clock import SystemClock
from provision.org.login.flows import ClientCredentialsLogin, JwtLogin, TokenLogin, audiences_for
from provision.org.login.sf_cli import SfCliLogin
from provision.redaction import SECRETS
from provision.secret.secret import Secret

URL = "https://example.my.salesforce.com"


def chosen(environ, name: str = ""):
    return choose_login(name, environ, SystemClock())


def test_a_named_org_is_the_sf_clis_whatever_the_environment_says() -> None:
    found = chosen({"SF_ACCESS_TOKEN": "x", "SF_INSTANCE_URL": URL}, "dev")
    assert (found.name, found.login) == ("dev", SfCliLogin("dev"))


def test_a_token_in_the_environment_comes_first() -> None:
    environ = {"SF_ACCESS_TOKEN": "x", "SF_INSTANCE_URL": URL, "SF_TARGET_ORG": "dev"}
    found = chosen(environ)
    assert found.login == TokenLogin(URL, "x", "SF_ACCESS_TOKEN")
    assert found.name == URL


def test_an_app_in_the_environment_logs_in_with_its_secret() -> None:
    environ = {
        "PROVISION_CLIENT_ID": "key",
        "PROVISION_CLIENT_SECRET": "hush",
        "PROVISION_INSTANCE_URL": URL,
    }
    found = chosen(environ)
    assert found.login == ClientCredentialsLogin(URL, "key", Secret("hush"))
    assert "hush" not in repr(found)


def test_an_app_in_the_environment_logs_in_with_its_private_key(tmp_path) -> None:
    key, _ = new_pair("ci", tmp_path, bits=2048, subject="ci", days=1, now=datetime.now(UTC))
    found = chosen(
        {
            "PROVISION_CLIENT_ID": "key",
            "PROVISION_INSTANCE_URL": URL,
            "PROVISION_PRIVATE_KEY": str(key),
            "PROVISION_USERNAME": "ci@example.com",
            "SF_TARGET_ORG": "dev",
        }
    )
    assert isinstance(found.login, JwtLogin)
    assert (found.login.client_id, found.login.username) == ("key", "ci@example.com")


@pytest.mark.parametrize(
    ("environ", "lacking"),
    [
        ({"SF_ACCESS_TOKEN": "x"}, "SF_INSTANCE_URL"),
        ({"PROVISION_CLIENT_ID": "x"}, "PROVISION_INSTANCE_URL"),
        ({"PROVISION_CLIENT_ID": "x", "PROVISION_INSTANCE_URL": URL}, "PROVISION_PRIVATE_KEY"),
    ],
)
def test_half_a_login_names_the_other_half(environ, lacking) -> None:
    with pytest.raises(CannotError, match=f"{lacking} is not set"):
        chosen(environ)


@pytest.mark.parametrize("name", CREDENTIALS)
def test_the_credentials_in_the_environment_are_never_printed(name) -> None:
    chosen({name: "hush-hush-hush", "SF_INSTANCE_URL": URL, "SF_TARGET_ORG": "dev"})
    assert SECRETS.exact("it is hush-hush-hush") == "it is (hidden)"


def test_the_default_org_is_sf_target_org() -> None:
    assert chosen({"SF_TARGET_ORG": "dev"}).login == SfCliLogin("dev")


def test_without_any_org_the_error_says_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotError, match="no org") as raised:
        chosen({})
    assert "--org local" in raised.value.next_step


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("https://example.my.salesforce.com", "https://login.salesforce.com"),
        ("https://example--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://example.scratch.my.salesforce.com", "https://test.salesforce.com"),
    ],
)
def test_the_likeliest_audience_is_tried_first(url: str, first: str) -> None:
    assert audiences_for(url)[0] == first
    assert len(set(audiences_for(url))) == 3
