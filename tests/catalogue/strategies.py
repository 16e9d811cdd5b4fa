"""Hypothesis strategies for components."""

from hypothesis import strategies as st

from provision.catalogue.catalogue import CORE_TYPES, PARENT_FIELD
from provision.catalogue.component import Component
from provision.catalogue.field import Field, Kind, MetadataType, Role

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="￾￿"),
    min_size=1,
    max_size=30,
).filter(str.strip)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True)


def scalars(field: Field):
    if field.choices:
        return st.sampled_from([choice.value for choice in field.choices])
    match field.kind:
        case Kind.BOOLEAN:
            return st.booleans()
        case Kind.INTEGER:
            return st.integers(min_value=0, max_value=10**6)
        case Kind.NAMES | Kind.SCOPES:
            return st.lists(names, min_size=1, max_size=4, unique_by=str.casefold).map(",".join)
        case _:
            return texts


def records(field: Field):
    required = {c.name: scalars(c) for c in field.children if c.required}
    optional = {c.name: scalars(c) for c in field.children if not c.required}
    return st.fixed_dictionaries(required, optional=optional).filter(bool)


def values(field: Field):
    if field.kind is Kind.RECORD:
        return records(field)
    if field.kind is Kind.RECORDS:
        return st.lists(records(field), min_size=1, max_size=3).map(tuple)
    return scalars(field)


def components(metadata_type: MetadataType, *, roles=frozenset(Role), parent: str = "App"):
    chosen = {f.name: values(f) for f in metadata_type.fields if f.role in roles}
    chosen.pop(PARENT_FIELD, None)
    always = {PARENT_FIELD: st.just(parent)} if metadata_type.field(PARENT_FIELD) else {}
    return st.fixed_dictionaries(always, optional=chosen).map(
        lambda fields: Component(metadata_type, "Name", fields)
    )


any_component = st.sampled_from(CORE_TYPES).flatmap(components)
