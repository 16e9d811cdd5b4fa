"""Rules files: layers over profiles, and every problem at its place."""

import pytest

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.errors import CannotError, SpecError
from provision.findings import Severity
from provision.rules.finding import broken_rules
from provision.rules.layer import profile_names
from provision.rules.load import built_in_rules, load_rules
from provision.rules.threshold import Thresholds
from tests.rules.apps import app

LIMIT = {
    "policy__refreshTokenPolicyType": "SpecificLifetime",
    "policy__refreshTokenValidityPeriod": 60,
}


def ids_of(rules, **fields):
    return {finding.rule.id for finding in broken_rules(rules, app(**fields))}


def test_a_rule_says_all_there_is_to_say(rules):
    [rule] = rules(
        """\
        rules:
          session-timeout:
            field: policies.session_timeout
            severity: warning
            max: 15 minutes
            when: {field: oauth.scopes, contains: [web]}
            message: Shorter, please.
            reason: Screens are left alone.
            source: The security team
        """
    ).rules
    assert (rule.id, rule.severity) == ("session-timeout", Severity.WARNING)
    assert (rule.type, rule.field.name) == (OAUTH_POLICIES, "sessionTimeoutInMinutes")
    assert (rule.message, rule.reason) == ("Shorter, please.", "Screens are left alone.")
    assert rule.source == "The security team"
    assert (rule.position.line, rule.position.column) == (2, 3)


def test_a_rule_that_does_not_say_its_severity_is_an_error(rules):
    [rule] = rules("rules: {a: {field: label, required: true}}").rules
    assert rule.severity is Severity.ERROR


def test_a_profile_is_the_start_and_a_rule_by_id_changes_it(rules):
    changed = rules(
        """\
        extends: [baseline]
        rules:
          refresh-token-limit: {max: 30 days}
          session-timeout: {severity: warning}
          admin-approved: {severity: "off"}
          no-full-scope: {severity: false}
          label: {field: label, required: true}
        """
    )
    assert "refresh-token-limit" in ids_of(changed, **LIMIT)
    assert "refresh-token-limit" not in ids_of(built_in_rules(["baseline"]), **LIMIT)
    assert "session-timeout" in ids_of(changed)
    assert ids_of(changed, oauth__commaSeparatedOauthScopes="Full").isdisjoint(
        {"admin-approved", "no-full-scope"}
    )
    assert "label" in ids_of(changed)
    assert changed.rule("session-timeout").severity is Severity.WARNING
    assert changed.rule("admin-approved").reason


def test_what_a_rule_asks_is_replaced_and_required_stays(rules):
    changed = rules(
        """\
        extends: baseline
        rules: {session-timeout: {min: 5 minutes}}
        """
    )
    assert "session-timeout" not in ids_of(changed, policy__sessionTimeoutInMinutes=600)
    assert "session-timeout" in ids_of(changed, policy__sessionTimeoutInMinutes=4)
    assert "session-timeout" in ids_of(changed)


def test_null_takes_a_key_away(rules):
    changed = rules(
        """\
        extends: [baseline]
        rules:
          session-timeout: {required: null, message: null}
          pkce-required: {when: null}
        """
    )
    assert "session-timeout" not in ids_of(changed)
    assert not changed.rule("session-timeout").message
    assert "pkce-required" in ids_of(changed, glob__isPkceRequired=False)


def test_thresholds_are_laid_over_key_by_key(rules):
    assert rules("thresholds: {fields: 3}").thresholds == Thresholds(3, None, None)
    built_in = built_in_rules(["baseline"]).thresholds
    changed = rules("extends: baseline\nthresholds: {apps: 0, orgs: null}\n").thresholds
    assert changed == Thresholds(built_in.fields, 0, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{callback_hosts: 1}", Thresholds(callback_hosts=1)),
        ("{flows: null}", Thresholds(flows=None)),
        ("{ip_ranges: 2, controls: 0}", Thresholds(ip_ranges=2, controls=0)),
        ("{users: 100}", Thresholds(users=100)),
        ("{scopes: [api, Full, write]}", Thresholds(scopes=("api", "Full", "write"))),
        ("{scopes: []}", Thresholds(scopes=())),
        ("{scopes: null}", Thresholds(scopes=())),
        ("{fields: 3}", Thresholds(fields=3)),
    ],
)
def test_each_threshold_of_what_is_opened_can_be_set(rules, text, expected):
    assert rules(f"thresholds: {text}").thresholds == expected


