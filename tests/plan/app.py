"""Hypothesis strategies for whole apps, and the plans that change them."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from provision.metadata.catalogue import CORE_TYPES, EXTERNAL_CLIENT_APPLICATION
from provision.metadata.component import Component, RawXml
from provision.metadata.field import Role
from provision.plan.facts import ActualApp, OrgFacts
from tests.metadata.strategies import components, names, texts

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
