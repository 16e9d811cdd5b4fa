"""A policy's lists of profiles and permission sets, and the rows that they show."""

from __future__ import annotations

import pytest

from tests.localorg.caller import Caller, app_components
from tests.localorg.conftest import Call, Start

PROFILES = "commaSeparatedProfile"
SETS = "commaSeparatedPermissionSet"


def names(text: str) -> set[str]:
    return set(text.split(",")) - {""}


def granted(caller: Caller) -> tuple[set[str], set[str]]:
    policy = caller.policy()
    return names(policy.get(PROFILES, "")), names(policy.get(SETS, ""))


def deploy(caller: Caller, **policy: str) -> None:
    caller.deployed(app_components(policy=policy))


def test_lists_become_rows(admin: Caller) -> None:
    deploy(admin, commaSeparatedProfile="standard user", commaSeparatedPermissionSet="Deployers")

    rows = admin.query(
        "SELECT SetupEntityType, SetupEntityId, Parent.Name, Parent.Profile.Name, Parent.ProfileId"
        " FROM SetupEntityAccess"
    )
    app = admin.id_of("ExternalClientApplication", "DeveloperName = 'Acme'")
    assert {row["SetupEntityType"] for row in rows} == {"ExternalClientApplication"}
    assert {row["SetupEntityId"] for row in rows} == {app}
    assert {row["Parent"]["Profile"]["Name"] for row in rows if row["Parent"]["ProfileId"]} == {
        "Standard User"
    }
    assert granted(admin) == ({"Standard User"}, {"Deployers"})


def test_rows_become_lists(admin: Caller) -> None:
    deploy(admin)
    app = admin.id_of("ExternalClientApplication", "DeveloperName = 'Acme'")
    owned = admin.id_of("PermissionSet", "Profile.Name = 'Standard User'")

    row = admin.create("SetupEntityAccess", {"ParentId": owned, "SetupEntityId": app})

    assert granted(admin) == ({"Standard User"}, set())
    twice = admin.rest(
        "POST",
        "/sobjects/SetupEntityAccess",
        json={
            "ParentId": owned,
            "SetupEntityId": app,
        },
    )
    assert admin.rest_error(twice) == "DUPLICATE_VALUE"
    assert admin.rest("DELETE", f"/sobjects/SetupEntityAccess/{row}").status_code == 204
    assert granted(admin) == (set(), set())


@pytest.mark.parametrize(
    ("field", "value", "noun"),
    [
        (SETS, "Nobody,Deployers", "permission sets"),
        (PROFILES, "Admin", "profiles"),
    ],
)
def test_unknown_names_are_refused(admin: Caller, field: str, value: str, noun: str) -> None:
    refusal = admin.refused(app_components(policy={field: value}))

    assert refusal == f"We couldn't find {noun} called {value.partition(',')[0]}"


def test_ids_are_not_names(admin: Caller) -> None:
    identifier = admin.id_of("PermissionSet", "Name = 'Deployers'")

    refusal = admin.refused(app_components(policy={SETS: identifier}))

    assert refusal == f"We couldn't find permission sets called {identifier}"


@pytest.mark.parametrize(
    ("quirk", "expected"),
    [
        ("permission_lists=replace", {"Standard User"}),
        ("permission_lists=add", {"Standard User", "System Administrator"}),
        ("permission_lists=add_refusing_known", {"Standard User", "System Administrator"}),
    ],
)
def test_another_list(start: Start, call: Call, quirk: str, expected: set[str]) -> None:
    caller = call(start(quirk))
    deploy(caller, commaSeparatedProfile="System Administrator")
    deploy(caller, commaSeparatedProfile="Standard User")

    assert granted(caller)[0] == expected


def test_a_name_that_is_granted_already_may_be_refused(start: Start, call: Call) -> None:
    caller = call(start("permission_lists=add_refusing_known"))
    deploy(caller, commaSeparatedProfile="System Administrator")

    refusal = caller.refused(
        app_components(policy={PROFILES: "Standard User,system administrator"})
    )

    assert "profile names are already taken: system administrator" in refusal
    assert granted(caller)[0] == {"System Administrator"}


@pytest.mark.parametrize(
    ("quirk", "expected"),
    [
        ("omitted_policy_fields=reset", (set(), None)),
        ("omitted_policy_fields=kept", ({"System Administrator"}, "15")),
    ],
)
def test_what_a_redeploy_leaves_out(
    start: Start, call: Call, quirk: str, expected: tuple[set[str], str | None]
) -> None:
    caller = call(start(quirk))
    caller.deployed(
        app_components(policy={PROFILES: "System Administrator", "sessionTimeoutInMinutes": 15})
    )
    deploy(caller)

    assert granted(caller)[0] == expected[0]
    assert caller.policy().get("sessionTimeoutInMinutes") == expected[1]


def test_the_order_of_a_list_is_not_stable(admin: Caller) -> None:
    for number in range(6):
        admin.create("PermissionSet", {"Name": f"P{number}", "Label": f"P{number}"})
    wanted = [f"P{number}" for number in range(6)]
    deploy(admin, commaSeparatedPermissionSet=",".join(wanted))

    seen = {admin.policy()[SETS] for _ in range(8)}

    assert len(seen) > 1
    assert {frozenset(names(text)) for text in seen} == {frozenset(wanted)}
