"""Hypothesis strategies for whole apps, and the plans that change them."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from provision.catalogue.catalogue import CORE_TYPES, EXTERNAL_CLIENT_APPLICATION, OAUTH_POLICIES
from provision.catalogue.component import UNSET, Component, RawXml
from provision.catalogue.field import Role
from provision.catalogue.judge import judged
from provision.catalogue.overlay import overlay
from provision.errors import GateName
from provision.plan.compare import differences
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
    Plan,
)
from provision.spec.position import Position
from tests.catalogue.strategies import components, names, texts

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
ORG = OrgFacts("uat", "https://uat.example", "admin@example.com", 68, "a test", "00D000000000001")
TODAY = date(2026, 11, 24)

unknown = st.lists(
    st.tuples(names, texts).map(lambda pair: f"<isNew{pair[0]}>x</isNew{pair[0]}>"), max_size=3
)


def named(component: Component, app: str = "App") -> Component:
    """A component with a name of its own, as an org has it."""
    suffix = "" if component.type is EXTERNAL_CLIENT_APPLICATION else f"_{component.type.suffix}"
    return Component(component.type, app + suffix, component.fields)


@st.composite
def apps(draw, roles=frozenset(Role)) -> ActualApp:
    """An app with some of its components, as an org has them, unknown fields included."""
    kinds = draw(st.sets(st.sampled_from(CORE_TYPES)))
    found = {kind.name: named(draw(components(kind, roles=roles))) for kind in kinds}
    for name, component in found.items():
        later = "".join(draw(unknown))
        fields = {**component.fields, **({"isNewIn69": RawXml(later)} if later else {})}
        found[name] = Component(component.type, component.full_name, fields)
    return ActualApp("App", found)


def changed(desired: Component, actual: Component | None) -> ComponentPlan:
    """What is done about one component, with its changes."""
    merged = overlay(desired, actual)
    changes = tuple(
        Change(
            component=desired.type,
            full_name=merged.full_name,
            field=difference.field,
            before=difference.before,
            after=difference.after,
            key=f"metadata.{desired.type.name}.{difference.field.name}",
            position=Position("spec.yaml", 3, 5),
            risk=judged(
                difference.field,
                difference.before,
                difference.after,
                had={} if actual is None else actual.fields,
                has=merged.fields,
            ),
        )
        for difference in differences(desired, actual)
    )
    update = Action.UPDATE if changes else Action.NOTHING
    action = Action.CREATE if actual is None else update
    return ComponentPlan(
        action, Component(desired.type, merged.full_name, desired.fields), merged, changes
    )


@st.composite
def plans(draw) -> Plan:
    """A plan of every kind of thing that a plan can hold, but for secrets."""
    actual = draw(apps(roles={Role.SPEC}))
    wanted = draw(apps(roles={Role.SPEC}))
    items = []
    for name, component in wanted.components.items():
        cleared = draw(st.sets(st.sampled_from(sorted(component.fields)) if component.fields
                               else st.nothing()))  # fmt: skip
        fields = {n: UNSET if n in cleared else v for n, v in component.fields.items()}
        desired = Component(component.type, component.full_name, fields)
        items.append(changed(desired, actual.components.get(name)))
    changes = [change for item in items for change in item.changes]
    acceptance = Acceptance("known", TODAY)
    access = [
        CreateProfile("P", "Standard User"),
        CreatePermissionSet("S", "S"),
        Assign("S", "u@x.y"),
    ]
    return Plan(
        app="App",
        org=ORG,
        actual=actual,
        components=tuple(items),
        access=tuple(draw(st.lists(st.sampled_from(access), unique=True))),
        defaults=(
            Default(OAUTH_POLICIES, OAUTH_POLICIES.field("refreshTokenValidityPeriod"), 365),
        ),
        gates=(Gate(GateName.LOCKOUT, "3 users would lose it"),),
        accepted=tuple(AcceptedDifference(change, acceptance) for change in changes[:1]),
        tightens=draw(st.booleans()),
        chooses_consumer_key=draw(st.booleans()),
    )