def test_conditions_nest(rules):
    changed = rules(
        """\
        rules:
          it:
            field: label
            required: true
            when:
              any:
                - {field: oauth.jwt_access_tokens, equals: true}
                - - {field: oauth.scopes, contains: [web]}
                  - {field: oauth.pkce_required, equals: false}
        """
    )
    assert not ids_of(changed)
    assert ids_of(changed, glob__isNamedUserJwtEnabled=True)
    assert not ids_of(changed, oauth__commaSeparatedOauthScopes="Web")
    assert ids_of(changed, oauth__commaSeparatedOauthScopes="Web", glob__isPkceRequired=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "rules: {a: {field: policies.sesion_timeout, max: 15m}}",
            (
                "1:20: rules.a.field: 'policies.sesion_timeout' is neither a key of a spec, such "
                "as policies.session_timeout, nor Type.field; "
                "did you mean policies.session_timeout?"
            ),
        ),
        (
            "rules: {a: {field: ExtlClntAppOauthSettings.trustedIpRange, required: true}}",
            (
                "1:20: rules.a.field: 'ExtlClntAppOauthSettings.trustedIpRange' is neither a key "
                "of a spec, such as policies.session_timeout, nor Type.field; did you mean "
                "ExtlClntAppOauthSettings.trustedIpRanges?"
            ),
        ),
        (
            "rules: {a: {field: ExtlClntAppOauthSettings.oauthLink, required: true}}",
            (
                "1:20: rules.a.field: ExtlClntAppOauthSettings.oauthLink is not set by a spec: "
                "the org generates it"
            ),
        ),
        (
            "rules: {a: {feild: label, required: true}}",
            "1:9: rules.a: field is missing",
        ),
        (
            "rules: {session-timeout: {max: 20m}}",
            (
                "1:9: rules.session-timeout: field is missing; the profile baseline has such a "
                "rule: write extends: [baseline]"
            ),
        ),
        (
            "rules: {sesion-timeout: {max: 20m}}",
            "1:9: rules.sesion-timeout: field is missing; did you mean session-timeout?",
        ),
        (
            "rules: {a: {field: label, required: true, serverity: error}}",
            "1:43: rules.a has no key serverity; did you mean severity?",
        ),
        (
            "rules: {a: {field: label, required: true, severity: fatal}}",
            '1:53: rules.a.severity: it takes error, warning or "off"',
        ),
        (
            "rules: {a: {field: label, required: false}}",
            "1:37: rules.a.required: it only takes true; remove the key otherwise",
        ),
        (
            "rules: {a: {field: label}}",
            (
                "1:12: rules.a requires nothing: write one of required, absent, max, min, equals, "
                "one_of, none_of, contains, contains_any"
            ),
        ),
        (
            "rules: {a: {field: policies.session_timeout, max: 1h, min: 1m}}",
            "1:55: rules.a already has the question max; write another rule for min",
        ),
        (
            "rules: {a: {field: policies.session_timeout, max: 15}}",
            "1:51: rules.a.max: 15 has no unit: write `15 minutes` or `15 hours`",
        ),
        (
            "rules: {a: {field: policies.refresh_token, max: 90m}}",
            "1:49: rules.a.max: '90m': minutes or months? write `90 months`",
        ),
        (
            "rules: {a: {field: label, max: 3}}",
            "1:32: rules.a.max: label holds text, which has no amount to compare",
        ),
        (
            "rules: {a: {field: policies.ip_relaxation, equals: bypas}}",
            (
                "1:52: rules.a.equals: bypas is not a value of policies.ip_relaxation, which takes "
                "enforce, bypass, bypass_2factor, enforce_relax_refresh; did you mean bypass?"
            ),
        ),
        (
            "rules: {a: {field: oauth.scopes, none_of: [ful]}}",
            "1:44: rules.a.none_of: there is no scope 'ful'; did you mean full?",
        ),
        (
            "rules: {a: {field: oauth.scopes, none_of: full}}",
            "1:43: rules.a.none_of: it takes a list; write [full]",
        ),
        (
            "rules: {a: {field: oauth.scopes, equals: full}}",
            "1:42: rules.a.equals: oauth.scopes is a list; write [full]",
        ),
        (
            "rules: {a: {field: oauth.scopes, contains: []}}",
            "1:44: rules.a.contains: the list is empty",
        ),
        (
            "rules: {a: {field: label, contains: [x]}}",
            "1:37: rules.a.contains: label is not a list; use equals, one_of or none_of",
        ),
        (
            "rules: {a: {field: oauth.jwt_bearer, equals: x}}",
            "1:46: rules.a.equals: of oauth.jwt_bearer a rule can ask required or absent alone",
        ),
        (
            "rules: {a: {field: label, required: true, when: {feild: label, absent: true}}}",
            "1:50: rules.a.when has no key feild; did you mean field?",
        ),
        (
            "rules: {a: {field: label, required: true, when: {any: label}}}",
            "1:55: rules.a.when.any: it takes a list",
        ),
        (
            "rules: {a: {field: label, required: true, when: []}}",
            "1:49: rules.a.when: the list is empty",
        ),
        (
            "rules: {a: {field: label, required: true, when: web}}",
            "1:49: rules.a.when: it takes a field and what it must be",
        ),
        ("rules: {Big: {field: label, required: true}}", "1:9: rules: 'Big' is not a rule's name"),
        ("rules: {a: error}", "1:12: rules.a: it takes a mapping"),
        ("rules: [a]", "1:8: rules: it takes a mapping of keys to values"),
        ("rule: {}", "1:1: a rules file has no key rule; did you mean rules?"),
        (
            "extends: [basline]",
            (
                "1:11: extends: there is no profile 'basline'; there are baseline, partner; did "
                "you mean baseline?"
            ),
        ),
        ("extends: 7", "1:10: extends: it takes the name of a profile, or a list of them"),
        ("thresholds: {fields: -1}", "1:22: thresholds.fields: it takes a number, 0 or more"),
        ("thresholds: {fields: true}", "1:22: thresholds.fields: it takes a number, 0 or more"),
        ("thresholds: {users: many}", "1:21: thresholds.users: it takes a number, 0 or more"),
        ("thresholds: {scopes: web}", "1:22: thresholds.scopes: it takes a list of scopes"),
        ("thresholds: {scopes: [wbe]}", "1:23: thresholds.scopes: 'wbe' is not a scope; did"),
        ("thresholds: {org: 1}", "1:14: thresholds has no key org; did you mean orgs?"),
        ("rules: {a: {field: label, message: 5, required: true}}", "1:36: rules.a.message: it"),
    ],
)
def test_refuses(refused, text, expected):
    assert any(problem.startswith(expected) for problem in refused(text)), refused(text)


