"""Each combination is found by every verb, in the same words, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provision.errors import SpecError
from provision.findings import Severity
from provision.jobs.lint import found_in_specs
from provision.plan.facts import ActualApp
from provision.render.template import Templates
from provision.rules.rule import RuleSet
from provision.spec.combination.judge import COMBINATIONS
from provision.spec.load import check
from provision.spec.variable import Variables
from tests.spec.combination.rows import API, HEAD, NAMED, POLICY, ROWS, metadata, oauth, policies

BY_ID = {each.id: each for each in COMBINATIONS}
REFUSED = [name for name, each in BY_ID.items() if each.severity is Severity.ERROR]
TOLD = [name for name in BY_ID if name not in REFUSED]
DOCS = Path(__file__).parents[3] / "docs" / "rules.md"


@pytest.fixture
def checked(keys, tmp_path):
    """What validate says of a spec: id and severity of each combination, and the problems."""

    def checked(text: str):
        path = tmp_path / "app.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        return check(path, Variables())

    return checked


def test_each_combination_has_its_row() -> None:
    assert set(ROWS) == set(BY_ID)
    assert len(BY_ID) == len(COMBINATIONS)


@pytest.mark.parametrize("name", TOLD)
def test_it_is_found_by_validate_lint_and_plan(name, checked, spec_of, plan_of) -> None:
    text, other = ROWS[name]
    found = checked(text)
    assert found.problems == ()
    [validated] = [each for each in found.combinations if each.rule == name]
    spec = spec_of(HEAD + text)
    [linted] = [
        each for each in found_in_specs([spec], RuleSet(), Templates()) if each.rule == name
    ]
    [planned] = [each for each in plan_of(HEAD + text, ActualApp("A")).advice if each.rule == name]
    severity = validated.severity.value
    assert severity == linted.severity.value == planned.severity.value
    assert validated.sentence == linted.sentence == planned.sentence
    assert (validated.position.line, validated.position.column) == (
        linted.position.line,
        linted.position.column,
    )
    assert linted.position == planned.position
    assert linted.source == planned.source == BY_ID[name].source

    assert name not in [each.rule for each in checked(other).combinations]
    almost = spec_of(HEAD + other)
    assert name not in [each.rule for each in found_in_specs([almost], RuleSet(), Templates())]
    assert name not in [each.rule for each in plan_of(HEAD + other, ActualApp("A")).advice]


@pytest.mark.parametrize("name", REFUSED)
def test_a_contradiction_is_refused_by_every_verb(name, checked, spec_of) -> None:
    text, other = ROWS[name]
    [problem] = checked(text).problems
    assert problem.sentence.endswith(BY_ID[name].next_step)
    with pytest.raises(SpecError) as raised:
        spec_of(HEAD + text)
    assert [each.sentence for each in raised.value.problems] == [problem.sentence]
    assert checked(other).problems == ()
    spec_of(HEAD + other)


@pytest.mark.parametrize("name", BY_ID)
def test_each_has_a_next_step_and_a_source_and_is_documented(name) -> None:
    each = BY_ID[name]
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (\w+) \| (.+?) \| (.+) \| (.+?) \|$",
        DOCS.read_text().partition("## Combinations\n")[2],
        re.MULTILINE,
    )
    documented = {row[0]: row[1:] for row in rows}
    expected = (each.severity.value, each.title, each.next_step, each.source)
    assert documented[name] == expected
    assert all(expected)


def test_a_value_that_is_not_known_is_not_judged(checked) -> None:
    """A variable without a value may be what is missing; the rest is judged."""
    text = oauth("scopes: [mcp_api]") + (
        "policies: {permitted_users: admin_approved, profiles: ['${profile}']}\n"
    )
    rules = [each.rule for each in checked(text).combinations]
    assert "nobody-admitted" not in rules
    assert "scope-needs-jwt-tokens" in rules


def test_what_the_spec_leaves_out_is_judged_by_what_the_org_has(plan_of, actual_with) -> None:
    """A plan knows the app's lists, which a spec alone does not."""
    text = HEAD + API + "policies: {permitted_users: admin_approved}\n"
    named = actual_with(commaSeparatedProfile="Standard User")
    assert "nobody-admitted" in [each.rule for each in plan_of(text, actual_with()).advice]
    assert "nobody-admitted" not in [each.rule for each in plan_of(text, named).advice]


def test_a_contradiction_with_the_org_is_a_warning(plan_of, actual_with) -> None:
    text = HEAD + API + "policies: {permitted_users: self_authorized}\n"
    advice = plan_of(text, actual_with(commaSeparatedProfile="Standard User")).advice
    [found] = [each for each in advice if each.rule == "names-without-approval"]
    assert found.severity is Severity.WARNING
    assert "policies.profiles: it only takes effect with" in found.text


def test_pkce_off_is_no_matter_below_the_version_that_keeps_it(plan_of) -> None:
    text = HEAD + oauth("scopes: [api]", "pkce_required: false") + NAMED
    assert "pkce-off" in [e.rule for e in plan_of(text, ActualApp("A"), 67).advice]
    assert "pkce-off" not in [e.rule for e in plan_of(text, ActualApp("A"), 66).advice]


@pytest.mark.parametrize(
    ("scopes", "severity"),
    [("[api, refresh_token]", "warning"), ("[api, web, refresh_token]", "note")],
)
def test_relaxed_ips_are_a_warning_where_the_jwt_flow_is_alone(checked, scopes, severity) -> None:
    jwt = "jwt_bearer: {certificate: keys/app.crt}"
    for relaxed in ("bypass", "bypass_2factor", "enforce_relax_refresh"):
        text = oauth(jwt, f"scopes: {scopes}") + policies(f"ip_relaxation: {relaxed}")
        [found] = [e for e in checked(text).combinations if e.rule == "jwt-ip-relaxation"]
        assert found.severity.value == severity
        assert "login IP ranges of the user's profile" in found.sentence


@pytest.mark.parametrize(
    ("refresh", "said"),
    [
        ("valid_until_revoked", "end after 30 days without use"),
        ("{inactivity: 3 months}", "end after 30 days without use"),
        ("{lifetime: 90 days}", "not used for 30 days ends before its 90 days"),
        ("{lifetime: 20 days}", ""),
    ],
)
def test_the_idle_limit_rules_what_is_stored(checked, refresh, said) -> None:
    text = (
        API
        + policies(f"refresh_token: {refresh}")
        + metadata("ExtlClntAppGlobalOauthSettings", "isEnforceRefreshTokenTTL: true")
    )
    found = [e.sentence for e in checked(text).combinations if e.rule == "idle-limit"]
    assert [said in text for text in found] == [True] * bool(said)


@pytest.mark.parametrize(
    ("fields", "decides"),
    [
        ("", "namedUserJwtTimeout decides, which is not set"),
        ("namedUserJwtTimeout: 30", "namedUserJwtTimeout decides, which is 30 minutes"),
        ("namedUserJwtSessionTimeoutType: UserSession", "the user's session decides"),
    ],
)
def test_jwt_format_tokens_ignore_the_session_timeout(checked, fields, decides) -> None:
    text = (
        oauth("scopes: [mcp_api]", "jwt_access_tokens: true")
        + policies("session_timeout: 15 minutes")
        + (metadata(POLICY, fields) if fields else "")
    )
    [found] = [e for e in checked(text).combinations if e.rule == "session-timeout-of-jwt-tokens"]
    assert decides in found.sentence
