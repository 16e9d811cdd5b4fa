"""`sf`: what a user looks up."""

from __future__ import annotations

from provision.localorg import RunningOrg
from tests.conformance.clients.sf import Sf


def test_org_display_says_where_it_is_connected(admin_sf: Sf, org: RunningOrg) -> None:
    result = admin_sf("org", "display").checked()
    assert result["connectedStatus"] == "Connected"
    assert result["id"] == org.org_id
    assert result["instanceUrl"].rstrip("/") == org.url
    assert result["username"] == org.session().username


def test_list_metadata(admin_sf: Sf, org: RunningOrg) -> None:
    admin_sf("project", "deploy", "start").checked()
    [app] = admin_sf("org", "list", "metadata", "-m", "ExternalClientApplication").checked()
    assert app["fullName"] == "Acme_CI"
    assert app["fileName"] == "externalClientApps/Acme_CI.eca"
    assert app["type"] == "ExternalClientApplication"
    assert app["id"].startswith("0xI")


def test_list_metadata_of_an_empty_org(admin_sf: Sf) -> None:
    assert admin_sf("org", "list", "metadata", "-m", "ExternalClientApplication").checked() == []


def test_list_metadata_types(admin_sf: Sf) -> None:
    result = admin_sf("org", "list", "metadata-types").checked()
    known = {entry["xmlName"]: entry for entry in result["metadataObjects"]}
    assert known["ExternalClientApplication"]["directoryName"] == "externalClientApps"
    assert known["ExternalClientApplication"]["suffix"] == "eca"
    assert known["ExtlClntAppGlobalOauthSettings"]["directoryName"] == "extlClntAppGlobalOauthSets"


def test_data_query(admin_sf: Sf, org: RunningOrg) -> None:
    soql = "SELECT Id, Username FROM User WHERE Username = 'admin@localorg.example'"
    result = admin_sf("data", "query", "--query", soql).checked()
    assert result["totalSize"] == 1
    assert result["records"][0]["Id"] == org.session().user_id


def test_data_query_of_what_is_no_sobject_is_refused(admin_sf: Sf) -> None:
    answer = admin_sf("data", "query", "--query", "SELECT Id FROM Nonsense")
    assert answer.exit_code == 1
    assert answer.name == "INVALID_TYPE"
