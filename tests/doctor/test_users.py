"""Checks of users: what they find, how bad that is, and where."""

import dataclasses

import pytest

from provision.findings import Severity
from tests.doctor.specs import ROBOT, listed, with_policies


class TestUserPermissions:
    def test_a_standard_user_lacks_them_by_name(self, doctor):
        text = with_policies(
            "  permission_sets:\n"
            "    - {name: Robots, create: true, assign_to: [ci@localorg.example]}\n"
        )
        org = doctor.org(username="user@localorg.example")
        found = doctor.run("user-permissions", text, org=org)
        lacking = "user@localorg.example lacks "
        assert listed(found) == [
            (
                "error",
                (
                    f"{lacking}Modify Metadata Through Metadata API Functions or Modify All Data: "
                    "for the Metadata API"
                ),
            ),
            ("error", f"{lacking}View Setup and Configuration: to see Setup"),
            (
                "warning",
                (
                    f"{lacking}External Client App Viewer or External Client App Admin or "
                    "External Client App Developer: to see external client apps"
                ),
            ),
            (
                "warning",
                f"{lacking}External Client App Developer: to create, change and delete apps",
            ),
            ("warning", f"{lacking}External Client App Admin: to edit policies"),
            (
                "error",
                f"{lacking}Assign Permission Sets or Manage Users: to assign permission sets",
            ),
            (
                "error",
                (
                    f"{lacking}Manage Profiles and Permission Sets: "
                    "to create profiles and permission sets"
                ),
            ),
        ]

    def test_an_administrator_has_them_by_profile(self, doctor):
        assert doctor.run("user-permissions", ROBOT) == ()

    class TestByPermissionSet:
        @pytest.fixture
        def seed(self):
            return (
                "orgs:\n"
                "  - permission_sets:\n"
                "      - name: Deployers\n"
                "        permissions: [ModifyMetadata, ViewSetup, ExternalClientAppDeveloper,"
                " ExternalClientAppAdmin]\n"
                "        assign_to: [ci@localorg.example]\n"
            )

        def test_they_count_from_a_permission_set_too(self, doctor):
            org = doctor.org(username="ci@localorg.example")
            assert doctor.run("user-permissions", ROBOT, org=org) == ()

    def test_a_permission_that_the_org_does_not_have_is_a_note(self, doctor):
        org = doctor.org(PermissionsExternalClientAppDeveloper="INVALID_FIELD")
        found = doctor.run("user-permissions", ROBOT, org=org)
        assert listed(found) == [
            (
                "note",
                (
                    "the org has no permission External Client App Developer: "
                    "to create, change and delete apps"
                ),
            )
        ]

    @pytest.mark.parametrize(
        "answers",
        [
            {"PermissionSetAssignment": ()},
            {"PermissionsViewSetup": "UNKNOWN_EXCEPTION"},
            {"Metadata, Permissions": "INVALID_FIELD", "ViewSetup": "UNKNOWN_EXCEPTION"},
        ],
    )
    def test_an_org_that_does_not_tell_is_a_note(self, doctor, answers):
        [found] = doctor.run("user-permissions", ROBOT, org=doctor.org(**answers))
        assert found.severity is Severity.NOTE

    def test_a_session_of_nobody_is_a_note(self, doctor):
        org = doctor.org()
        session = dataclasses.replace(org.session, username="")
        org = dataclasses.replace(org, session=session)
        [found] = doctor.run("user-permissions", ROBOT, org=org)
        assert "does not tell whose it is" in found.text


class TestUsers:
    def test_one_that_is_not_there_is_an_error(self, doctor):
        text = ROBOT.replace("app.key}", "app.key, prove_as: nobody@localorg.example}")
        [found] = doctor.run("users", text)
        assert listed([found]) == [("error", "local has no user 'nobody@localorg.example'")]
        assert found.position.line == 7

    class TestInactive:
        @pytest.fixture
        def seed(self):
            return (
                "orgs:\n"
                "  - users:\n"
                "      - {username: admin@localorg.example, profile: System Administrator}\n"
                "      - {username: ci@localorg.example, profile: Standard User, active: false}\n"
            )

        def test_one_that_is_inactive_is_an_error(self, doctor):
            text = with_policies(
                "  permission_sets: [{name: Deployers, assign_to: [ci@localorg.example]}]\n"
            )
            [found] = doctor.run("users", text)
            assert listed([found]) == [("error", "the user ci@localorg.example is inactive")]


