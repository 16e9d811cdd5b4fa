"""JUnit XML, held to the schema of Jenkins' xunit plugin (schemas/junit-10.xsd)."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from provision.errors import ExitCode
from provision.report.junit import JunitRenderer
from provision.report.report import Report
from provision.report.results import Results

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "junit-10.xsd"))


def valid(text: str):
    root = etree.fromstring(text.encode())
    SCHEMA.assertValid(root)
    return root


@pytest.fixture
def root(results):
    return valid(JunitRenderer().render(Report.of(results)))


def test_an_org_is_a_suite_and_an_app_a_case(root) -> None:
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["uat", "prod", "dev", "int", "qa"]
    assert [case.get("name") for case in suites["uat"]] == ["Robot", "CLI"]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "2", "3")


def test_differences_are_failures_and_errors_are_errors(root) -> None:
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    failure = cases["uat", "Robot"].find("failure")
    assert failure.get("message") == "to be created"
    assert "policies.permitted_users: admin_approved" in failure.text
    error = cases["dev", "Robot"].find("error")
    assert (error.get("type"), error.get("message")) == ("unreachable", "dev cannot be reached")
    assert "next: Is it awake?" in error.text
    assert cases["uat", "CLI"].find("failure") is None


def test_a_plan_that_found_nothing_wrong_passes_and_still_shows_its_changes(new_app) -> None:
    result = replace(new_app, exit_code=ExitCode.OK)
    root = valid(JunitRenderer().render(Report.of(Results("plan", (result,)))))
    assert root.get("failures") == "0"
    assert "to be created" in root.find(".//system-out").text


def test_findings_fail_the_app_that_they_are_about(findings) -> None:
    root = valid(JunitRenderer().render_findings(findings))
    specs, prod = root
    failed = {case.get("name"): case.find("failure") is not None for case in specs}
    assert failed == {"CLI": True, "Robot": False, "Third": False}  # a note fails nothing
    assert prod[0].find("failure").get("type") == "admin-approved"
