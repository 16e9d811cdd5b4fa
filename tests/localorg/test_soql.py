"""Queries: what they find, and how they fail."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.localorg.soql.parser import parse
from provision.localorg.soql.query import Comparison, Query, QueryError
from tests.localorg.caller import Caller, app_components

USERS = ["admin@localorg.example", "ci@localorg.example", "user@localorg.example"]


def usernames(caller: Caller, rest: str) -> list[str]:
    return [row["Username"] for row in caller.query(f"SELECT Username FROM User {rest}")]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Username = 'ADMIN@localorg.example'", USERS[:1]),
        ("Username != 'admin@localorg.example'", USERS[1:]),
        ("Username <> 'admin@localorg.example'", USERS[1:]),
        ("Username LIKE '%@localorg.example'", USERS),
        ("Username LIKE 'c_@%'", USERS[1:2]),
        ("Username IN ('ci@localorg.example', 'x')", USERS[1:2]),
        ("Username NOT IN ('ci@localorg.example')", [USERS[0], USERS[2]]),
        ("IsActive = true AND Profile.Name = 'Standard User'", USERS[2:]),
        ("Profile.Name = 'Standard User' OR Profile.Name = 'x'", USERS[2:]),
        ("NOT Profile.Name = 'Standard User'", USERS[:2]),
        ("IsActive = true AND (Alias = 'ci' OR Alias = 'user')", USERS[1:]),
        ("FirstName = null", USERS[1:2]),
        ("FirstName != null", [USERS[0], USERS[2]]),
        ("Username > 'b'", USERS[1:]),
        ("Username >= 'user@localorg.example'", USERS[2:]),
        ("CreatedDate > 2020-01-01T00:00:00Z", USERS),
        ("CreatedDate < 2020-01-01T00:00:00Z", []),
        ("ProfileId IN (SELECT Id FROM Profile WHERE Name = 'Standard User')", USERS[2:]),
        (
            "Id IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE IsActive = true)",
            USERS,
        ),
        ("Id NOT IN (SELECT AssigneeId FROM PermissionSetAssignment)", []),
        ("Profile.UserLicense.Name = 'Salesforce'", USERS),
    ],
)
def test_conditions(admin: Caller, condition: str, expected: list[str]) -> None:
    assert usernames(admin, f"WHERE {condition} ORDER BY Username") == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("ORDER BY Username DESC", USERS[::-1]),
        ("ORDER BY FirstName, Username", [USERS[1], USERS[0], USERS[2]]),
        ("ORDER BY FirstName NULLS LAST", [USERS[0], USERS[2], USERS[1]]),
        ("ORDER BY FirstName DESC NULLS LAST", [USERS[2], USERS[0], USERS[1]]),
        ("ORDER BY Username LIMIT 1", USERS[:1]),
        ("ORDER BY Username LIMIT 1 OFFSET 1", USERS[1:2]),
        ("u WHERE IsActive = true ORDER BY Username LIMIT 2", USERS[:2]),
    ],
)
def test_order_and_limits(admin: Caller, rest: str, expected: list[str]) -> None:
    assert usernames(admin, rest) == expected


def test_ids_of_both_lengths(
    admin: Caller,
) -> None:
    long = admin.id_of("User", "Alias = 'ci'")

    assert admin.id_of("User", f"Id = '{long[:15]}'") == long
    assert admin.query(f"SELECT Id FROM User WHERE Id = '{long[:15].swapcase()}'") == []


def test_count(admin: Caller) -> None:
    response = admin.rest("GET", "/query", params={"q": "SELECT COUNT() FROM User"})

    assert response.json() == {"totalSize": 3, "done": True, "records": []}


def test_related_records_nest_and_are_null_where_there_are_none(admin: Caller) -> None:
    [row] = admin.query("SELECT Name, Profile.Name FROM PermissionSet WHERE Name = 'Deployers'")

    assert row["Profile"] is None
    assert row["attributes"]["type"] == "PermissionSet"


def test_escapes(admin: Caller) -> None:
    admin.create("PermissionSet", {"Name": "Odd", "Label": 'O\'Brien \\ "x"'})

    [row] = admin.query(r"""SELECT Label FROM PermissionSet WHERE Label = 'O\'Brien \\ "x"'""")

    assert row["Label"] == 'O\'Brien \\ "x"'


@pytest.mark.parametrize(
    ("soql", "code", "part"),
    [
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported"),
        ("SELECT Nope FROM User", "INVALID_FIELD", "No such column 'Nope' on entity 'User'"),
        ("SELECT Nope.Id FROM User", "INVALID_FIELD", "relationship 'Nope'"),
        ("SELECT Id FROM User WHERE Nope = 1", "INVALID_FIELD", "Nope"),
        ("SELECT Id FROM User ORDER BY Nope", "INVALID_FIELD", "Nope"),
        ("SELECT FROM User", "MALFORMED_QUERY", ""),
        ("SELECT Id User", "MALFORMED_QUERY", ""),
        ("SELECT Id FROM User WHERE Id = 'x", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM User WHERE A = 1 AND B = 2 OR C = 3", "MALFORMED_QUERY", "OR"),
        ("SELECT Id FROM User LIMIT x", "MALFORMED_QUERY", "x"),
        ("SELECT Id FROM User WHERE", "MALFORMED_QUERY", "end of query"),
        ("SELECT Id FROM User )", "MALFORMED_QUERY", ")"),
        ("", "MALFORMED_QUERY", ""),
        ("SELECT Id FROM User WHERE Id IN (SELECT Id, Name FROM User)", "MALFORMED_QUERY", "semi"),
    ],
)
def test_errors(admin: Caller, soql: str, code: str, part: str) -> None:
    found, message = admin.query_error(soql)

    assert found == code
    assert part in message


def test_apps_are_read_as_records(admin: Caller) -> None:
    admin.deployed(
        app_components(policy={"ipRelaxationPolicyType": "Enforce_RelaxRefresh"}, general={})
    )

    [row] = admin.query(
        "SELECT DeveloperName, ExternalClientApplication.ContactEmail, IpRelaxationPolicyType,"
        " PermittedUsersPolicyType, RefreshTokenValidityPeriod FROM ExtlClntAppOauthPlcyCnfg"
    )
    [general] = admin.query("SELECT IsEnabled, OauthPluginStatus FROM ExtlClntAppPlcyCnfg")

    assert row["ExternalClientApplication"]["ContactEmail"] == "a@example.com"
    assert row["IpRelaxationPolicyType"] == "Enforce_relaxrefresh"
    assert row["RefreshTokenValidityPeriod"] == 365
    assert (general["IsEnabled"], general["OauthPluginStatus"]) == (True, "Enabled")


def test_global_settings_are_not_records(admin: Caller) -> None:
    code, _ = admin.query_error("SELECT Id FROM ExtlClntAppGlobalOauthSettings")

    assert code == "INVALID_TYPE"


def test_pages(admin: Caller) -> None:
    for number in range(205):
        admin.create("PermissionSet", {"Name": f"Set_{number}", "Label": f"{number}"})
    headers = {"Sforce-Query-Options": "batchSize=200"}
    soql = "SELECT Name FROM PermissionSet WHERE Name LIKE 'Set%' ORDER BY Name"

    first = admin.rest("GET", "/query", params={"q": soql}, headers=headers).json()
    path = first["nextRecordsUrl"].partition(".0")[2]
    second = admin.rest("GET", path).json()

    assert (first["totalSize"], first["done"], len(first["records"])) == (205, False, 200)
    assert (second["totalSize"], second["done"], len(second["records"])) == (205, True, 5)
    assert admin.rest_error(admin.rest("GET", "/query/nonsense")) == "INVALID_QUERY_LOCATOR"


def test_columns(admin: Caller) -> None:
    answer = admin.rest(
        "GET", "/query", params={"q": "SELECT Id, Profile.Name FROM User", "columns": "true"}
    ).json()

    assert [c["columnName"] for c in answer["columnMetadata"]] == ["Id", "Profile.Name"]
    assert (answer["entityName"], answer["keyPrefix"], answer["idSelected"]) == (
        "User",
        "005",
        True,
    )


def test_tooling_queries_people_but_not_apps(admin: Caller) -> None:
    users = admin.rest("GET", "/tooling/query", params={"q": "SELECT Id FROM User"}).json()
    apps = admin.rest(
        "GET", "/tooling/query", params={"q": "SELECT Id FROM ExternalClientApplication"}
    )

    assert (users["size"], users["entityTypeName"]) == (3, "User")
    assert admin.rest_error(apps) == "INVALID_TYPE"


def test_tooling_may_query_apps(start, call) -> None:
    admin = call(start("tooling_apps=yes"))

    apps = admin.rest(
        "GET", "/tooling/query", params={"q": "SELECT Id FROM ExternalClientApplication"}
    )

    assert apps.json()["records"] == []


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_can_be_quoted(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")

    found = parse(f"SELECT Id FROM User WHERE Name = '{quoted}'")

    assert found == Query((("Id",),), "User", where=Comparison(("Name",), "=", text))


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_a_clear_error(text: str) -> None:
    # Anything but a QueryError would be a 500 to the client.
    with suppress(QueryError):
        parse(text)
