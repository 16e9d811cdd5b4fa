"""What holds of any rules and any app."""

from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.catalogue.catalogue import CORE_TYPES, OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.catalogue.field import Kind, Role
from provision.rules.finding import broken_rules, newly_broken
from provision.rules.layer import profile_names
from provision.rules.load import built_in_rules
from provision.rules.measure import Measure
from provision.rules.predicate import (
    Absent,
    Contains,
    ContainsAny,
    Equals,
    Max,
    Min,
    NoneOf,
    OneOf,
    Required,
)
from provision.rules.subject import Subject, subject_named
from tests.catalogue.strategies import components

BUILT_IN = built_in_rules(profile_names())
apps = st.lists(st.sampled_from(CORE_TYPES), unique_by=lambda kind: kind.name, max_size=2).flatmap(
    lambda kinds: st.tuples(*map(components, kinds))
)
RULED = [
    f"{kind.name}.{field.name}"
    for kind in CORE_TYPES
    for field in kind.fields
    if field.role in {Role.SPEC, Role.ON_CREATE}
]
PREDICATES = {Absent, Contains, ContainsAny, Equals, Max, Min, NoneOf, OneOf, Required}
_ONE_VALUE = {
    Kind.BOOLEAN: "true",
    Kind.NAMES: "[a, b]",
    Kind.SCOPES: "[api, id]",
    Kind.URLS: '["https://a.example"]',
    Kind.TEXT: "text",
}


def limit_of(measure: Measure) -> str:
    """A limit in a unit that the measure takes."""
    for text, value in (("3", 3), ("3 minutes", "3 minutes"), ("3 days", "3 days")):
        try:
            measure.limit(value)
        except ValueError:
            continue
        return text
    raise AssertionError(measure)


def questions(subject: Subject) -> Iterator[str]:
    """Everything that can be asked of a field."""
    field, measure = subject.field, subject.measure
    yield from ("required: true", "absent: true")
    if measure is not None:
        yield from (f"max: {limit_of(measure)}", f"min: {limit_of(measure)}")
    if field.kind is Kind.INTEGER and measure is not None:
        value = limit_of(measure)
    else:
        value = str(field.choices[0].value) if field.choices else _ONE_VALUE.get(field.kind, "")
    if not value or field.secret:
        return
    is_list = value.startswith("[")
    yield f"equals: {value}"
    for key in ("one_of", "none_of", *(("contains", "contains_any") if is_list else ())):
        yield f"{key}: {value if is_list else f'[{value}]'}"


def test_no_rule_raises_whatever_the_app(rules):
    lines = [
        f"  rule-{number}-{at}: {{field: {name}, {question}}}"
        for number, name in enumerate(RULED)
        for at, question in enumerate(questions(subject_named(name)))
    ]
    every = rules("\n".join(["rules:", *lines]))
    assert {key for rule in every.rules for key in map(type, rule.predicates)} == PREDICATES

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(apps)
    def holds(app: tuple[Component, ...]) -> None:
        for some in (every, BUILT_IN):
            found = broken_rules(some, app)
            assert found == broken_rules(some, tuple(reversed(app)))
            assert newly_broken(found, found) == ()

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
    before = broken_rules(BUILT_IN, policies(loose, max(minutes, more)))
    after = broken_rules(BUILT_IN, policies(tight, min(minutes, more)))
    # The one rule for inactivity alone is about a fiction, not about a limit.
    assert {f.rule.id for f in after} <= {f.rule.id for f in before}
    assert newly_broken(before, after) == ()
