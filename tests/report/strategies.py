"""Any results and any findings, hostile texts among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import strategies as st

from provision.apply.proof import Proof, ProofKind
from provision.apply.run import Applied
from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.component import UNSET, Component
from provision.catalogue.field import Kind
from provision.catalogue.risk import Risk, RiskLevel
from provision.errors import ApplyFailed, ExitCode, GateName, OrgUnreachable, SpecError
from provision.findings import ADVICE, Finding, Position, Severity
from provision.plan.drift import Drift, DriftedField, LastChange, ToldBy
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.plan import (
    Acceptance,
    AcceptedDifference,
    Action,
    Assign,
    Change,
    ComponentPlan,
    CreatePermissionSet,
    CreateProfile,
    Default,
    Gate,
    Moved,
    Plan,
)
from provision.report.findings import Findings
from provision.report.results import AppResult, Results
from provision.spec.model import SpecDocument
from provision.spec.position import Place, Positions
from provision.spec.spec import Spec

HOSTILE = (
    "<script>alert(1)</script>", "]]>", "a|b", "`", "line\nline\n\n# line", "\x00\x1b[2J", "\r\n",
    "\ud800", "\ufffe", "\u202eb", "::error::x", "100%", "{{ 7 * 7 }}", "{% x %}", "--><!--",
    "</details>", "&amp;", "'\"", "\\", "é\u00a0ü", "\u2028", "",
)  # fmt: skip
# Every code point, lone surrogates too: a value may have come from a file that is not text.
texts = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=12)
places = st.builds(Position, texts, st.integers(1, 9999), st.integers(1, 999))
maybe_places = st.none() | places
kinds = st.sampled_from(CORE_TYPES)
risks = st.builds(Risk, st.sampled_from(RiskLevel), texts)
records = st.dictionaries(texts, texts | st.integers() | st.booleans(), max_size=2)


def values(field):
    """Values that a field of this kind may hold."""
    match field.kind:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.INTEGER:
            return st.integers()
        case Kind.RECORD:
            return records
        case Kind.RECORDS:
            return st.lists(records, max_size=2).map(tuple)
        case _:
            choices = [choice.value for choice in field.choices]
            return texts | st.sampled_from(choices) if choices else texts


@st.composite
def changes(draw, kind=None):
    """A change of any field."""
    kind = kind or draw(kinds)
    field = draw(st.sampled_from(kind.fields))
    before, after = draw(st.none() | values(field)), draw(st.just(UNSET) | values(field))
    full_name, key, at = draw(texts), draw(texts), draw(places)
    moved = draw(st.sampled_from(Moved))
    return Change(kind, full_name, field, before, after, key, at, draw(risks), moved)


@st.composite
def components(draw):
    """What happens to a component."""
    kind = draw(kinds)
    said = draw(st.lists(changes(kind), max_size=4))
    desired = Component(kind, draw(texts), {change.field.name: change.after for change in said})
    return ComponentPlan(draw(st.sampled_from(Action)), desired, desired, tuple(said))


@st.composite
def defaults(draw):
    """What an org chooses."""
    kind = draw(kinds)
    field = draw(st.sampled_from(kind.fields))
    return Default(kind, field, draw(texts | st.booleans() | st.integers()))


def some(strategy, most=2):
    """A tuple of a few."""
    return st.lists(strategy, max_size=most).map(tuple)


facts = st.builds(
    OrgFacts, texts, texts, texts, st.integers(59, 68), texts, texts, st.none() | st.booleans()
)
actual_apps = st.builds(
    ActualApp,
    texts,
    st.sampled_from([{}, {kind.name: Component(kind, "x", {"label": "y"}) for kind in CORE_TYPES}]),
)
acceptances = st.builds(Acceptance, texts, st.dates(date(2000, 1, 1)))
accepted = some(st.builds(AcceptedDifference, changes(), acceptances))
access = (
    st.builds(CreatePermissionSet, texts, texts)
    | st.builds(CreateProfile, texts, texts)
    | st.builds(Assign, texts, texts)
)
moments = st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # naive, as it takes it
last_changes = st.builds(LastChange, st.sampled_from(ToldBy), moments, texts, texts)


@st.composite
def drifting(draw):
    """A plan that may tell a drift of any of its changes."""
    plan = draw(plans_alone)
    if not draw(st.booleans()):
        return plan
    fields = some(st.sampled_from(plan.changes)) if plan.changes else st.just(())
    drift = Drift(
        tuple(DriftedField(c.component.name, c.field.name, draw(risks)) for c in draw(fields)),
        tuple(draw(risks) for _ in plan.access),
        draw(st.booleans()),
        draw(st.none() | moments),
        draw(some(last_changes)),
    )
    return replace(plan, drift=drift)


plans_alone = st.builds(
    Plan,
    texts,
    facts,
    actual_apps,
    some(components(), 3),
    some(access),
    some(defaults()),
    some(st.builds(Gate, st.sampled_from(GateName), texts, texts)),
    accepted,
    accepted,
    some(st.builds(Finding, st.just(Severity.NOTE), st.just(ADVICE), texts, position=maybe_places)),
    st.booleans(),
    chooses_consumer_key=st.booleans(),
)
plans = drifting()
problems = st.builds(Finding, st.just(Severity.ERROR), st.just("input"), texts, position=places)
errors = st.one_of(
    st.builds(lambda m, n: OrgUnreachable(m, next_step=n), texts, texts),
    st.builds(lambda m, n: ApplyFailed(m, next_step=n), texts, texts),
    st.lists(problems, min_size=1, max_size=2).map(SpecError),
)
applieds = st.builds(
    Applied, st.none(), st.builds(ActualApp, texts, st.just({})), some(texts)
)  # fmt: skip

simple_proofs = st.builds(Proof, st.sampled_from(ProofKind), texts, texts)
proofs = st.builds(Proof, st.sampled_from(ProofKind), texts, texts, some(simple_proofs))


@st.composite
def app_results(draw):
    """What came of an app."""
    at = draw(places)
    spec = Spec(
        Path("spec.yaml"), SpecDocument(app="App"), Positions({(): Place(at, at)}),
        sensitive=draw(st.frozensets(texts, max_size=1)),
    )  # fmt: skip
    return AppResult(
        spec,
        draw(texts),
        draw(st.sampled_from(ExitCode)),
        draw(st.none() | plans),
        draw(st.none() | applieds),
        draw(st.none() | proofs),
        draw(st.none() | errors),
    )


all_results = st.builds(Results, st.sampled_from(["plan", "diff", "apply"]), some(app_results(), 3))
all_findings = st.builds(
    Findings,
    st.just("lint"),
    some(
        st.builds(
            Finding,
            st.sampled_from(Severity),
            texts,
            texts,
            texts,
            maybe_places,
            key=texts,
            app=texts,
            org=texts,
        ),
        3,
    ),
    some(texts),
)
