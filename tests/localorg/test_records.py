"""sObject records over REST, and composite requests."""

from __future__ import annotations

import pytest

from provision.localorg.domain.sobjects import SOBJECTS
from tests.localorg.caller import Caller, app_components


def test_a_permission_set_is_created_changed_and_deleted(admin: Caller) -> None:
    made = admin.create("PermissionSet", {"Name": "Robots", "Label": "Robots"})
    path = f"/sobjects/PermissionSet/{made}"

    assert admin.rest("PATCH", path, json={"Label": "R"}).status_code == 204
    read = admin.rest("GET", path, params={"fields": "Label,IsCustom"}).json()
    assert (read["Label"], read["IsCustom"]) == ("R", True)
    assert set(read) == {"attributes", "Label", "IsCustom"}
    assert admin.rest("DELETE", path).status_code == 204
    assert admin.rest("GET", path).status_code == 404


def test_a_profile_owns_a_permission_set(admin: Caller) -> None:
    licence = admin.id_of("UserLicense", "Name = 'Salesforce'")
    made = admin.create(
        "Profile",
        {"Name": "Robots", "UserLicenseId": licence, "PermissionsViewClientSecret": True},
    )

    [owned] = admin.query(
        "SELECT Id, IsOwnedByProfile, PermissionsViewClientSecret FROM PermissionSet"
        f" WHERE ProfileId = '{made}'"
    )
    assert owned["IsOwnedByProfile"]
    assert owned["PermissionsViewClientSecret"]
    body = {"PermissionsViewClientSecret": False}
    admin.rest("PATCH", f"/sobjects/Profile/{made}", json=body)
    assert admin.query(f"SELECT Id FROM PermissionSet WHERE ProfileId = '{made}'"
                       " AND PermissionsViewClientSecret = false")  # fmt: skip
    refused = admin.rest("DELETE", f"/sobjects/PermissionSet/{owned['Id']}")
    assert refused.status_code == 400
    assert admin.rest("DELETE", f"/sobjects/Profile/{made}").status_code == 204
    assert admin.query(f"SELECT Id FROM PermissionSet WHERE ProfileId = '{made}'") == []


def test_a_user_moves_between_profiles(admin: Caller) -> None:
    standard = admin.id_of("Profile", "Name = 'Standard User'")
    user = admin.create(
        "User",
        {
            "Username": "new@localorg.example",
            "LastName": "New",
            "Email": "new@example.com",
            "ProfileId": standard,
        },
    )
    other = admin.id_of("Profile", "Name = 'System Administrator'")

    admin.rest(
        "PATCH",
        f"/sobjects/User/{user}",
        json={"ProfileId": other, "Username": "newer@localorg.example"},
    )

    held = admin.query(
        "SELECT PermissionSet.Profile.Name FROM PermissionSetAssignment"
        f" WHERE AssigneeId = '{user}'"
    )
    assert [row["PermissionSet"]["Profile"]["Name"] for row in held] == ["System Administrator"]
    assert admin.org.session("newer@localorg.example").user_id == user


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("PermissionSet", {"Name": "X"}, "REQUIRED_FIELD_MISSING"),
        ("PermissionSet", {"Name": "deployers", "Label": "X"}, "DUPLICATE_DEVELOPER_NAME"),
        ("PermissionSet", {"Name": "X", "Label": "X", "Nope": 1}, "INVALID_FIELD"),
        ("PermissionSet", {"Name": "X", "Label": {}}, "JSON_PARSER_ERROR"),
        (
            "PermissionSet",
            {"Name": "X", "Label": "X", "IsOwnedByProfile": True},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
        ("Profile", {"Name": "X", "UserLicenseId": "100"}, "INVALID_CROSS_REFERENCE_KEY"),
        (
            "PermissionSetAssignment",
            {"AssigneeId": "005", "PermissionSetId": "0PS"},
            "INVALID_CROSS_REFERENCE_KEY",
        ),
        (
            "SetupEntityAccess",
            {"ParentId": "0PS", "SetupEntityId": "0xI"},
            "INVALID_CROSS_REFERENCE_KEY",
        ),
        ("Organization", {}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("ExternalClientApplication", {}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        ("Nothing", {}, "NOT_FOUND"),
    ],
)
def test_bad_creates(admin: Caller, name: str, values: dict, code: str) -> None:
    assert admin.rest_error(admin.rest("POST", f"/sobjects/{name}", json=values)) == code


def test_a_username_is_taken_everywhere(admin: Caller) -> None:
    profile = admin.id_of("Profile", "Name = 'Standard User'")
    values = {
        "Username": "ADMIN@localorg.example",
        "LastName": "X",
        "Email": "x@example.com",
        "ProfileId": profile,
    }

    assert admin.rest_error(admin.rest("POST", "/sobjects/User", json=values)) == (
        "DUPLICATE_USERNAME"
    )


def test_an_assignment_is_made_once_and_protects_its_set(admin: Caller) -> None:
    values = {
        "AssigneeId": admin.id_of("User", "Alias = 'ci'"),
        "PermissionSetId": admin.id_of("PermissionSet", "Name = 'Deployers'"),
    }
    made = admin.create("PermissionSetAssignment", values)

    twice = admin.rest("POST", "/sobjects/PermissionSetAssignment", json=values)
    path = f"/sobjects/PermissionSet/{values['PermissionSetId']}"

    assert admin.rest_error(twice) == "DUPLICATE_VALUE"
    assert admin.rest_error(admin.rest("DELETE", path)) == "DELETE_FAILED"
    assert admin.rest("DELETE", f"/sobjects/PermissionSetAssignment/{made}").status_code == 204
    assert admin.rest("DELETE", path).status_code == 204


def test_a_profile_in_use_stays(admin: Caller) -> None:
    profile = admin.id_of("Profile", "Name = 'Standard User'")

    assert admin.rest_error(admin.rest("DELETE", f"/sobjects/Profile/{profile}")) == (
        "DELETE_FAILED"
    )


def test_apps_are_read_only_records(admin: Caller) -> None:
    admin.deployed(app_components())
    app = admin.id_of("ExternalClientApplication", "DeveloperName = 'Acme'")
    path = f"/sobjects/ExternalClientApplication/{app}"

    assert admin.rest("GET", path).json()["ContactEmail"] == "a@example.com"
    assert admin.rest("PATCH", path, json={}).status_code == 400
    assert admin.rest("DELETE", path).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "nonsense"])
