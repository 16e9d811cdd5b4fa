"""Apply: what is written, in which order, and that the org is what the spec says."""

import pytest

from provision.catalogue.catalogue import (
    EXTERNAL_CLIENT_APPLICATION,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.component import Component, RawXml
from provision.errors import ApplyFailed, GateRefused, UnknownNames
from tests.orgs import writes

APP = """
    app: Robot
    label: The robot
    contact_email: ops@example.com
    oauth:
      callback_urls: [https://robot.example/callback]
      scopes: [api, refresh_token]
      jwt_bearer: {certificate: keys/app.crt, private_key: keys/app.key}
    policies:
      permitted_users: admin_approved
      profiles: [System Administrator]
      permission_sets:
        - {name: Robots, create: true, assign_to: [admin@localorg.example, ci@localorg.example]}
      refresh_token: {lifetime: 90 days}
      session_timeout: 15 minutes
"""
OPEN = """
    app: Robot
    contact_email: ops@example.com
    oauth: {callback_urls: [https://robot.example/callback], scopes: [api, refresh_token]}
"""


def assignees(work) -> set[str]:
    rows = work.org.readable().rest.query(
        "SELECT Assignee.Username FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Robots'"
    )
    return {row["Assignee"]["Username"] for row in rows}


def granted(work) -> set[str]:
    org = work.org.readable()
    return {grant.name for grant in org.access.grants(org.app_id("Robot"))}


def test_a_new_app_is_one_deploy_and_then_assignments(work) -> None:
    with work.org.noting() as noted:
        applied = work.apply(APP)
    assert writes(noted) == [
        "rest:create:PermissionSet",
        "rest:deployRequest",
        "rest:create:PermissionSetAssignment",
        "rest:create:PermissionSetAssignment",
    ]
    assert applied.consumer_key.startswith("3MVG9")
    assert assignees(work) == {"admin@localorg.example", "ci@localorg.example"}
    assert granted(work) == {"System Administrator", "Robots"}


def test_a_second_apply_writes_nothing(work) -> None:
    key = work.apply(APP).consumer_key
    with work.org.noting() as noted:
        again = work.apply(APP)
    assert again.plan.is_empty
    assert writes(noted) == []
    assert again.consumer_key == key


def test_a_change_deploys_its_component_alone_and_keeps_other_fields(work) -> None:
    work.apply(APP)
    plan = work.plan(APP.replace("15 minutes", "30 minutes"))
    assert [component.type for component in plan.deployed] == [OAUTH_POLICIES]
    applied = work.apply("app: Robot\npolicies: {session_timeout: 30 minutes}\n")
    policy = applied.actual.components[OAUTH_POLICIES.name]
    assert policy.fields["sessionTimeoutInMinutes"] == 30
    assert policy.fields["refreshTokenValidityPeriod"] == 90
    assert policy.fields["permittedUsersPolicyType"] == "AdminApprovedPreAuthorized"


def test_the_certificate_survives_a_change_of_its_component(work) -> None:
    work.apply(APP)
    work.apply("app: Robot\noauth: {callback_urls: [https://other.example/]}\n")
    assert work.prove(APP).username == "admin@localorg.example"


def test_drift_is_found_and_repaired(work) -> None:
    work.apply(APP)
    policy = work.org.readable().find_app("Robot").components[OAUTH_POLICIES.name]
    work.org.deploy(
        Component(policy.type, policy.full_name, {**policy.fields, "sessionTimeoutInMinutes": 480})
    )
    [change] = work.plan(APP).changes
    assert (change.before, change.after) == (480, 15)
    work.apply(APP)
    assert work.plan(APP).is_empty


@pytest.mark.parametrize(
    ("text", "type_name", "field", "gone"),
    [
        ("policies: {session_timeout: null}", OAUTH_POLICIES, "sessionTimeoutInMinutes", None),
        ("policies: {refresh_token: null}", OAUTH_POLICIES, "refreshTokenValidityPeriod", 365),
        ("policies: {permission_sets: []}", OAUTH_POLICIES, "commaSeparatedPermissionSet", None),
        ("policies: {profiles: null}", OAUTH_POLICIES, "commaSeparatedProfile", None),
        ("oauth: {jwt_bearer: null}", GLOBAL_OAUTH_SETTINGS, "certificate", None),
        ("contact_email: null", EXTERNAL_CLIENT_APPLICATION, "contactEmail", None),
    ],
)
def test_null_clears_is_shown_and_read_back(work, text, type_name, field, gone) -> None:
    work.apply(APP)
    spec = f"app: Robot\n{text}\n"
    assert field in {change.field.name for change in work.plan(spec).changes}
    applied = work.apply(spec)
    value = applied.actual.components[type_name.name].fields.get(field)
    assert (value or None) == gone
    assert work.plan(spec).is_empty


def test_restricting_an_existing_app_grants_first_and_restricts_last(work) -> None:
    work.apply(OPEN)
    with work.org.noting() as noted:
        applied = work.apply(APP)
    assert applied.plan.tightens
    assert noted.index("rest:deployRequest") < noted.index(
        "!rest:create:PermissionSet"
    )  # checkOnly
    assert writes(noted) == [
        "rest:create:PermissionSet",
        "rest:create:PermissionSetAssignment",
        "rest:create:PermissionSetAssignment",
        "rest:create:SetupEntityAccess",
        "rest:create:SetupEntityAccess",
        "rest:deployRequest",
    ]
    verified = len(noted) - noted[::-1].index("!rest:create:SetupEntityAccess")
    assert "rest:query" in noted[verified : noted.index("!rest:deployRequest", verified)]
    assert granted(work) == {"System Administrator", "Robots"}


def test_a_removed_name_loses_its_grant(work) -> None:
    work.apply(APP)
    work.apply("app: Robot\npolicies: {profiles: []}\n")
    assert granted(work) == {"Robots"}


def test_a_profile_is_created_as_a_clone(work) -> None:
    work.apply(
        """
        app: Robot
        contact_email: ops@example.com
        oauth: {callback_urls: [https://robot.example/callback], scopes: [api, refresh_token]}
        policies:
          permitted_users: admin_approved
          profiles: [{name: Robot Users, create: true, clone_of: Standard User}]
        """
    )
    assert granted(work) == {"Robot Users"}
    rows = work.org.readable().rest.query(
        "SELECT Name, UserLicenseId FROM Profile WHERE Name IN ('Robot Users', 'Standard User')"
    )
    assert len({row["UserLicenseId"] for row in rows}) == 1
    assert len(rows) == 2


def test_names_that_the_org_does_not_have_stop_the_apply(work) -> None:
    text = APP.replace("System Administrator", "System Administratorr")
    with work.org.noting() as noted, pytest.raises(UnknownNames) as raised:
        work.apply(text.replace("ci@localorg.example", "nobody@localorg.example"))
    assert "no profile 'System Administratorr'; it has 'System Administrator'" in (
        raised.value.message
    )
    assert "no user 'nobody@localorg.example'" in raised.value.message
    assert "spec.yaml:11" in raised.value.message
    assert writes(noted) == []


def test_an_app_made_in_setup_is_found_under_setups_names(work) -> None:
    work.org.set_quirks("policy_names=setup")
    work.org.deploy(
        Component(EXTERNAL_CLIENT_APPLICATION, "Robot", {"contactEmail": "a@example.com"}),
        Component(OAUTH_SETTINGS, "Anything", {"externalClientApplication": "Robot",
                                               "commaSeparatedOauthScopes": "Api"}),
        Component(GLOBAL_OAUTH_SETTINGS, "Quite_Other", {"externalClientApplication": "Robot",
                                                         "callbackUrl": "https://a.example"}),
    )  # fmt: skip
    plan = work.plan(OPEN + "    policies: {session_timeout: 15 minutes}\n")
    assert {item.action.value for item in plan.components} == {"update"}
    names = {item.component.full_name for item in plan.components}
    assert {"Anything", "Quite_Other"} <= names
    work.apply(OPEN + "    policies: {session_timeout: 15 minutes}\n")
    assert work.plan(OPEN + "    policies: {session_timeout: 15 minutes}\n").is_empty


def test_a_field_that_the_catalogue_does_not_know_survives(work) -> None:
    work.apply(OPEN)
    actual = work.org.readable().find_app("Robot")
    settings = actual.components[OAUTH_SETTINGS.name]
    later = RawXml("<isNewIn69>yes</isNewIn69>")
    sent = {k: v for k, v in settings.fields.items() if k != "oauthLink"}
    work.org.deploy(Component(settings.type, settings.full_name, {**sent, "isNewIn69": later}))
    work.apply(OPEN.replace("scopes: [api, ", "scopes: [web, api, "))
    found = work.org.readable().find_app("Robot").components[OAUTH_SETTINGS.name]
    assert found.fields["isNewIn69"] == later


def test_a_failed_create_removes_what_it_added(work) -> None:
    block = "    metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: takenKey12345}}\n"
    work.apply(OPEN.replace("Robot", "Other") + block)
    with pytest.raises(ApplyFailed, match="already taken") as raised:
        work.apply(APP + block)
    assert "Taken away again: permission set Robots." in raised.value.message
    assert "The org is as before." in raised.value.message
    org = work.org.readable()
    assert not org.find_app("Robot").exists
    assert "Robots" not in org.access.permission_set_names()


def test_a_failed_deploy_of_an_existing_app_changes_nothing(work) -> None:
    work.apply(OPEN)
    before = work.org.readable().find_app("Robot")
    work.org.set_quirks("jwt_session_timeout=needs_named_user_jwt")
    with pytest.raises(ApplyFailed, match="Invalid plugin settings"):
        work.apply(OPEN + "    label: New\n    policies: {session_timeout: 15 minutes}\n")
    after = work.org.readable().find_app("Robot")
    assert {n: dict(c.fields) for n, c in after.components.items()} == {
        n: dict(c.fields) for n, c in before.components.items()
    }


def test_another_consumer_key_is_refused_before_anything_is_written(work) -> None:
    work.apply(OPEN)
    block = "    metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: another12345}}\n"
    with work.org.noting() as noted, pytest.raises(GateRefused, match="cannot be changed"):
        work.apply(OPEN + block)
    assert writes(noted) == []
