"""Checks of names: what they find, how bad that is, and where."""

import pytest

from provision.doctor.checks.names import same_profile
from tests.doctor.specs import ROBOT, listed, with_policies


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
        assert listed([found]) == [("error", "the org has a connected app Robot")]
        assert (found.key, found.position.line) == ("app", 1)

    def test_the_same_label_is_a_warning(self, doctor):
        text = ROBOT.replace("app: Robot", "app: Android").replace("The robot", "The android")
        [found] = doctor.run("name-clash", text)
        assert listed([found]) == [("warning", "the org has a connected app labelled The android")]

    def test_another_name_is_fine(self, doctor):
        assert doctor.run("name-clash", ROBOT.replace("app: Robot", "app: Robot2")) == ()

    def test_an_app_that_is_there_has_its_name(self, doctor):
        org = doctor.org(ExternalClientApplication=[{"Id": "0xI000000000001"}])
        assert doctor.run("name-clash", ROBOT, org=org) == ()


class TestNames:
    def test_a_near_name_is_suggested(self, doctor):
        [found] = doctor.run("names", with_policies("  permission_sets: [Deployer]\n"))
        assert listed([found]) == [
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
            assert listed([found]) == [
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
