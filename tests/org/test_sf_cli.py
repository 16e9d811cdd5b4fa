import pytest

from provision.errors import LoginRefused
from provision.org.http import http_session
from provision.org.login.sf_cli import KnownOrg, SfCliLogin, known_orgs, target_org

TOKEN = "00D000000000001!AQ.made_up"
ORG = {
    "id": "00D000000000001AAA",
    "username": "admin@example.com",
    "instanceUrl": "https://example.my.salesforce.com/",
    "clientId": "PlatformCLI",
    "accessToken": "[REDACTED] Use 'sf org auth show-access-token' to view",
}


def open_session(alias: str = "dev"):
    return SfCliLogin(alias).open(http_session())


def test_a_current_cli_redacts_the_token_and_shows_it_elsewhere(fake_sf) -> None:
    fake_sf(
        {
            "org display --target-org dev": {"status": 0, "result": ORG},
            "org auth show-access-token --target-org dev": {
                "status": 0,
                "result": {"accessToken": TOKEN},
            },
        }
    )
    session = open_session()
    assert session.access_token == TOKEN
    assert session.username == "admin@example.com"
    assert session.instance_url == "https://example.my.salesforce.com"
    assert session.client_id == "PlatformCLI"
    assert session.org_id == "00D000000000001"
    assert TOKEN not in repr(session)


def test_an_older_cli_has_the_token_in_display(fake_sf) -> None:
    fake_sf({"org display": {"status": 0, "result": {**ORG, "accessToken": TOKEN}}})
    assert open_session().access_token == TOKEN


def test_a_redacted_token_is_refused(fake_sf) -> None:
    fake_sf({"org display": {"status": 0, "result": ORG}})
    with pytest.raises(LoginRefused, match="'dev'"):
        open_session()


def test_the_clis_error_about_an_alias_is_shown(fake_sf) -> None:
    fake_sf(
        {"org display": {"status": 1, "message": "No authorization information found for dev."}}
    )
    with pytest.raises(LoginRefused, match="No authorization information") as raised:
        open_session()
    assert "sf org login web --alias dev" in raised.value.next_step


def test_an_instance_url_that_is_not_https_is_refused(fake_sf) -> None:
    shown = {**ORG, "accessToken": TOKEN, "instanceUrl": "http://127.0.0.1:8080"}
    fake_sf({"org display": {"status": 0, "result": shown}})
    with pytest.raises(LoginRefused, match="not one over https"):
        open_session()


def test_without_a_cli_the_error_names_the_alternatives(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LoginRefused, match="not installed") as raised:
        open_session()
    assert "SF_ACCESS_TOKEN" in raised.value.next_step
    assert target_org() == ""


def test_the_target_org_is_read_from_the_cli(fake_sf) -> None:
    fake_sf(
        {"config get target-org": {"status": 0, "result": [{"name": "target-org", "value": "dev"}]}}
    )
    assert target_org() == "dev"


def test_without_a_target_org_there_is_none(fake_sf) -> None:
    fake_sf({"config get target-org": {"status": 0, "result": [{"name": "target-org"}]}})
    assert target_org() == ""


def listed(**lists: object) -> dict[str, object]:
    return {"org list --skip-connection-status": {"status": 0, "result": lists}}


def entry(username: str, **more: object) -> dict[str, object]:
    return {"username": username, **more}


def test_each_org_of_the_cli_is_listed_once(fake_sf) -> None:
    hub, prod = entry("hub@a.example", alias="hub"), entry("prod@a.example", alias="prod")
    sandbox = entry("u@a.example.uat", alias="uat")
    fake_sf(
        listed(
            other=[prod],
            sandboxes=[sandbox],
            devHubs=[hub],
            nonScratchOrgs=[hub, prod, sandbox],
            scratchOrgs=[entry("test-1@a.example", alias="scratch", isExpired=False)],
        )
    )
    assert known_orgs() == (
        KnownOrg("hub", "hub@a.example", "dev-hub"),
        KnownOrg("prod", "prod@a.example", ""),
        KnownOrg("scratch", "test-1@a.example", "scratch"),
        KnownOrg("uat", "u@a.example.uat", "sandbox"),
    )


def test_an_org_without_an_alias_is_known_by_its_username(fake_sf) -> None:
    fake_sf(listed(other=[entry("a@a.example"), entry("b@a.example", alias="first,second")]))
    assert [org.name for org in known_orgs()] == ["a@a.example", "first"]


def test_expired_orgs_are_not_listed(fake_sf) -> None:
    fake_sf(listed(scratchOrgs=[entry("a@a.example", isExpired=True)], sandboxes=None))
    assert known_orgs() == ()


def test_a_cli_without_orgs_lists_none(fake_sf) -> None:
    """It ends with an error then."""
    said = {"status": 1, "name": "noOrgsFound", "message": "No orgs can be found."}
    fake_sf({"org list": said})
    assert known_orgs() == ()


@pytest.mark.parametrize("answer", [{"status": 1, "message": "no auths"}, "broken"])
def test_a_cli_that_lists_nothing_is_an_error(fake_sf, answer) -> None:
    fake_sf({"org list": answer})
    with pytest.raises(LoginRefused, match=r"does not list its orgs: (no auths|broken)") as raised:
        known_orgs()
    assert "sf org list" in raised.value.next_step
