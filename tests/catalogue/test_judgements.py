"""Every field of the catalogue is judged, in both directions."""

import pytest

from provision.catalogue.catalogue import CORE_TYPES, type_named
from provision.catalogue.field import Field
from provision.catalogue.judge import Harmless, judged
from provision.catalogue.risk import Opening, Risk, RiskLevel
from tests.catalogue.judged_values import (
    ALWAYS_BOTH,
    BESIDE,
    HARMLESS_FIELDS,
    LOOSER_AND_STRICTER,
    NEITHER,
    REFUSE_NOTHING,
    spec_fields,
)

ALL = [
    (kind.name, field)
    for kind in CORE_TYPES
    for top in kind.fields
    for field in (top, *top.children)
]
BOTH_WAYS = {**LOOSER_AND_STRICTER, **ALWAYS_BOTH}


def change(key: tuple[str, str], before, after) -> Risk:
    kind = type_named(key[0])
    field = kind.field(key[1])
    beside = BESIDE.get(key, {})
    return judged(
        field,
        before,
        after,
        had={**beside, field.name: before},
        has={**beside, field.name: after},
    )


def named(key: tuple[str, str]) -> str:
    return ".".join(key)


def test_a_field_without_a_judgement_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="risk"):
        Field("newField")  # type: ignore[call-arg]


@pytest.mark.parametrize(("kind", "field"), ALL, ids=lambda x: getattr(x, "name", x))
def test_what_harms_nobody_says_why(kind, field) -> None:
    if isinstance(field.risk, Harmless):
        assert field.risk.why.endswith(".")
        assert not field.refuses


def test_every_settable_field_is_looked_at_here() -> None:
    looked_at = {*LOOSER_AND_STRICTER, *NEITHER, *HARMLESS_FIELDS}
    assert looked_at == {(kind.name, field.name) for kind, field in spec_fields()}


@pytest.mark.parametrize("key", sorted(HARMLESS_FIELDS), ids=named)
def test_nothing_else_is_harmless(key) -> None:
    assert change(key, "a", "b").level is RiskLevel.HARMLESS


@pytest.mark.parametrize("key", sorted(LOOSER_AND_STRICTER), ids=named)
def test_loosening_weakens(key) -> None:
    looser, stricter = LOOSER_AND_STRICTER[key]
    risk = change(key, stricter, looser)
    assert RiskLevel.WEAKENS in risk.levels
    assert risk.opened
    assert not risk.closes


@pytest.mark.parametrize("key", sorted(LOOSER_AND_STRICTER), ids=named)
def test_tightening_is_told_and_is_no_weakening(key) -> None:
    looser, stricter = LOOSER_AND_STRICTER[key]
    risk = change(key, looser, stricter)
    assert risk.closes
    assert RiskLevel.WEAKENS not in risk.levels
    assert risk.level >= RiskLevel.DISRUPTIVE


@pytest.mark.parametrize("key", sorted(NEITHER), ids=named)
def test_what_is_neither_is_told_in_both_directions(key) -> None:
    one, other = NEITHER[key]
    assert change(key, one, other).level >= RiskLevel.DISRUPTIVE
    assert change(key, other, one).level >= RiskLevel.DISRUPTIVE


@pytest.mark.parametrize("key", sorted(ALWAYS_BOTH), ids=named)
def test_what_may_do_both_says_both(key) -> None:
    risk = change(key, *ALWAYS_BOTH[key])
    assert risk.closes
    assert risk.opened


@pytest.mark.parametrize("key", sorted(LOOSER_AND_STRICTER), ids=named)
def test_the_row_says_what_a_stricter_value_makes_the_org_refuse(key) -> None:
    field = type_named(key[0]).field(key[1])
    assert bool(field.refuses) is not (key in REFUSE_NOTHING)


@pytest.mark.parametrize("key", sorted(BOTH_WAYS), ids=named)
def test_a_row_that_refuses_reads_in_a_sentence(key) -> None:
    refuses = type_named(key[0]).field(key[1]).refuses
    assert not refuses.endswith(".")
    assert refuses[:1] == refuses[:1].lower() or refuses.startswith(("JWT", "SAML", "OAuth"))


FLOWS = {
    ("ExtlClntAppGlobalOauthSettings", "certificate"),
    ("ExtlClntAppGlobalOauthSettings", "isClientCredentialsFlowEnabled"),
    ("ExtlClntAppGlobalOauthSettings", "isCodeCredFlowEnabled"),
    ("ExtlClntAppGlobalOauthSettings", "isDeviceFlowEnabled"),
    ("ExtlClntAppGlobalOauthSettings", "isTokenExchangeEnabled"),
    ("ExtlClntAppOauthConfigurablePolicies", "isClientCredentialsFlowEnabled"),
    ("ExtlClntAppOauthConfigurablePolicies", "isGuestCodeCredFlowEnabled"),
    ("ExtlClntAppOauthConfigurablePolicies", "isTokenExchangeFlowEnabled"),
    ("ExtlClntAppConfigurablePolicies", "isSamlPluginEnabled"),
}


def test_every_flow_opens_as_a_flow() -> None:
    flows = {
        key
        for key, (looser, stricter) in LOOSER_AND_STRICTER.items()
        if any(o.opening is Opening.FLOW for o in change(key, stricter, looser).opened)
    }
    assert flows == FLOWS


CHILDREN = [
    (kind, field, child) for kind in CORE_TYPES for field in kind.fields for child in field.children
]


@pytest.mark.parametrize(("kind", "field", "child"), CHILDREN, ids=lambda each: each.name)
def test_a_child_that_changes_is_told_in_its_record(kind, field, child) -> None:
    """Judged as part of its record, as a plan does, and by its own row."""
    if isinstance(child.risk, Harmless):
        return
    before, after = _values(child)
    assert judged(child, before, after).level is not RiskLevel.HARMLESS
    whole = {c.name: "10.0.0.5" for c in field.children}
    one, other = {**whole, child.name: before}, {**whole, child.name: after}
    records = field.kind.name == "RECORDS"
    risk = judged(field, (one,) if records else one, (other,) if records else other)
    assert risk.level is not RiskLevel.HARMLESS


def _values(child: Field):
    match child.kind.name:
        case "BOOLEAN":
            return False, True
        case "INTEGER":
            return 2, 10
    return ("10.0.0.3", "10.0.0.4") if child.name == "startIpAddress" else ("10.0.0.8", "10.0.0.9")
