"""Seeds: several orgs, languages, people, and errors in a seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.errors import CannotError
from provision.localorg.seed import load_seed
from tests.localorg.caller import Caller, app_components, assertion, problems
from tests.localorg.conftest import NOW, Call, Start

TWO = """
orgs:
- name: acme
  edition: Enterprise Edition
- name: acme-dev
  id: 00DAA00000SBX01
  sandbox: true
  language: ja
  api_version: 66
  latency: 0.01
  daily_requests: 300
  users:
  - {username: dev@example.com, profile: System Administrator, first_name: D, last_name: E}
  permission_sets:
  - {name: Robots, label: The robots, permissions: [ApiEnabled], assign_to: [dev@example.com]}
"""


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    file = tmp_path / "seed.yaml"
    file.write_text(TWO)
    return file


@pytest.fixture
def two(start: Start, call: Call, seed: Path) -> tuple[Caller, Caller]:
    """The administrators of two orgs on one server."""
    org = start(seed=seed)
    return call(org), call(org, "dev@example.com", 66)


def test_a_token_tells_the_org(two: tuple[Caller, Caller]) -> None:
    first, second = two
    soql = "SELECT Id, Name, IsSandbox, OrganizationType FROM Organization"

    [acme] = first.query(soql)
    [dev] = second.query(soql)

    assert (acme["Name"], acme["IsSandbox"], acme["OrganizationType"]) == (
        "acme",
        False,
        "Enterprise Edition",
    )
    assert (dev["Name"], dev["IsSandbox"]) == ("acme-dev", True)
    assert dev["Id"].startswith("00DAA00000SBX01")


def test_orgs_share_nothing(two: tuple[Caller, Caller]) -> None:
    first, second = two
    first.deployed(app_components())

    assert second.names("ExternalClientApplication") == []
    assert second.query("SELECT Id FROM User WHERE Alias = 'ci'") == []


def test_consumer_keys_are_unique_across_orgs(two: tuple[Caller, Caller]) -> None:
    first, second = two
    chosen = app_components(settings={"consumerKey": "AcmeChosenKey1"})
    first.deployed(chosen)

    assert "already taken" in second.refused(chosen)


def test_an_app_of_another_org(two: tuple[Caller, Caller], key: str, certificate: str) -> None:
    first, _ = two
    first.deployed(
        app_components(settings={"consumerKey": "AcmeChosenKey1", "certificate": certificate})
    )
    claims = {
        "iss": "AcmeChosenKey1",
        "sub": "dev@example.com",
        "aud": "https://login.salesforce.com",
        "exp": NOW + 60,
    }

    assert first.oauth_error(assertion(key, claims)) == (
        "app_not_found",
        "External client app is not installed in this org",
    )


def test_a_host_name_tells_the_org(two: tuple[Caller, Caller]) -> None:
    first, _ = two
    url = f"{first.org.url}/services/data"

    dev = first.http.get(url, headers={"Host": "acme-dev.localhost:1"}, timeout=10).json()
    other = first.http.get(url, timeout=10).json()

    assert (dev[-1]["version"], other[-1]["version"]) == ("66.0", "68.0")


def test_profile_labels_are_in_the_orgs_language(two: tuple[Caller, Caller]) -> None:
    _, dev = two

    [user] = dev.query("SELECT Profile.Name FROM User")
    assert user["Profile"]["Name"] == "システム管理者"
    refusal = dev.refused(app_components(policy={"commaSeparatedProfile": "System Administrator"}))
    assert "couldn't find profiles called System Administrator" in refusal
    dev.deployed(app_components(policy={"commaSeparatedProfile": "システム管理者"}))
    assert dev.policy()["commaSeparatedProfile"] == "システム管理者"


def test_versions_above_the_orgs_are_refused(two: tuple[Caller, Caller]) -> None:
    _, dev = two
    dev.version = 67

    assert dev.fault("describeMetadata") == "sf:UNSUPPORTED_API_VERSION"
    assert dev.rest("GET", "/limits").status_code == 404


def test_permissions_and_assignments(two: tuple[Caller, Caller]) -> None:
    _, dev = two

    [row] = dev.query(
        "SELECT PermissionSet.Label, PermissionSet.PermissionsApiEnabled, Assignee.Username"
        " FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Robots'"
    )
    assert row["PermissionSet"]["Label"] == "The robots"
    assert row["PermissionSet"]["PermissionsApiEnabled"]
    assert row["Assignee"]["Username"] == "dev@example.com"


def test_latency_of_one_org(two: tuple[Caller, Caller]) -> None:
    _, dev = two
    dev.query("SELECT Id FROM User")

    assert dev.org.requests[-1].seconds >= 0.01


def test_calls_are_counted_for_each_org(two: tuple[Caller, Caller]) -> None:
    admin, dev = two
    admin.query("SELECT Id FROM User")

    assert admin.rest("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/15000"
    assert dev.rest("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=1/300"


@pytest.mark.parametrize(
    "text",
    [
        "orgs: []",
        "orgs: [{name: UPPER}]",
        "orgs: [{nonsense: 1}]",
        "orgs: [{api_version: 12}]",
        "orgs: [{users: [{username: a@example.com, profile: Nobody}]}]",
        "orgs: [{permission_sets: [{name: A, permissions: [Nope]}]}]",
        "orgs: [{permission_sets: [{name: A, assign_to: [x@example.com]}]}]",
        "orgs: [",
        "[1]",
    ],
)
def test_bad_seeds(start: Start, tmp_path: Path, text: str) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(text)

    with pytest.raises(CannotError):
        start(seed=file)


def test_no_seed_file(tmp_path: Path) -> None:
    with pytest.raises(CannotError, match="No such file"):
        load_seed(tmp_path / "nothing.yaml")


def test_a_seed_fills_only_an_empty_database(start: Start, call: Call, seed: Path) -> None:
    first = start().org_id

    assert start(seed=seed).org_id == first


CONNECTED = """
orgs:
- connected_apps:
  - name: Legacy
    metadata:
      label: Legacy app
      contactEmail: old@example.com
      oauthConfig:
        callbackUrl: https://example.com/cb
        consumerKey: OldKey12345
        isAdminApproved: true
        scopes: [Api, Web]
