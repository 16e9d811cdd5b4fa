"""Connect REST: keys, secrets, staging, rotation, and what they require."""

from __future__ import annotations

import pytest

from tests.localorg.caller import Caller, app_components
from tests.localorg.conftest import Call, Start

DAY = 24 * 3600.0
SETTINGS = (
    b'<ExternalClientAppSettings xmlns="http://soap.sforce.com/2006/04/metadata">'
    b"<enableClientSecretInRestApiAccess>true</enableClientSecretInRestApiAccess>"
    b"</ExternalClientAppSettings>"
)
PACKAGE = (
    b"<Package><types><members>ExternalClientApp</members><name>Settings</name></types>"
    b"<version>67.0</version></Package>"
)


@pytest.fixture
def url(admin: Caller) -> str:
    """The URL of an app's credentials resource, with access enabled."""
    result = admin.deploy_files(
        {"package.xml": PACKAGE, "settings/ExternalClientApp.settings": SETTINGS}
    )
    assert result["status"] == "Succeeded", result
    admin.deployed(
        app_components(
            settings={"isClientCredentialsFlowEnabled": True},
            policy={
                "clientCredentialsFlowUser": "ci@localorg.example",
                "isClientCredentialsFlowEnabled": True,
            },
        )
    )
    app = admin.id_of("ExternalClientApplication", "DeveloperName = 'Acme'")
    [consumer] = admin.rest("GET", f"/apps/oauth/credentials/{app}").json()["consumers"]
    assert consumer["id"].startswith("888")
    return str(consumer["url"].partition(".0")[2])


def works(admin: Caller, pair: dict[str, str]) -> bool:
    form = {
        "grant_type": "client_credentials",
        "client_id": pair["key"],
        "client_secret": pair["secret"],
    }
    return admin.token_request(form).status_code == 200


def test_parts(admin: Caller, url: str) -> None:
    assert set(admin.rest("GET", url).json()) == {"id", "key"}
    assert set(admin.rest("GET", url + "?part=secret").json()) == {"id", "secret"}
    pair = admin.rest("GET", url + "?part=keyandsecret").json()
    assert pair["key"] == admin.settings()["consumerKey"]
    assert works(admin, pair)
    assert admin.rest("GET", url + "?part=both").status_code == 400


def test_rotation_with_thirty_days_of_overlap(admin: Caller, url: str) -> None:
    old = admin.rest("GET", url + "?part=keyandsecret").json()
    staged = admin.rest("POST", url + "/staged", json={}).json()
    assert staged["state"] == "Active"
    assert not works(admin, staged)
    assert admin.rest_error(admin.rest("POST", url + "/staged", json={})) == "DUPLICATE_VALUE"

    path = staged["url"].partition(".0")[2]
    rotated = admin.rest("PATCH", path, json={"command": "rotate"}).json()

    assert (rotated["state"], rotated["key"]) == ("Rotated", old["key"])
    assert admin.settings()["consumerKey"] == staged["key"]
    assert works(admin, staged)
    assert works(admin, old)
    admin.org.advance(30 * DAY - 1)
    assert works(admin, old)
    admin.org.advance(1)
    assert not works(admin, old)


def test_the_old_pair_can_be_revoked_at_once(admin: Caller, url: str) -> None:
    old = admin.rest("GET", url + "?part=keyandsecret").json()
    staged = admin.rest("POST", url + "/staged", json={}).json()
    path = staged["url"].partition(".0")[2]
    admin.rest("PATCH", path, json={"command": "rotate"})

    assert admin.rest("DELETE", path).status_code == 204

    assert not works(admin, old)
    assert admin.rest("GET", url + "/staged").json()["stagedCredentials"] == []
    assert admin.rest("GET", path).status_code == 404


