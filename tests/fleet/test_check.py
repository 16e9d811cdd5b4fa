"""A fleet and its specs, checked without an org and without anything from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from provision.fleet.check import CheckedFleet, check_fleet
from provision.spec.combination.unique import UNIQUES
from provision.spec.variable import Variables

SPEC = """\
app: Robot
label: Robot ${stage}
contact_email: ${contact}
oauth: {callback_urls: [https://robot.example/callback], scopes: [api]}
"""
Check = Callable[..., CheckedFleet]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check a fleet from its text, beside `robot.yaml`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "robot.yaml").write_text(SPEC)

    def call(text: str, **values: str) -> CheckedFleet:
        fleet = tmp_path / "fleet.yaml"
        fleet.write_text(text)
        return check_fleet(fleet, Variables(values))

    return call


def said(checked: CheckedFleet) -> list[str]:
    return [str(problem).rpartition("/")[2] for problem in checked.problems]


def test_each_spec_is_held_to_the_variables_of_each_org(check: Check) -> None:
    checked = check(
        "defaults: {specs: [robot.yaml], variables: {contact: ops@example.com, stage: uat}}\n"
        "orgs:\n"
        "  acme: {}\n"
        "  mill: {variables: {contact: nobody}}\n"
    )
    assert checked.orgs == 2
    assert len(checked.problems) == 1
    assert said(checked)[0].startswith("robot.yaml:3:16: contact_email: ")


def test_what_comes_from_outside_is_neither_read_nor_missed(check: Check, tmp_path: Path) -> None:
    (tmp_path / "contact").write_text("no address")
    checked = check(
        "defaults:\n"
        "  specs: [robot.yaml]\n"
        "  variables: {contact: '${file:contact}', stage: '${cmd:touch ran}'}\n"
        "orgs:\n"
        "  acme:\n"
        "    login: {token: {instance_url: https://acme.example, access_token: '${env:NONE}'}}\n"
    )
    assert checked.problems == ()
    assert checked.unchecked == ("contact", "stage")
    assert not (tmp_path / "ran").exists()


def test_the_nearest_value_counts_wherever_it_comes_from(check: Check) -> None:
    checked = check(
        "defaults: {specs: [robot.yaml], variables: {contact: '${env:MAIL}', stage: uat}}\n"
        "groups: {eu: {variables: {contact: nobody}}}\n"
        "orgs:\n"
        "  acme: {groups: [eu]}\n"
        "  mill: {groups: [eu], variables: {contact: '${env:MAIL}'}}\n"
    )
    assert [line.split(": ")[1] for line in said(checked)] == ["contact_email"]
    assert checked.unchecked == ("contact",)


def test_a_variable_that_an_org_lacks_is_a_problem_of_that_org(check: Check) -> None:
    text = (
        "defaults: {specs: [robot.yaml], variables: {contact: ops@example.com}}\n"
        "orgs:\n"
        "  acme: {variables: {stage: uat}}\n"
        "  mill: {}\n"
    )
    (line,) = said(check(text))
    assert line.startswith("fleet.yaml:4:3: mill: robot.yaml asks for ${stage}")
    assert check(text, stage="prod").problems == ()


def test_an_org_with_two_specs_for_one_app_is_named(check: Check, tmp_path: Path) -> None:
    text = SPEC.replace("${stage}", "").replace("${contact}", "ops@example.com")
    (tmp_path / "one.yaml").write_text(text)
    (tmp_path / "two.yaml").write_text(text)
    checked = check("orgs:\n  acme: {}\n  mill: {specs: [one.yaml, two.yaml]}\n")
    (mill,) = said(checked)  # and not acme, which verbs leave out
    assert mill.startswith("fleet.yaml:3:3: mill: one.yaml and two.yaml are both for Robot")


def test_a_fleet_that_cannot_be_read_says_why(check: Check) -> None:
    (line,) = said(check("orgs: {acme: {groups: [nowhere]}}\n"))
    assert "there is no group 'nowhere'" in line


KEY = "metadata: {ExtlClntAppGlobalOauthSettings: {consumerKey: '${key}'}}\n"


def test_one_consumer_key_for_several_orgs_is_refused(check: Check, tmp_path: Path) -> None:
    (tmp_path / "robot.yaml").write_text(SPEC + KEY)
    checked = check(
        "defaults:\n"
        "  specs: [robot.yaml]\n"
        "  variables: {contact: ops@example.com, stage: uat, key: AcmeAcme12345678}\n"
        "orgs:\n"
        "  acme: {}\n"
        "  mill: {}\n"
        "  other: {variables: {key: OtherOther1234567}}\n"
    )
    [problem] = said(checked)
    assert problem.startswith("robot.yaml:5:")
    assert "2 orgs get the same value (acme, mill)" in problem
    assert "AcmeAcme" not in problem


def test_a_consumer_key_of_its_own_for_each_org_is_fine(check: Check, tmp_path: Path) -> None:
    (tmp_path / "robot.yaml").write_text(SPEC + KEY)
    checked = check(
        "defaults: {specs: [robot.yaml], variables: {contact: ops@example.com, stage: uat}}\n"
        "orgs:\n"
        "  acme: {variables: {key: AcmeAcme12345678}}\n"
        "  other: {variables: {key: OtherOther1234567}}\n"
    )
    assert checked.problems == ()


def test_one_username_for_several_orgs_is_a_warning(check: Check, tmp_path: Path) -> None:
    grant = "[{name: Robots, create: true, assign_to: ['ci@example.com${suffix}']}]"
    (tmp_path / "robot.yaml").write_text(SPEC + f"policies: {{permission_sets: {grant}}}\n")
    common = "contact: ops@example.com, stage: uat"
    alike = check(
        f"defaults: {{specs: [robot.yaml], variables: {{{common}, suffix: ''}}}}\n"
        "orgs: {acme: {}, mill: {}}\n"
    )
    assert alike.problems == ()
    [told] = [each for each in alike.combinations if each.rule == "shared-username"]
    assert told.severity.value == "warning"
    assert "2 orgs get the same value (acme, mill)" in told.text
    different = check(
        f"defaults: {{specs: [robot.yaml], variables: {{{common}}}}}\n"
        "orgs: {acme: {variables: {suffix: .acme}}, mill: {variables: {suffix: .mill}}}\n"
    )
    assert "shared-username" not in [each.rule for each in different.combinations]


@pytest.mark.parametrize(
    ("one", "other", "is_one_org"),
    [
        ("{sf: prod}", "{sf: prod}", True),
        ("{sf: mill}", None, True),  # without a login, it is the alias of the org's name
        ("{sf: prod}", "{sf: uat}", False),
        ("{sf: '${env:A}'}", "{sf: '${env:A}'}", False),  # not known here
        (
            "{token: {instance_url: https://a.my.salesforce.com, access_token: '${env:T}'}}",
            "{token: {instance_url: https://A.my.salesforce.com/, access_token: '${env:T}'}}",
            True,
        ),
    ],
)
def test_one_org_under_two_names_is_a_warning(check: Check, one, other, is_one_org) -> None:
    mill = f"{{login: {other}}}" if other else "{}"
    found = check(
        "defaults: {specs: [robot.yaml], variables: {contact: a@example.com, stage: uat}}\n"
        f"orgs: {{acme: {{login: {one}}}, mill: {mill}}}\n"
    )
    assert found.problems == ()
    told = [each for each in found.combinations if each.rule == "one-org-twice"]
    assert bool(told) == is_one_org
    assert all("2 orgs get the same value (acme, mill): they are one org" in str(t) for t in told)
    assert all(each.severity.value == "warning" for each in told)


def test_every_kind_of_unique_value_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    for kind in UNIQUES:
        [row] = [line for line in text.splitlines() if line.startswith(f"| `{kind.id}` |")]
        assert row.endswith(f"| {kind.next_step} | {kind.source} |")
        assert f"| {kind.severity.value} |" in row


@pytest.mark.parametrize(
    "text",
    [
        "metadata: {ExtlClntAppOauthConfigurablePolicies: {executeHandlerAs: U, apexHandler: H}}\n",
        "metadata: {ExtlClntAppOauthConfigurablePolicies: {clientCredentialsFlowUser: U}}\n",
        "policies: {permission_sets: [{name: R, create: true, assign_to: [U]}]}\n",
    ],
)
def test_every_username_of_a_spec_is_looked_at(check: Check, tmp_path: Path, text) -> None:
    named = text.replace("U,", "ci@example.com,").replace("U}", "ci@example.com}")
    (tmp_path / "robot.yaml").write_text(SPEC + named.replace("[U]", "[ci@example.com]"))
    found = check(
        "defaults: {specs: [robot.yaml], variables: {contact: a@example.com, stage: uat}}\n"
        "orgs: {acme: {}, mill: {}}\n"
    )
    assert [e.rule for e in found.combinations].count("shared-username") == 1
