"""Each check: what it finds, how bad that is, and where."""

import dataclasses
import re
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.doctor.check import Subject
from provision.doctor.checks.names import same_profile
from provision.doctor.checks.org import settings_to_fix
from provision.doctor.diagnosis import diagnose
from provision.findings import Severity
from provision.keys.pair import new_pair
from tests.doctor.conftest import CHECK
from tests.doctor.specs import ROBOT, with_policies


def said(found):
    return [(each.severity.value, each.text) for each in found]


def _undate(answer, **_options):
    del answer.headers["Date"]


class TestTokenKind:
    @pytest.mark.parametrize(("version", "count"), [(67, 1), (68, 0)])
    def test_a_jwt_format_token_hides_metadata_below_api_68(self, doctor, version, count):
        org = doctor.org(version)
        session = dataclasses.replace(org.session, access_token="eyJhbGciOi.eyJzdWIi.sig")
        found = doctor.run("token-kind", ROBOT, org=dataclasses.replace(org, session=session))
        assert [each.severity for each in found] == [Severity.ERROR] * count

    def test_an_opaque_one_does_not(self, doctor):
        assert doctor.run("token-kind", ROBOT, org=doctor.org(60)) == ()


class TestApiVersion:
    TEXT = ROBOT + "metadata:\n  ExtlClntAppGlobalOauthSettings:\n    isDPopEnabled: true\n"

    def test_a_field_that_came_later_is_an_error_at_its_place(self, doctor):
        [found] = doctor.run("api-version", self.TEXT, org=doctor.org(66))
        assert found.severity is Severity.ERROR
        assert "isDPopEnabled came with API 68; this is 66" in found.text
        assert found.key == "metadata.ExtlClntAppGlobalOauthSettings.isDPopEnabled"
        assert (found.position.line, found.app) == (13, "Robot")

    def test_one_on_which_sources_disagree_is_a_warning(self, doctor):
        [found] = doctor.run("api-version", self.TEXT, org=doctor.org(67))
        assert found.severity is Severity.WARNING
        assert "this is 67: the org decides" in found.text

    def test_a_version_that_knows_it_is_fine(self, doctor):
        assert doctor.run("api-version", self.TEXT) == ()


