"""Granting: exactly what the plan says is granted, verified and withdrawn."""

import pytest

from provision.apply.run import apply_plan
from provision.errors import ApplyFailed
from provision.org.written import Outcome
from provision.plan.names import Wanted
from tests.apply.test_failures import restricted
from tests.apply.test_run import APP, OPEN, assignees, granted
from tests.network import answered, meddling

NOT_DONE = answered(201, {"id": "0Jn5e0000004CqWCAU", "success": True, "errors": []})


def grant_to_admins(work) -> None:
    """What somebody did in Setup."""
    org = work.org.writable()
    found = org.access.find(Wanted(profiles=("System Administrator",)))
    profile = found.profile("System Administrator")
    org.access_writer.grant(profile.permission_set_id, org.app_id("Robot"))


@pytest.mark.parametrize("nth", [1, 2])
def test_grants_are_verified_before_the_restriction(work, nth) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)
    lacking = ["Robots", "System Administrator"][nth - 1]
    with (
        pytest.raises(ApplyFailed, match=f"took grants and does not have them: {lacking}"),
        meddling("POST", "/sobjects/SetupEntityAccess", NOT_DONE, nth=nth),
    ):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert not restricted(work)
    assert granted(work) == set()


def test_a_name_that_stays_in_one_list_keeps_its_grant_when_it_leaves_the_other(work) -> None:
    """A profile and a permission set may be called alike."""
    work.org.set_quirks("permission_lists=add")
    both = APP.replace(
        "profiles: [System Administrator]",
        "profiles: [{name: Robots, create: true, clone_of: Standard User}]",
    )
    work.apply(both)
    [profile] = [g for g in grants(work) if g.is_profile]
    assert profile.name == "Robots"
    work.apply("app: Robot\npolicies: {permission_sets: []}\n")
    assert [grant.name for grant in grants(work) if grant.is_profile] == ["Robots"]
    assert not [grant for grant in grants(work) if not grant.is_profile]


def grants(work):
    org = work.org.readable()
    return org.access.grants(org.app_id("Robot"))


def test_an_existing_grant_is_not_made_again_and_not_removed(work) -> None:
    work.apply(OPEN)
    grant_to_admins(work)
    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck",
         "after": 1},
    )  # fmt: skip
    with work.org.noting() as noted, pytest.raises(ApplyFailed, match="No luck"):
        work.apply(APP)
    assert noted.count("!rest:create:SetupEntityAccess") == 1
    assert granted(work) == {"System Administrator"}


@pytest.mark.parametrize("sobject", ["PermissionSetAssignment", "SetupEntityAccess"])
def test_a_record_that_somebody_made_meanwhile_is_used_and_not_removed(work, sobject) -> None:
    """Between the plan and the write, somebody else does the same."""
    work.apply(OPEN)
    prepared = work.prepare(APP)
    other = work.org.writable()

    def first(request):
        """The same request, made a moment before by somebody else."""
        request.deliver().close()
        return request.deliver()

    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck",
         "after": 1},
    )  # fmt: skip
    with (
        pytest.raises(ApplyFailed, match="No luck"),
        meddling("POST", f"/sobjects/{sobject}", first),
    ):
        apply_plan(prepared, other, work.messages.append)
    assert not restricted(work)
    if sobject == "SetupEntityAccess":
        assert granted(work) == {"Robots"}
    else:
        assert len(assignees(work)) == 1
    assert work.apply(APP).consumer_key


@pytest.mark.parametrize("sobject", ["PermissionSet", "Profile"])
def test_a_record_that_somebody_changed_since_is_not_removed(work, sobject) -> None:
    work.apply(OPEN)
    text = APP.replace(
        "profiles: [System Administrator]",
        "profiles: [{name: Runners, create: true, clone_of: Standard User}]",
    )
    prepared = work.prepare(text)
    name = {"PermissionSet": "Robots", "Profile": "Runners"}[sobject]

    def changed_meanwhile(message: str) -> None:
        if message.startswith("deploying"):
            change(work, sobject, name, {"Description": "Ours as well"})

    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck",
         "after": 1},
    )  # fmt: skip
    with pytest.raises(ApplyFailed, match=rf"Remains in the org: .*{name} \(somebody else changed"):
        apply_plan(prepared, work.org.writable(), changed_meanwhile)
    rows = work.org.readable().rest.query(f"SELECT Description FROM {sobject}")
    assert "Ours as well" in {row["Description"] for row in rows}
    assert granted(work) == set()


def change(work, sobject: str, name: str, fields: dict[str, str]) -> None:
    """What another administrator does in Setup."""
    session = work.org.local.session("user@localorg.example")
    [row] = work.org.readable().rest.query(f"SELECT Id FROM {sobject} WHERE Name = '{name}'")
    answer = work.org.http.patch(
        f"{work.org.local.https_url}/services/data/v68.0/sobjects/{sobject}/{row['Id']}",
        json=fields,
        headers={"Authorization": f"Bearer {session.access_token}"},
    )
    assert answer.ok, answer.text


def test_a_permission_set_that_others_use_by_now_is_not_removed(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(APP)

    def assigned_meanwhile(message: str) -> None:
        if message.startswith("deploying"):
            org = work.org.writable()
            found = org.access.find(Wanted(("Robots",), users=("user@localorg.example",)))
            user = found.user("user@localorg.example")
            org.access_writer.assign(found.permission_set("Robots"), user)

    work.org.set_faults(
        {"operation": "rest:deployRequest", "kind": "component_failure", "problem": "No luck",
         "after": 1},
    )  # fmt: skip
    with pytest.raises(ApplyFailed, match="Remains in the org: permission set Robots") as raised:
        apply_plan(prepared, work.org.writable(), assigned_meanwhile)
    assert "somebody is assigned it" in raised.value.message
    assert "as before" not in raised.value.message
    assert assignees(work) == {"user@localorg.example"}


NEW_PROFILE = APP.replace(
    "profiles: [System Administrator]",
    "profiles: [{name: Robot Runners, create: true, clone_of: Standard User}]",
)


def test_a_new_profile_that_the_org_does_not_show_ends_the_run_before_the_restriction(work) -> None:
    work.apply(OPEN)
    prepared = work.prepare(NEW_PROFILE)
    nothing = answered(200, {"totalSize": 0, "done": True, "records": []})
    with (
        pytest.raises(ApplyFailed, match="the org has no profile Robot Runners any more") as raised,
        meddling("GET", "FROM+PermissionSet+WHERE+%28IsOwnedByProfile", nothing),
    ):
        apply_plan(prepared, work.org.writable(), work.messages.append)
    assert "The org is as before." in raised.value.message
    assert not restricted(work)
    assert "Robot Runners" not in work.org.readable().access.profile_names()


def test_a_withdrawal_is_noted_by_the_name_of_who_loses_the_app(work) -> None:
    work.org.set_quirks("permission_lists=add")
    work.apply(APP)
    noted: list[tuple[str, Outcome]] = []
    apply_plan(
        work.prepare("app: Robot\npolicies: {permission_sets: []}\n"),
        work.org.writable(),
        work.messages.append,
        lambda what, outcome: noted.append((what, outcome)),
    )
    what = "the removal of the grant of Robot to Robots"
    assert [outcome for text, outcome in noted if text == what] == [Outcome.INTENDED, Outcome.MADE]
    assert "withdrew the app from Robots" in work.messages