def test_every_problem_is_said_in_one_run(refused):
    problems = refused(
        """\
        extends: [none]
        rules:
          a: {field: lable, required: true}
          b: {field: policies.session_timeout, max: 15:00}
          c: {field: oauth.scopes, none_of: [ful, nope]}
          c: {field: label, required: true}
        thresholds: {fields: x}
        """
    )
    assert [problem.partition(": ")[0] for problem in problems] == [
        "1:11",
        "3:14",
        "4:45",
        "5:38",
        "6:3",
        "7:22",
    ]


def test_an_unquoted_off_says_how_to_write_it(refused):
    [only] = refused("extends: baseline\nrules: {no-full-scope: {severity: off}}\n")
    assert only.startswith("2:35: off is false to some YAML programs")
    assert 'write false, or write it in quotes if it is text: "off"' in only


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SpecError, match="there is no such file"):
        load_rules(tmp_path / "nowhere.yaml")


def test_an_unknown_profile_names_those_there_are():
    with pytest.raises(
        CannotError, match=r"no profile 'partners'; .*did you mean partner"
    ) as error:
        built_in_rules(["partners"])
    assert "baseline, partner" in error.value.next_step


def test_the_profiles_go_together():
    together = built_in_rules(profile_names())
    ids = {rule.id for name in profile_names() for rule in built_in_rules([name]).rules}
    assert {rule.id for rule in together.rules} == ids