class TestUsersOfAnyClient:
    SEED = (
        "orgs:\n"
        "  - permission_sets:\n"
        "      - {name: Any_Client, permissions: [UseAnyApiClient], assign_to: [%s]}\n"
    )

    @pytest.fixture
    def seed(self):
        return self.SEED % "user@localorg.example"

    def test_holders_of_use_any_api_client_pass_by_admin_approval(self, doctor):
        [found] = doctor.run("approval-bypass", ROBOT)
        assert found.severity is Severity.WARNING
        assert found.text == (
            "1 active user has Use Any API Client, and may use Robot without being approved: "
            "user@localorg.example"
        )
        assert (found.app, found.key) == ("Robot", "policies.permitted_users")

    def test_they_do_not_matter_to_an_app_that_anybody_may_use(self, doctor):
        text = "app: Robot\noauth: {scopes: [api]}\npolicies: {permitted_users: self_authorized}\n"
        assert doctor.run("approval-bypass", text) == ()

    def test_an_org_without_that_permission_has_no_holders(self, doctor):
        org = doctor.org(PermissionsUseAnyApiClient="INVALID_FIELD")
        assert doctor.run("approval-bypass", ROBOT, org=org) == ()

    class TestNobody:
        @pytest.fixture
        def seed(self):
            return ""

        def test_nobody_has_it_by_default(self, doctor):
            assert doctor.run("approval-bypass", ROBOT) == ()


class TestFrozenUsers:
    @pytest.fixture
    def seed(self):
        return (
            "orgs:\n"
            "  - users:\n"
            "      - {username: admin@localorg.example, profile: System Administrator}\n"
            "      - {username: ci@localorg.example, profile: Standard User, frozen: true}\n"
        )

    def test_a_frozen_user_is_an_error_though_active(self, doctor):
        text = ROBOT.replace("app.key}", "app.key, prove_as: ci@localorg.example}")
        assert doctor.run("users", text) == ()
        [found] = doctor.run("frozen-users", text)
        assert listed([found]) == [
            ("error", "the user ci@localorg.example is frozen, and cannot log in")
        ]


class TestAdmitted:
    """Deployers is a permission set of the default org that nobody has."""

    def test_names_that_no_active_user_has_are_a_warning(self, doctor):
        [found] = doctor.run("admitted", with_policies("  permission_sets: [Deployers]\n"))
        assert found.severity is Severity.WARNING
        assert found.text == (
            "Robot is for admin-approved users, and no active user has what it names "
            "(Deployers): nobody can use it"
        )
        assert (found.app, found.key) == ("Robot", "policies.permission_sets")
        assert found.position.line == 10

    @pytest.mark.parametrize(
        "policies",
        [
            "  profiles: [System Administrator]\n",
            "  permission_sets: [Deployers]\n  profiles: [Standard User]\n",
            "  permission_sets: [{name: Deployers, assign_to: [ci@localorg.example]}]\n",
            "  permission_sets: [{name: Fresh, create: true}]\n",
        ],
    )
    def test_one_user_is_enough_and_what_apply_makes_or_assigns_is_not_judged(
        self, doctor, policies
    ):
        assert doctor.run("admitted", with_policies(policies)) == ()

    def test_an_app_for_everybody_needs_no_names(self, doctor):
        text = "app: Robot\noauth: {scopes: [api]}\npolicies: {permitted_users: self_authorized}\n"
        assert doctor.run("admitted", text) == ()

    class TestThroughAGroup:
        @pytest.fixture
        def seed(self):
            return (
                "orgs:\n"
                "  - permission_sets: [{name: Deployers}]\n"
                "    permission_set_groups:\n"
                "      - {name: All, permission_sets: [Deployers], "
                "assign_to: [user@localorg.example]}\n"
            )

        def test_who_has_a_permission_set_by_a_group_counts(self, doctor):
            text = with_policies("  permission_sets: [Deployers]\n")
            assert doctor.run("admitted", text) == ()
