"""Drift in a local org: its effect, who caused it and when, as far as the org tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provision.apply.drifting import with_drift
from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
)
from provision.catalogue.package import Package
from provision.catalogue.risk import RiskLevel
from provision.org.deploy import DeployOptions
from provision.plan.drift import ToldBy
from provision.plan.plan import Moved

ADMIN = "admin@localorg.example"
APP = """\
app: Robot
label: The robot
contact_email: ops@example.com
oauth:
  callback_urls: [https://robot.example/callback]
  scopes: [api, refresh_token]
policies:
  enabled: true
  permitted_users: admin_approved
  profiles: [System Administrator]
  session_timeout: 30 minutes
"""
# By type: what somebody changes, and whether a query tells who did.
EDITS = {
    EXTERNAL_CLIENT_APPLICATION: ("label: The robot", "label: Another", True),
    OAUTH_SETTINGS: ("[api, refresh_token]", "[api, refresh_token, web]", True),
    GLOBAL_OAUTH_SETTINGS: ("https://robot.example/callback", "https://other.example/cb", False),
    OAUTH_POLICIES: ("30 minutes", "12 hours", True),
    POLICIES: ("enabled: true", "enabled: false", True),
}


@pytest.fixture
def drift_of(work):
    """The drift of the app from a spec, as a diff tells it, or as a plan does."""

    def drift_of(text: str = APP, *, moved: Moved = Moved.UNKNOWN, known_only=False, since=None):
        plan = work.plan(text)
        components = tuple(
            replace(item, changes=tuple(replace(each, moved=moved) for each in item.changes))
            for item in plan.components
        )
        plan = replace(plan, components=components, applied_at=since)
        return with_drift(plan, work.org.readable(), known_only=known_only).drift

    return drift_of


@pytest.mark.parametrize("kind", EDITS, ids=lambda kind: kind.name)
def test_each_record_says_who_changed_it(work, drift_of, kind) -> None:
    before, after, is_queried = EDITS[kind]
    work.apply(APP)
    work.apply(APP.replace(before, after))
    drift = drift_of()
    assert {field.type_name for field in drift.fields} == {kind.name}
    of_records = [each for each in drift.changes if each.told_by is ToldBy.RECORD]
    assert [each.who for each in of_records] == [ADMIN] * is_queried
    assert all(each.what.startswith(f"{kind.name} Robot") for each in of_records)
    [newest, *_] = [each for each in drift.changes if each.told_by is ToldBy.AUDIT_TRAIL]
    assert newest.who == ADMIN
    assert newest.what.startswith("Changed external client app Robot")
    assert abs((datetime.now(UTC) - newest.at).total_seconds()) < 60


def test_the_risk_is_that_of_the_drift_and_not_of_the_repair(work, drift_of) -> None:
    """30 minutes became 12 hours: that weakens, and going back ends sessions sooner."""
    work.apply(APP.replace("30 minutes", "12 hours"))
    [field] = drift_of().fields
    assert field.risk.level is RiskLevel.WEAKENS
    [change] = work.plan(APP).changes
    assert change.risk.level is RiskLevel.DISRUPTIVE


def test_users_whom_the_drift_lets_in_are_counted(work, drift_of) -> None:
    work.apply(APP.replace("[System Administrator]", "[System Administrator, Standard User]"))
    [field] = drift_of().fields
    assert field.risk.level is RiskLevel.WEAKENS
    assert "Standard User: 1 active user may use it." in field.risk.text
    work.apply(APP.replace("admin_approved", "self_authorized").replace("  profiles", "  # "))
    permitted = drift_of().risk_of(OAUTH_POLICIES.name, "permittedUsersPolicyType")
    assert "active users may newly use it." in permitted.text


def test_an_assignment_that_is_gone_locks_its_user_out(work, drift_of) -> None:
    text = APP.replace(
        "  profiles: [System Administrator]\n",
        "  permission_sets: [{name: Robots, create: true, assign_to: [ci@localorg.example]}]\n",
    )
    work.apply(text)
    org = work.org.writable()
    [row] = org.rest.query(
        "SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Robots'"
    )
    url = f"{org.session.instance_url}/services/data/v68.0/sobjects/PermissionSetAssignment/"
    headers = {"Authorization": f"Bearer {org.session.access_token}"}
    assert org.http.delete(url + row["Id"], headers=headers).ok
    drift = drift_of(text)
    [risk] = drift.access
    assert risk.level is RiskLevel.LOCKS_OUT
    assert "ci@localorg.example lacks Robots" in risk.reason
    assert drift.changes == ()


def test_the_org_is_not_asked_if_nothing_drifted(work, drift_of) -> None:
    work.apply(APP)
    assert drift_of() is None
    with work.org.noting() as noted:
        drift = drift_of(APP.replace("30", "20"), moved=Moved.SPEC)
        plan_alone = drift_of(APP.replace("30", "20"), known_only=True)
    assert (drift.fields, drift.changes, plan_alone) == ((), (), None)
    assert not any("SetupAuditTrail" in each for each in noted)


@pytest.mark.parametrize("moved", [Moved.ORG, Moved.BOTH])
def test_a_plan_shows_drift_that_is_known(work, drift_of, moved) -> None:
    work.apply(APP.replace("30 minutes", "12 hours"))
    [field] = drift_of(moved=moved, known_only=True).fields
    assert field.field_name == "sessionTimeoutInMinutes"


def test_the_drift_says_who_deleted_the_app(work, drift_of) -> None:
    work.apply(APP)
    gone = Package(68, (), deletions=((EXTERNAL_CLIENT_APPLICATION.name, "Robot"),))
    assert work.org.writable().deployer.run(gone, DeployOptions()).success
    drift = drift_of(since=datetime(2026, 11, 24, tzinfo=UTC))
    assert drift.is_missing
    assert drift.changes[0].what == "Deleted external client app Robot"
    assert drift.changes[0].who == ADMIN


def test_a_new_app_is_not_drift(drift_of) -> None:
    assert drift_of(known_only=True) is None
    assert drift_of().is_missing
    assert drift_of().changes == ()


def test_a_user_without_access_to_setup_gets_no_audit_entries(work, drift_of, org) -> None:
    work.apply(APP)
    work.apply(APP.replace("30 minutes", "12 hours"))
    org.set_quirks("record_queries=no")
    sources = {each.told_by for each in drift_of().changes}
    assert sources == {ToldBy.AUDIT_TRAIL}
    reader = org.readable(username="user@localorg.example")
    assert reader.last_changes("Robot", {OAUTH_POLICIES.name}, ("Robot",), None) == ()


def test_changes_before_the_last_apply_are_left_out(work, drift_of) -> None:
    work.apply(APP)
    work.apply(APP.replace("https://robot.example/callback", "https://other.example/cb"))
    assert drift_of(since=datetime(2020, 1, 1, tzinfo=UTC)).changes
    assert drift_of(since=datetime(2099, 1, 1, tzinfo=UTC)).changes == ()


def test_entries_of_other_apps_are_left_out(work, org) -> None:
    """A name counts as a whole word, whatever its case."""
    work.apply(APP.replace("Robot", "Robot_2"))
    readable = org.readable()
    assert readable.last_changes("Robot", (), ("Robot",), None) == ()
    [*found] = readable.last_changes("x", (), ("robot_2",), None)
    assert found