"""


@pytest.fixture
def legacy(start: Start, call: Call, tmp_path: Path) -> Caller:
    """The administrator of an org with a connected app."""
    file = tmp_path / "seed.yaml"
    file.write_text(CONNECTED)
    return call(start(seed=file))


def test_a_connected_app_is_read_as_it_was_seeded(legacy: Caller) -> None:
    files = legacy.retrieve({"ConnectedApp": "*"}, single=True)

    assert legacy.names("ConnectedApp") == ["Legacy"]
    assert legacy.query("SELECT Name FROM ConnectedApplication")[0]["Name"] == "Legacy app"
    expected = (
        b"<oauthConfig><callbackUrl>https://example.com/cb</callbackUrl>"
        b"<consumerKey>OldKey12345</consumerKey><isAdminApproved>true</isAdminApproved>"
        b"<scopes>Api</scopes><scopes>Web</scopes></oauthConfig>"
    )
    assert expected in files["connectedApps/Legacy.connectedApp"]


def test_connected_apps_can_no_longer_be_made(legacy: Caller) -> None:
    manifest = (
        b"<Package><types><members>New</members><name>ConnectedApp</name></types>"
        b"<version>67.0</version></Package>"
    )
    content = b"<ConnectedApp><label>New</label></ConnectedApp>"

    result = legacy.deploy_files(
        {"package.xml": manifest, "connectedApps/New.connectedApp": content}
    )

    [problem] = problems(result)
    assert problem == (
        "You can't create a connected app. To enable connected app creation, contact Salesforce"
        " Customer Support."
    )


def test_both_kinds_of_apps_share_their_names(legacy: Caller) -> None:
    header = app_components("legacy")[:1]

    assert "connected app" in legacy.refused(header)
    gone = b"<Package><types><members>Legacy</members><name>ConnectedApp</name></types></Package>"
    legacy.deploy_files(
        {
            "package.xml": b"<Package><version>67.0</version></Package>",
            "destructiveChanges.xml": gone,
        }
    )
    legacy.deployed(header)


def test_a_connected_app_that_is_there_can_be_changed(legacy: Caller) -> None:
    files = legacy.retrieve({"ConnectedApp": "*"}, single=True)
    path = "connectedApps/Legacy.connectedApp"
    files[path] = files[path].replace(b"Legacy app", b"New label")

    assert legacy.deploy_files(files)["status"] == "Succeeded"
    assert legacy.query("SELECT Name FROM ConnectedApplication")[0]["Name"] == "New label"


def test_further_orgs_have_default_users_under_their_own_name(
    start: Start, call: Call, tmp_path: Path
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("orgs: [{name: acme}, {name: beta}, {name: gamma}]")
    org = start(seed=seed)

    for username in ("admin@localorg.example", "admin@beta.example", "admin@gamma.example"):
        assert call(org, username).query("SELECT COUNT() FROM User WHERE Alias = 'ci'") is not None


def test_a_username_in_two_orgs_is_refused(start: Start, tmp_path: Path) -> None:
    users = "users: [{username: a@example.com, profile: System Administrator}]"
    seed = tmp_path / "seed.yaml"
    seed.write_text(f"orgs: [{{name: acme, {users}}}, {{name: beta, {users}}}]")

    with pytest.raises(CannotError, match="the seed of beta is refused: DUPLICATE_USERNAME"):
        start(seed=seed)
