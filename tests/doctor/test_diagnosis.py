"""All checks together: an org that is well, one that refuses, and one that is read alone."""

import re
from pathlib import Path

import pytest

from provision.doctor.check import Context
from provision.doctor.diagnosis import CHECKS, diagnose
from provision.findings import Severity
from tests.doctor.specs import ROBOT
from tests.orgs import writes

DOCS = Path(__file__).resolve().parents[2] / "docs" / "doctor.md"


def test_nothing_is_found_where_all_is_well(doctor):
    assert doctor.all(ROBOT) == ()


def test_nothing_is_written(doctor, under_test):
    with under_test.noting() as noted:
        doctor.all(ROBOT)
    assert noted
    assert writes(noted) == []


def test_what_an_org_refuses_is_a_note(doctor):
    org = doctor.org(FROM="INSUFFICIENT_ACCESS")
    found = doctor.all(ROBOT, org=org)
    assert {each.severity for each in found} == {Severity.NOTE}
    assert {each.rule for each in found} >= {"user-permissions", "dev-hub", "names", "name-clash"}
    for each in found:
        assert each.text.startswith("could not be checked: INSUFFICIENT_ACCESS")
        assert each.next_step == "Ask nicely."


@pytest.mark.parametrize("kind", ["503", "html_error", "drop_before", "invalid_session_id"])
def test_an_org_that_stops_answering_is_an_error(doctor, under_test, kind):
    under_test.set_faults({"operation": "soap:readMetadata", "kind": kind, "times": 0})
    diagnosis = diagnose(doctor.context(ROBOT))
    found = {each.rule: each for each in diagnosis.findings}
    assert found["app-settings"].severity is Severity.ERROR
    assert found["app-settings"].text.startswith("could not be checked: ")
    assert "app-settings" in diagnosis.unchecked


def test_an_org_without_calls_left_is_an_error(doctor):
    found = doctor.all(ROBOT, org=doctor.org(FROM="REQUEST_LIMIT_EXCEEDED"))
    assert {each.severity for each in found} == {Severity.ERROR}


def test_an_org_that_refuses_the_session_is_asked_nothing_more(doctor, under_test):
    under_test.set_faults({"operation": "rest:query", "kind": "invalid_session_id", "times": 0})
    with under_test.noting() as noted:
        found = doctor.all(ROBOT)
    assert found[0].rule == "api-access"
    assert found[0].severity is Severity.ERROR
    assert "API Access Control" in found[0].next_step
    assert {each.severity for each in found[1:]} == {Severity.NOTE}
    assert {each.rule for each in found[1:]} == {
        check.id for check in CHECKS[1:] if check.needs_session
    }
    assert noted.count("rest:query") == 1


def test_each_finding_says_how_to_mend_it(doctor):
    found = doctor.all(ROBOT.replace("System Administrator", "Nobody"), ahead=400 * 86400)
    assert {each.rule for each in found} == {"names", "certificate", "clock-skew"}
    assert all(each.next_step for each in found)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_documentation_has_every_check(check):
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$", DOCS.read_text(), re.MULTILINE)
    documented = {row[0]: row[1:] for row in rows}
    assert documented[check.id] == (check.title, check.fix)
    assert list(documented) == [each.id for each in CHECKS]


def test_a_broken_check_does_not_keep_the_others_from_it(doctor):
    org = doctor.org(ScratchOrgInfo="MALFORMED_QUERY")
    context = doctor.context(ROBOT.replace("System Administrator", "Nobody"), org=org)
    assert isinstance(context, Context)
    assert [each.rule for each in diagnose(context).findings] == ["dev-hub", "names"]
