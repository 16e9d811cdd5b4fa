"""Numbers of users: how many a plan newly lets use an app, and who has tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from provision.apply.gating import gated
from provision.errors import GateName, OrgRefused
from provision.localorg.seed import (
    ADMIN,
    OrgSeed,
    PermissionSetGroupSeed,
    PermissionSetSeed,
    Seed,
    UserSeed,
)
from provision.org.org import ReadableOrg
from provision.org.rest import RestReader
from provision.org.usage import users_of
from provision.plan.plan import Plan
from provision.report.text import plan_text
from provision.rules.rule import RuleSet
from provision.rules.threshold import Thresholds
from tests.apply.conftest import Work
from tests.orgs import org_under_test

_STANDARD = [f"user{n}@acme.example" for n in range(25)]
_GROUPED = [f"minimum{n}@acme.example" for n in range(3)]
_SEED = Seed(
    orgs=(
        OrgSeed(
            users=(
                UserSeed(username=ADMIN, profile="System Administrator"),
                *(UserSeed(username=name, profile="Standard User") for name in _STANDARD),
                *(
                    UserSeed(username=name, profile="Minimum Access - Salesforce")
                    for name in _GROUPED
                ),
                UserSeed(username="gone@acme.example", profile="Standard User", active=False),
            ),
            permission_sets=(
                PermissionSetSeed(name="Robots", assign_to=(*_STANDARD[:2], ADMIN)),
                PermissionSetSeed(name="Other"),
                PermissionSetSeed(name="Robots", namespace="acme", assign_to=(_STANDARD[9],)),
            ),
            permission_set_groups=(
                PermissionSetGroupSeed(
                    name="Staff", permission_sets=("Robots",), assign_to=(*_GROUPED, _STANDARD[0])
                ),
                PermissionSetGroupSeed(
                    name="Others", permission_sets=("Other",), assign_to=(_STANDARD[5],)
                ),
            ),
        ),
    )
)
APP = """
    app: Robot
    contact_email: ops@example.com
    oauth: {callback_urls: [https://robot.example/callback], scopes: [api, refresh_token]}
    policies:
      permitted_users: admin_approved
      profiles: [System Administrator]
      permission_sets: [Other]
"""


@pytest.fixture
def staffed(tmp_path: Path, spec_of) -> Iterator[Work]:
    """An org with many users, and the app for its administrators."""
    seed = tmp_path / "seed.yaml"
    seed.write_text(yaml.safe_dump(_SEED.model_dump(mode="json")), encoding="utf-8")
    with org_under_test(tmp_path / "org", seed=seed) as running:
        work = Work(running, spec_of)
        work.apply(APP)
        yield work


def planned(work: Work, text: str) -> Plan:
    return gated(work.prepare(text), work.org.readable(), RuleSet((), Thresholds())).plan


def weakening(plan: Plan) -> list[str]:
    return [gate.reason for gate in plan.gates if gate.name is GateName.WEAKENING]


def test_active_users_of_a_profile_are_counted(staffed) -> None:
    plan = planned(staffed, APP.replace("Administrator]", "Administrator, Standard User]"))
    assert "Standard User: 25 active users may use it." in plan.risk.text
    # One of them has Other by a group, and so the app already.
    assert weakening(plan) == [
        "24 active users who may not use Robot now could use it, more than 20"
    ]


def test_a_permission_set_counts_those_who_have_it_by_a_group(staffed) -> None:
    plan = planned(staffed, APP.replace("[Other]", "[Other, Robots]"))
    # Two users and the administrator have it themselves, three others and one again by a group;
    # the set of the same name in another namespace is another set.
    assert "Robots: 6 active users may use it." in plan.risk.text
    assert weakening(plan) == []


def test_users_who_may_use_the_app_already_are_not_counted(staffed) -> None:
    opened = APP.replace("admin_approved", "self_authorized").replace(
        "profiles: [System Administrator]", "profiles: []"
    )
    plan = planned(staffed, opened.replace("permission_sets: [Other]", "permission_sets: []"))
    [change] = [c for c in plan.changes if c.field.name == "permittedUsersPolicyType"]
    assert change.risk.text.endswith("27 active users may newly use it.")
    assert weakening(plan) == [
        "27 active users who may not use Robot now could use it, more than 20"
    ]


def test_an_assigned_user_counts_if_nothing_else_lets_the_user_in(staffed) -> None:
    users = ", ".join([ADMIN, *_STANDARD[:22]])
    plan = planned(staffed, APP.replace("[Other]", f"[{{name: Other, assign_to: [{users}]}}]"))
    text = plan_text(plan)
    new = _STANDARD[1]
    assert f"permission set Other for {new} (weakens: {new} may then use Robot)" in text
    # An administrator, and who has the set by a group, may use the app without it.
    assert f"permission set Other for {ADMIN}\n" in text
    assert f"permission set Other for {_STANDARD[5]}\n" in text
    assert weakening(plan) == [
        "21 active users who may not use Robot now could use it, more than 20"
    ]


class _Reticent(RestReader):
    """A reader of an org that refuses queries of one sObject."""

    def __init__(self, org: ReadableOrg, sobject: str) -> None:
        super().__init__(org.session, org.http, org.api_version)
        self._sobject = sobject

    def query(self, soql: str) -> list[dict[str, Any]]:
        self._refuse(soql)
        return super().query(soql)

    def count(self, soql: str) -> int:
        self._refuse(soql)
        return super().count(soql)

    def _refuse(self, soql: str) -> None:
        if f"FROM {self._sobject} " in soql:
            raise OrgRefused("sObject type is not supported", code="INVALID_TYPE")


@pytest.mark.parametrize("sobject", ["User", "PermissionSetGroupComponent"])
def test_a_number_that_the_org_does_not_tell_trips_a_gate(staffed, sobject) -> None:
    org = staffed.org.readable()
    org.__dict__["rest"] = _Reticent(org, sobject)
    prepared = staffed.prepare(APP.replace("[Other]", f"[Other, {_ROBOTS}]"))
    plan = gated(prepared, org, RuleSet((), Thresholds())).plan
    assert "Robots: the org does not tell how many users may use it." in plan.risk.text
    [reason] = weakening(plan)
    assert reason == "more users may use Robot, and the org does not tell how many"
    # Of an assigned user nobody knows whether it is a newcomer: it counts as one.
    assert f"for {_STANDARD[5]} (weakens: {_STANDARD[5]} may then" in plan_text(plan)


_ROBOTS = f"{{name: Robots, assign_to: [{_STANDARD[5]}]}}"


def test_who_has_a_permission_set_by_a_group_does_not_lose_the_app(staffed) -> None:
    """The lock-out gate asks for the users with tokens, and knows what groups bring."""
    org = staffed.org.readable()
    ids = {
        row["Username"]: row["Id"]
        for row in org.rest.query("SELECT Id, Username FROM User WHERE IsActive = true")
    }
    set_id = org.access.permission_set_id("Robots")
    held = {
        user.username
        for user in users_of(org.rest, list(ids.values()))
        if set_id in user.permission_set_ids
    }
    assert held == {ADMIN, *_STANDARD[:2], *_GROUPED}
