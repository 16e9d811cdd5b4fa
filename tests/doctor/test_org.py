"""Checks of the org and its settings: what they find, how bad that is, and where."""

import pytest

from provision.doctor.checks.org import settings_to_fix
from provision.findings import Severity
from tests.doctor.specs import ROBOT


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