def test_a_body_that_is_not_an_object(admin: Caller, body: str) -> None:
    response = admin.rest("POST", "/sobjects/PermissionSet", data=body)

    assert response.status_code == 400


@pytest.mark.parametrize("name", SOBJECTS)
def test_descriptions(admin: Caller, name: str) -> None:
    described = admin.rest("GET", f"/sobjects/{name}/describe").json()

    fields = {field["name"]: field for field in described["fields"]}
    assert described["name"] == name
    assert fields["Id"]["type"] == "id"
    assert described["createable"] is any(f["createable"] for f in fields.values())
    for field in fields.values():
        assert set(field["referenceTo"]) <= {*SOBJECTS, "PermissionSetGroup"}


def test_all_descriptions(admin: Caller) -> None:
    described = admin.rest("GET", "/sobjects").json()["sobjects"]

    assert {each["name"] for each in described} == set(SOBJECTS)


def test_resources_and_limits(admin: Caller) -> None:
    assert admin.rest("GET", "").json()["query"] == "/services/data/v67.0/query"
    limits = admin.rest("GET", "/limits").json()
    assert limits["DailyApiRequests"] == {"Max": 15000, "Remaining": 14998}


# --- composite


def test_later_requests_use_earlier_answers(admin: Caller) -> None:
    base = "/services/data/v67.0"
    user = admin.id_of("User", "Alias = 'ci'")
    body = {
        "allOrNone": True,
        "compositeRequest": [
            {
                "method": "POST",
                "url": f"{base}/sobjects/PermissionSet",
                "referenceId": "made",
                "body": {"Name": "Made", "Label": "Made"},
            },
            {
                "method": "POST",
                "url": f"{base}/sobjects/PermissionSetAssignment",
                "referenceId": "given",
                "body": {"AssigneeId": user, "PermissionSetId": "@{made.id}"},
            },
            {
                "method": "GET",
                "url": f"{base}/query?q=SELECT+Id+FROM+PermissionSet+WHERE+Id='@{{made.id}}'",
                "referenceId": "found",
            },
        ],
    }

    answers = admin.rest("POST", "/composite", json=body).json()["compositeResponse"]

    assert [answer["httpStatusCode"] for answer in answers] == [201, 201, 200]
    assert answers[2]["body"]["totalSize"] == 1


@pytest.mark.parametrize("all_or_none", [True, False])
def test_all_or_none(admin: Caller, all_or_none: bool) -> None:
    url = "/services/data/v67.0/sobjects/PermissionSet"
    requests = [
        {"method": "POST", "url": url, "referenceId": name, "body": {"Name": name, "Label": label}}
        for name, label in (("A", "A"), ("B", None))
    ]
    body = {"allOrNone": all_or_none, "compositeRequest": requests}

    answers = admin.rest("POST", "/composite", json=body).json()["compositeResponse"]

    assert [answer["httpStatusCode"] for answer in answers] == [400 if all_or_none else 201, 400]
    left = admin.query("SELECT Id FROM PermissionSet WHERE Name = 'A'")
    assert bool(left) is not all_or_none
    code = answers[0]["body"][0]["errorCode"] if all_or_none else None
    assert code == ("PROCESSING_HALTED" if all_or_none else None)


def test_an_unknown_reference(admin: Caller) -> None:
    body = {"compositeRequest": [{"method": "GET", "url": "/x/@{nobody.id}", "referenceId": "a"}]}

    assert admin.rest("POST", "/composite", json=body).status_code == 400


def test_batch(admin: Caller) -> None:
    body = {
        "batchRequests": [
            {"method": "GET", "url": "v67.0/limits"},
            {"method": "GET", "url": "v67.0/nothing"},
        ]
    }

    answer = admin.rest("POST", "/composite/batch", json=body).json()

    assert answer["hasErrors"]
    assert [each["statusCode"] for each in answer["results"]] == [200, 404]


@pytest.mark.parametrize("all_or_none", [True, False])
def test_collections(admin: Caller, all_or_none: bool) -> None:
    records = [
        {"attributes": {"type": "PermissionSet"}, "Name": name, "Label": label}
        for name, label in (("A", "A"), ("B", None))
    ]

    results = admin.rest(
        "POST", "/composite/sobjects", json={"allOrNone": all_or_none, "records": records}
    ).json()

    assert [result["success"] for result in results] == [True, False]
    left = admin.query("SELECT Id FROM PermissionSet WHERE Name IN ('A', 'B')")
    assert len(left) == (0 if all_or_none else 1)
    if left:
        [gone] = admin.rest("DELETE", f"/composite/sobjects?ids={left[0]['Id']}").json()
        assert gone["success"]


def test_no_more_than_25_requests(admin: Caller) -> None:
    each = {"method": "GET", "url": "/services/data/v67.0/limits", "referenceId": "a"}

    response = admin.rest("POST", "/composite", json={"compositeRequest": [each] * 26})

    assert admin.rest_error(response) == "LIMIT_EXCEEDED"
