"""Values in the spec's words."""

import pytest

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES, OAUTH_SETTINGS
from provision.catalogue.component import UNSET, Component
from provision.catalogue.risk import HARMLESS
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.plan import Action, Change, ComponentPlan, Plan
from provision.redaction import Redaction
from provision.report.redacted_plan import redacted_plan
from provision.report.value import refresh_token_policy, shown
from provision.spec.position import Position


def redacted(metadata_type, name, value, *hidden: str):
    """What a report has in place of ``value``."""
    field = metadata_type.field(name)
    change = Change(metadata_type, "x", field, None, value, "key", Position("f", 1, 1), HARMLESS)
    component = Component(metadata_type, "x", {name: value})
    item = ComponentPlan(Action.UPDATE, component, component, (change,))
    plan = Plan("App", OrgFacts("o", "", "", 68, ""), ActualApp("App"), (item,))
    [found] = redacted_plan(plan, Redaction(hidden)).changes
    return found.after


def said(metadata_type, name, value, *hidden: str) -> str:
    field = metadata_type.field(name)
    if value is None:
        return shown(field, None)
    return shown(field, redacted(metadata_type, name, value, *hidden))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("permittedUsersPolicyType", "AdminApprovedPreAuthorized", "admin_approved"),
        ("permittedUsersPolicyType", None, "self_authorized (default)"),
        ("ipRelaxationPolicyType", "Enforce_relaxrefresh", "enforce_relax_refresh"),
        ("ipRelaxationPolicyType", "Unheard_of", "Unheard_of"),
        ("sessionTimeoutInMinutes", 15, "15 minutes"),
        ("sessionTimeoutInMinutes", 1, "1 minute"),
        ("sessionTimeoutInMinutes", None, "(nothing)"),
        ("sessionTimeoutInMinutes", UNSET, "(unset)"),
        ("guestJwtTimeout", 15, "15 minutes"),
        ("isClientCredentialsFlowEnabled", True, "true"),
        ("isClientCredentialsFlowEnabled", None, "false (default)"),
        ("commaSeparatedProfile", "b,A", "A, b"),
        ("commaSeparatedProfile", "", "(none)"),
        ("customAttributes", ({"key": "k", "formula": "f"},), "key=k, formula=f"),
    ],
)
def test_policies(name, value, words) -> None:
    assert said(OAUTH_POLICIES, name, value) == words


def test_scopes_have_the_names_that_oauth_uses() -> None:
    words = said(OAUTH_SETTINGS, "commaSeparatedOauthScopes", "Web, Api, BrandNew")
    assert words == "api, BrandNew, web"


def test_what_could_be_taken_for_something_else_is_quoted() -> None:
    assert said(OAUTH_SETTINGS, "label", "(nothing)") == '"(nothing)"'
    assert said(OAUTH_SETTINGS, "label", "a -> b") == '"a -> b"'
    assert said(OAUTH_SETTINGS, "label", " a") == '" a"'


def test_a_terminal_is_not_spoken_to_by_values() -> None:
    assert said(OAUTH_SETTINGS, "label", "a\x1b[2Jb\u202ec\nd") == "a\\x1b[2Jb\\u202ec\\nd"


def test_a_certificate_is_its_fingerprint(keys) -> None:
    text = (keys / "app.crt").read_text()
    words = said(GLOBAL_OAUTH_SETTINGS, "certificate", text)
    assert words.startswith("certificate SHA-256 ")
    assert len(words) == len("certificate SHA-256 AB:CD:EF:AB:CD:EF:AB:CD:...")
    # ${file:keys/app.crt} makes the text sensitive: its fingerprint is not.
    assert said(GLOBAL_OAUTH_SETTINGS, "certificate", text, text) == words
    assert said(GLOBAL_OAUTH_SETTINGS, "certificate", "x") == "an unreadable certificate"


def test_a_secret_is_never_shown() -> None:
    assert said(GLOBAL_OAUTH_SETTINGS, "consumerSecret", "hunter2") == "(secret)"


def test_a_sensitive_text_is_hidden_whatever_becomes_of_it() -> None:
    secret = "Hush " + "x" * 200
    assert said(OAUTH_SETTINGS, "label", f"a {secret}", secret) == "a (hidden)"
    assert said(OAUTH_SETTINGS, "label", secret.upper(), secret) == "(hidden)"
    assert said(OAUTH_SETTINGS, "label", secret.replace(" ", "\n "), secret) == "(hidden)"
    assert said(OAUTH_POLICIES, "commaSeparatedProfile", "Hush,b", "hush") == "(hidden), b"


def test_a_short_sensitive_text_is_hidden_where_it_is_the_whole_value() -> None:
    assert said(OAUTH_SETTINGS, "label", "ab", "ab") == "(hidden)"
    assert said(OAUTH_SETTINGS, "label", "abc", "ab") == "abc"


def test_each_long_line_of_a_sensitive_text_is_hidden() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n"
    assert Redaction([key]).line("bad line: MIIEvQIBADANBgkq") == "bad line: (hidden)"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "lifetime 365 days"),
        ({"refreshTokenValidityPeriod": 1}, "lifetime 1 day"),
        ({"refreshTokenPolicyType": "Infinite"}, "valid_until_revoked"),
        ({"refreshTokenPolicyType": "Zero", "refreshTokenValidityPeriod": 9}, "expire_immediately"),
        ({"refreshTokenPolicyType": UNSET}, "(unset)"),
        (
            {
                "refreshTokenPolicyType": "SpecificInactivity",
                "refreshTokenValidityPeriod": 30,
                "refreshTokenValidityUnit": "Hours",
            },
            "inactivity 30 hours",
        ),
    ],
)
def test_a_refresh_token_policy_is_one_phrase(fields, words) -> None:
    assert refresh_token_policy(fields) == words


def test_typed_values_are_what_metadata_holds() -> None:
    assert redacted(OAUTH_POLICIES, "sessionTimeoutInMinutes", 15) == 15
    assert redacted(OAUTH_POLICIES, "commaSeparatedProfile", "b, A") == "A,b"
    assert redacted(OAUTH_POLICIES, "sessionTimeoutInMinutes", UNSET) is UNSET
    assert redacted(OAUTH_POLICIES, "sessionTimeoutInMinutes", 4711, "4711") == "(hidden)"
    assert redacted(GLOBAL_OAUTH_SETTINGS, "consumerSecret", "hunter2") == "(hidden)"
    assert redacted(OAUTH_SETTINGS, "label", "hush-hush", "hush-hush") == "(hidden)"


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("sessionTimeoutInMinutes", 90, "90 minutes"),
        ("permittedUsersPolicyType", "AdminApprovedPreAuthorized", "admin_approved"),
        ("refreshTokenValidityPeriod", 90, "90 days"),
    ],
)
def test_what_is_hidden_in_the_words_of_the_spec_is_hidden_in_metadata(name, value, hidden) -> None:
    assert redacted(OAUTH_POLICIES, name, value, hidden) == "(hidden)"
    assert redacted(OAUTH_POLICIES, name, value) == value


def test_a_record_reads_the_same_whoever_wrote_it() -> None:
    fields = {"startIpAddress": "10.0.0.1", "endIpAddress": "10.0.0.9", "description": "office"}
    backwards = dict(reversed(fields.items()))
    words = "startIpAddress=10.0.0.1, description=office, endIpAddress=10.0.0.9"
    for record in (fields, backwards):
        assert said(OAUTH_SETTINGS, "trustedIpRanges", (record,)) == words
