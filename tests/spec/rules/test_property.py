"""What holds of any rules and any app."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from provision.metadata.catalogue import CORE_TYPES, OAUTH_POLICIES
from provision.metadata.component import Component
from provision.metadata.field import Kind, Role
from provision.spec.rules.finding import findings, newly_broken
from provision.spec.rules.load import built_in_rules, load_rules
from provision.spec.rules.profile import profile_names
from provision.spec.rules.subject import subject_named
from tests.metadata.strategies import components

BUILT_IN = built_in_rules(profile_names())
apps = st.lists(
    st.sampled_from(CORE_TYPES), unique_by=lambda kind: kind.name, max_size=len(CORE_TYPES)
).flatmap(lambda kinds: st.tuples(*map(components, kinds)))
RULED = [
    (kind, field)
    for kind in CORE_TYPES
    for field in kind.fields
    if field.role in {Role.SPEC, Role.ON_CREATE}
]
_ONE_VALUE = {
    Kind.BOOLEAN: "true",
    Kind.NAMES: "[a, b]",
    Kind.SCOPES: "[api, id]",
    Kind.URLS: '["https://a.example"]',
    Kind.TEXT: "text",
}


def every_question(tmp_path_factory) -> Path:
    """Rules that ask of every field everything that can be asked of it."""
    lines = ["rules:"]
    for number, (kind, field) in enumerate(RULED):
        name = f"{kind.name}.{field.name}"
        asked = ["required: true", "absent: true"]
        measure = subject_named(name).measure
        value = str(field.choices[0].value) if field.choices else _ONE_VALUE.get(field.kind)
        if measure is not None:
            days = "Refresh" in type(measure).__name__
            limit = {True: "3 days", False: "3 minutes"}[days]
            value = "3" if "Count" in type(measure).__name__ else limit
            asked += [f"max: {value}", f"min: {value}"]
            value = None if field.kind is Kind.ENUM else value
        if value is not None and not field.secret:
            listed = value if value.startswith("[") else f"[{value}]"
            asked += [f"equals: {value}", f"one_of: {listed}", f"none_of: {listed}"]
            if value.startswith("["):
                asked += [f"contains: {value}", f"contains_any: {value}"]
        lines += [
            f"  rule-{number}-{at}: {{field: {name}, {question}}}"
            for at, question in enumerate(asked)
        ]
    path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    path.write_text("\n".join(lines))
    return path


def test_no_rule_raises_whatever_the_app(tmp_path_factory):
    every = load_rules(every_question(tmp_path_factory))
    assert len(every.rules) > 4 * len(RULED)

    @given(apps)
    def holds(app: tuple[Component, ...]) -> None:
        for rules in (every, BUILT_IN):
            found = findings(rules, app)
            assert found == findings(rules, tuple(reversed(app)))
            assert newly_broken(found, found) == ()
            asked = {finding.rule_id for finding in found}
            assert all(rules.rule(rule_id) is not None for rule_id in asked)

    holds()


UNITS = {"Hours": 1, "Days": 24, "Months": 744}
kinds = st.sampled_from(["SpecificLifetime", "SpecificInactivity"])
periods = st.tuples(kinds, st.integers(1, 10_000), st.sampled_from(sorted(UNITS)))


def policies(period: tuple[str, int, str], minutes: int | None) -> tuple[Component, ...]:
    kind, count, unit = period
    fields = {
        "refreshTokenPolicyType": kind,
        "refreshTokenValidityPeriod": count,
        "refreshTokenValidityUnit": unit,
    }
    timeout = {} if minutes is None else {"sessionTimeoutInMinutes": minutes}
    return (Component(OAUTH_POLICIES, "A", fields | timeout),)


@given(periods, periods, st.integers(1, 10_000), st.integers(1, 10_000))
def test_tightening_never_adds_a_finding_nor_worsens_one(one, other, minutes, more):
    tight, loose = sorted((one, other), key=lambda period: period[1] * UNITS[period[2]])
    before = findings(BUILT_IN, policies(loose, max(minutes, more)))
    after = findings(BUILT_IN, policies(tight, min(minutes, more)))
    # The one rule for inactivity alone is about a fiction, not about a limit.
    assert {f.rule_id for f in after} <= {f.rule_id for f in before}
    assert newly_broken(before, after) == ()