class TestUserPermissions:
    def test_a_standard_user_lacks_them_by_name(self, doctor):
        text = with_policies(
            "  permission_sets:\n"
            "    - {name: Robots, create: true, assign_to: [ci@localorg.example]}\n"
        )
        org = doctor.org(username="user@localorg.example")
        found = doctor.run("user-permissions", text, org=org)
        lacking = "user@localorg.example lacks "
        assert said(found) == [
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
        assert said(found) == [
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


class TestAppSettings:
    def test_a_packaged_app_needs_the_orgs_consent(self, doctor):
        packaged = ROBOT + "distribution_state: packaged\n"
        [found] = doctor.run("app-settings", packaged)
        assert found.severity is Severity.WARNING
        [setting] = settings_to_fix(doctor.context(packaged))
        assert str(setting) == "enablePackageEcaOauthFromDevOrg on"
        assert "--fix" in found.next_step

    def test_an_org_that_shows_none_is_a_warning(self, doctor):
        org = doctor.org()
        org.metadata.read = lambda *_: []
        [found] = doctor.run("app-settings", ROBOT, org=org)
        assert found.severity is Severity.WARNING
        assert settings_to_fix(doctor.context(ROBOT, org=org)) == ()

    def test_an_api_without_them_is_a_note(self, doctor):
        [found] = doctor.run("app-settings", ROBOT, org=doctor.org(61))
        assert found.severity is Severity.NOTE

    def test_a_user_who_may_not_read_them_is_a_note(self, doctor):
        org = doctor.org(username="user@localorg.example")
        [found] = doctor.run("app-settings", ROBOT, org=org)
        assert found.severity is Severity.NOTE
        assert "INSUFFICIENT_ACCESS" in found.text


class TestDevHub:
    @pytest.mark.parametrize("sobject", ["ScratchOrgInfo", "ActiveScratchOrg"])
    def test_a_dev_hub_is_a_warning(self, doctor, sobject):
        [found] = doctor.run("dev-hub", ROBOT, org=doctor.org(**{sobject: ()}))
        assert found.severity is Severity.WARNING
        assert "C-1016" in found.text

    def test_an_org_that_knows_no_scratch_orgs_is_none(self, doctor):
        assert doctor.run("dev-hub", ROBOT) == ()


class TestNameClash:
    @pytest.fixture
    def seed(self):
        return (
            "orgs:\n"
            "  - connected_apps:\n"
            "      - {name: ROBOT, metadata: {label: Old robot, contactEmail: a@b.example}}\n"
            "      - {name: Other, metadata: {label: The android, contactEmail: a@b.example}}\n"
        )

    def test_the_same_developer_name_is_an_error_whatever_its_case(self, doctor):
        [found] = doctor.run("name-clash", ROBOT)
        assert said([found]) == [("error", "the org has a connected app Robot")]
        assert (found.key, found.position.line) == ("app", 1)

    def test_the_same_label_is_a_warning(self, doctor):
        text = ROBOT.replace("app: Robot", "app: Android").replace("The robot", "The android")
        [found] = doctor.run("name-clash", text)
        assert said([found]) == [("warning", "the org has a connected app labelled The android")]

    def test_another_name_is_fine(self, doctor):
        assert doctor.run("name-clash", ROBOT.replace("app: Robot", "app: Robot2")) == ()

    def test_an_app_that_is_there_has_its_name(self, doctor):
        org = doctor.org(ExternalClientApplication=[{"Id": "0xI000000000001"}])
        assert doctor.run("name-clash", ROBOT, org=org) == ()


class TestNames:
    def test_a_near_name_is_suggested(self, doctor):
        [found] = doctor.run("names", with_policies("  permission_sets: [Deployer]\n"))
        assert said([found]) == [
            ("error", "local has no permission set 'Deployer'; it has 'Deployers'")
        ]
        assert (found.key, found.position.line) == ("policies.permission_sets", 10)

    def test_a_profile_goes_by_its_label(self, doctor):
        [found] = doctor.run("names", ROBOT.replace("System Administrator", "Admin"))
        assert "in its language (en_US) that is 'System Administrator'" in found.text

    class TestLabels:
        @pytest.fixture
        def seed(self):
            return (
                "orgs:\n"
                "  - permission_sets:\n"
                "      - {name: CI_Robot, label: Pipelines, namespace: acme}\n"
                "      - {name: A, label: Twice}\n"
                "      - {name: B, label: Twice}\n"
            )

        def test_a_permission_set_goes_by_its_api_name(self, doctor):
            [found] = doctor.run("names", with_policies("  permission_sets: [Pipelines]\n"))
            assert found.text.endswith("; that is the label of 'acme__CI_Robot'")

        def test_a_label_of_two_is_nobodys(self, doctor):
            [found] = doctor.run("names", with_policies("  permission_sets: [Twice]\n"))
            assert "it has 'A', 'B', 'acme__CI_Robot'" in found.text

    def test_one_that_is_created_is_not_missing(self, doctor):
        text = with_policies("  permission_sets: [{name: Robots, create: true}]\n")
        assert doctor.run("names", text) == ()

    class TestInJapanese:
        @pytest.fixture
        def seed(self):
            return "orgs: [{language: ja}]\n"

        def test_the_localised_label_is_suggested(self, doctor):
            [found] = doctor.run("names", ROBOT)
            assert said([found]) == [
                (
                    "error",
                    (
                        "local has no profile 'System Administrator'; "
                        "in its language (ja) that is 'システム管理者'"
                    ),
                )
            ]

        def test_the_localised_label_is_found(self, doctor):
            text = ROBOT.replace("System Administrator", "システム管理者")
            assert doctor.run("names", text) == ()

    def test_a_label_of_another_language_leads_back(self):
        assert same_profile("standardbenutzer", ["Standard User"]) == "Standard User"
        assert same_profile("Standard User", ["System Administrator"]) == ""
        assert same_profile("Sales", ["Standard User"]) == ""


class TestUsers:
    def test_one_that_is_not_there_is_an_error(self, doctor):
        text = ROBOT.replace("app.key}", "app.key, prove_as: nobody@localorg.example}")
        [found] = doctor.run("users", text)
        assert said([found]) == [("error", "local has no user 'nobody@localorg.example'")]
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
            assert said([found]) == [("error", "the user ci@localorg.example is inactive")]


class TestCertificate:
    @pytest.mark.parametrize(
        ("days", "severity", "text"),
        [
            (-1, "warning", "is not valid before"),
            (300, None, ""),
            (340, "warning", "expires on"),
            (400, "error", "expired on"),
        ],
    )
    def test_its_time(self, doctor, days, severity, text):
        found = doctor.run("certificate", ROBOT, ahead=days * 86400)
        assert [each.severity.value for each in found] == ([severity] if severity else [])
        assert all(text in each.text for each in found)
        assert all(each.position.line == 7 for each in found)

    def test_another_keys_certificate_is_an_error(self, doctor, tmp_path):
        from provision.keys import read_private_key

        key, _ = new_pair("other", tmp_path, subject="other", now=datetime.now(UTC))
        context = doctor.context(ROBOT)
        [subject] = context.subjects
        spec = dataclasses.replace(subject.spec, private_key=read_private_key(key))
        context = dataclasses.replace(context, subjects=(Subject(spec, subject.desired),))
        [found] = diagnose(context, [CHECK["certificate"]]).findings
        assert (found.severity, found.key) == (Severity.ERROR, "oauth.jwt_bearer.private_key")

    def test_a_spec_without_one_has_none_to_expire(self, doctor):
        assert doctor.run("certificate", "app: Robot\n", ahead=400 * 86400) == ()


class TestClockSkew:
    @pytest.mark.parametrize(
        ("ahead", "text"), [(90, "90 seconds ahead of"), (-120, "seconds behind")]
    )
    def test_a_clock_that_is_off_breaks_jwt_logins(self, doctor, ahead, text):
        [found] = doctor.run("clock-skew", ROBOT, ahead=ahead)
        assert found.severity is Severity.ERROR
        assert text.removeprefix("90 ") in found.text

    def test_without_a_certificate_it_is_a_warning(self, doctor):
        [found] = doctor.run("clock-skew", "app: Robot\n", ahead=90)
        assert found.severity is Severity.WARNING

    def test_a_few_seconds_do_not_matter(self, doctor):
        assert doctor.run("clock-skew", ROBOT, ahead=30) == ()

    def test_an_answer_without_a_date_is_a_note(self, doctor):
        org = doctor.org()
        org.http.hooks["response"].append(_undate)
        [found] = doctor.run("clock-skew", ROBOT, org=org)
        assert found.severity is Severity.NOTE
        assert "answers without a date" in found.text


class TestCallbackPort:
    def spec(self, *ports: int) -> str:
        urls = ", ".join(f"http://localhost:{port}/OauthRedirect" for port in ports)
        return ROBOT.replace("https://robot.example/callback", urls)

    def project(self, doctor, port: int) -> Path:
        file = doctor.directory / "sfdx-project.json"
        file.write_text(f'{{"oauthLocalPort": {port}}}')
        return file

    @pytest.fixture
    def taken(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            yield listener.getsockname()[1]

    @pytest.fixture
    def free(self, taken):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return listener.getsockname()[1]

    def test_a_taken_port_is_a_warning_that_names_a_free_one(self, doctor, taken):
        self.project(doctor, taken)
        [found] = doctor.run("callback-port", self.spec(taken))
        assert found.severity is Severity.WARNING
        assert f"port {taken} " in found.text
        named = re.search(r"`- http://localhost:(\d+)/OauthRedirect`", found.next_step)
        assert named is not None
        socket.create_server(("127.0.0.1", int(named[1]))).close()
        assert (found.key, found.position.line) == ("oauth.callback_urls", 5)

    def test_a_free_port_of_the_spec_is_rather_taken_than_a_new_one(self, doctor, taken, free):
        file = self.project(doctor, taken)
        [found] = doctor.run("callback-port", self.spec(taken, free))
        assert f'Set `"oauthLocalPort": {free}` in {file}' in found.next_step

    def test_a_port_that_the_cli_does_not_take_may_be_taken(self, doctor, taken, free):
        self.project(doctor, free)
        assert doctor.run("callback-port", self.spec(taken, free)) == ()

    def test_a_project_that_is_out_of_step_is_a_warning(self, doctor, taken, free):
        file = self.project(doctor, taken)
        [found] = doctor.run("callback-port", self.spec(free))
        assert found.severity is Severity.WARNING
        assert f"listens on {taken} here ({file})" in found.text
        assert f'Set `"oauthLocalPort": {free}` in {file}' in found.next_step

    def test_without_a_project_the_cli_listens_on_1717(self, doctor, free):
        [found] = doctor.run("callback-port", self.spec(free))
        assert "listens on 1717 here" in found.text
        assert str(doctor.directory / "sfdx-project.json") in found.next_step

    def test_a_project_file_that_the_cli_does_not_read_is_named(self, doctor, free):
        file = self.project(doctor, free)
        file.write_text(f"// ours\n{file.read_text()}")
        [found] = doctor.run("callback-port", self.spec(free))
        assert "listens on 1717 here" in found.text
        assert f"{file}:1:1" in found.text

    def test_what_is_set_may_be_no_port(self, doctor, free):
        file = self.project(doctor, free)
        file.write_text('{"oauthLocalPort": true}')
        [found] = doctor.run("callback-port", self.spec(free))
        assert "is not a port" in found.text

    def test_an_app_that_is_not_for_the_cli_needs_no_port_here(self, doctor):
        assert doctor.run("callback-port", ROBOT) == ()


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


class TestApiAccessControl:
    OPEN = "app: Robot\noauth: {scopes: [api]}\npolicies: {permitted_users: self_authorized}\n"

    @pytest.fixture
    def seed(self):
        return (
            "orgs:\n"
            "  - settings: {ConnectedApp: {enableAdminApprovedAppsOnly: true}}\n"
            "    permission_sets:\n"
            "      - name: A\n"
            "        permissions: [UseAnyApiClient]\n"
            "        assign_to: [admin@localorg.example]\n"
        )

    @pytest.mark.parametrize(
        ("text", "severity"),
        [
            (OPEN, Severity.ERROR),
            ("app: Robot\noauth: {scopes: [api]}\n", Severity.WARNING),
        ],
    )
    def test_an_app_that_is_not_admin_approved_cannot_call_the_api(self, doctor, text, severity):
        [found] = doctor.run("api-access-control", text)
        assert found.severity is severity
        assert "the API refuses its tokens" in found.text
        assert "Use Any API Client" in found.next_step

    def test_an_admin_approved_app_can(self, doctor):
        assert doctor.run("api-access-control", ROBOT) == ()

    class TestOff:
        @pytest.fixture
        def seed(self):
            return ""

        def test_where_it_is_off_every_app_can(self, doctor):
            assert doctor.run("api-access-control", TestApiAccessControl.OPEN) == ()


class TestOauthSettings:
    TEXT = (
        "app: Robot\noauth: {scopes: [api], pkce_required: false}\n"
        "metadata: {ExtlClntAppGlobalOauthSettings: {isCodeCredFlowEnabled: true}}\n"
    )

    @pytest.fixture
    def seed(self):
        return "orgs:\n  - settings: {OauthOidc: {isPkceRequired: true}}\n"

    def test_the_orgs_own_settings_overrule_an_app(self, doctor):
        found = doctor.run("oauth-settings", self.TEXT)
        assert [each.key for each in found] == [
            "oauth.pkce_required",
            "metadata.ExtlClntAppGlobalOauthSettings.isCodeCredFlowEnabled",
        ]
        assert "the org requires PKCE of every app" in found[0].text
        assert "switched off (oAuthCdCrdtFlowEnable)" in found[1].text
        assert [each.position.line for each in found] == [2, 3]

    def test_an_app_that_says_nothing_of_them_is_fine(self, doctor):
        assert doctor.run("oauth-settings", ROBOT) == ()


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
        assert said([found]) == [
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
