"""Checks of the session: what they find, how bad that is, and where."""

import dataclasses

import pytest

from provision.findings import Severity
from tests.doctor.specs import ROBOT


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