def test_the_setting_and_the_permissions_are_needed(start: Start, call: Call) -> None:
    admin = call(start())
    admin.deployed(app_components())
    app = admin.id_of("ExternalClientApplication", "DeveloperName = 'Acme'")

    closed = admin.rest("GET", f"/apps/oauth/credentials/{app}")
    admin.soap(
        "updateMetadata",
        '<metadata xsi:type="m:ExternalClientAppSettings" xmlns:m="x">'
        "<fullName>ExternalClientApp</fullName><enableClientSecretInRestApiAccess>true"
        "</enableClientSecretInRestApiAccess></metadata>",
    )
    user = call(admin.org, "user@localorg.example")

    assert closed.status_code == 403
    assert "not currently enabled" in closed.text
    assert admin.rest("GET", f"/apps/oauth/credentials/{app}").status_code == 200
    assert user.rest("GET", f"/apps/oauth/credentials/{app}").status_code == 403


def test_staging_came_with_api_65(admin: Caller, url: str) -> None:
    admin.version = 64

    assert admin.rest("GET", url).status_code == 200
    assert admin.rest("GET", url + "/staged").status_code == 404


def test_the_setting_is_read_back(admin: Caller, url: str) -> None:
    found = admin.read("ExternalClientAppSettings", "ExternalClientApp")
    files = admin.retrieve({"Settings": "ExternalClientApp"}, single=True)

    assert found is not None
    assert found["enableClientSecretInRestApiAccess"] == "true"
    assert (
        b"<enableClientSecretInRestApiAccess>true<" in files["settings/ExternalClientApp.settings"]
    )


def test_usage_and_revocation(admin: Caller, url: str) -> None:
    pair = admin.rest("GET", url + "?part=keyandsecret").json()
    assert works(admin, pair)

    [app] = admin.rest("GET", "/apps/oauth/usage").json()["apps"]
    usage = f"/apps/oauth/usage/{app['identifier']}"
    [user] = admin.rest("GET", f"{usage}/users").json()["users"]
    [token] = admin.rest("GET", f"{usage}/{user['id']}/tokens").json()["tokens"]

    assert (app["developerName"], app["tokenCount"]) == ("Acme", 1)
    assert user["username"] == "ci@localorg.example"
    assert admin.rest("DELETE", f"/apps/oauth/usage/tokens/{token['id']}").status_code == 204
    assert works(admin, pair)
    assert admin.rest("DELETE", f"{usage}/{user['id']}/tokens").status_code == 204
    assert works(admin, pair)
    assert admin.rest("DELETE", f"{usage}/tokens").status_code == 204
    assert admin.rest("GET", "/apps/oauth/usage").json()["apps"][0]["tokenCount"] == 0


def test_usage_has_pages(admin: Caller) -> None:
    for name in ("A", "B", "C"):
        admin.deployed(app_components(name))

    first = admin.rest("GET", "/apps/oauth/usage?pageSize=2").json()
    second = admin.rest("GET", first["nextPageUrl"].partition(".0")[2]).json()

    assert [app["developerName"] for app in first["apps"]] == ["A", "B"]
    assert [app["developerName"] for app in second["apps"]] == ["C"]
    assert second["nextPageUrl"] is None


def test_unknown_apps_consumers_and_pairs(admin: Caller, url: str) -> None:
    app, _, consumer = url.rpartition("/")

    for path in (
        "/apps/oauth/credentials/0xIAA0000000001",
        f"{app}/888AA0000000001",
        f"{app}/{consumer}/staged/8ScAA0000000001",
        "/apps/oauth/usage/0xIAA0000000001/users",
    ):
        assert admin.rest("GET", path).status_code == 404, path
    gone = admin.rest("DELETE", "/apps/oauth/usage/tokens/0CQAA0000000001")
    assert gone.status_code == 404


def test_a_staged_pair_is_rotated_once_and_expires(admin: Caller, url: str) -> None:
    staged = admin.rest("POST", url + "/staged", json={}).json()
    path = staged["url"].partition(".0")[2]

    assert admin.rest("PATCH", path, json={"command": "x"}).status_code == 400
    assert admin.rest("PATCH", path, json={"command": "rotate"}).status_code == 200
    assert admin.rest_error(admin.rest("PATCH", path, json={"command": "rotate"})) == (
        "INVALID_STATUS"
    )
    admin.org.advance(30 * DAY)
    admin.token = admin.org.session().access_token
    assert admin.rest("GET", path).json()["state"] == "Expired"
    assert admin.rest("POST", url + "/staged", json={}).status_code == 201
