"""Violations: fields and values that an API version does not accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provision.catalogue.canonical import split_names
from provision.catalogue.component import Component, RawXml, Unset, Value
from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.scope import scope_of

__all__ = ["Violation", "violations", "violations_of_value"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A field of a component that an API version does not accept, and why in a sentence.

    ``version_bound`` is true if another API version accepts it. ``disputed`` is true if sources
    disagree, so that the org may accept it.
    """

    field: str
    message: str
    version_bound: bool = False
    disputed: bool = False


def violations(component: Component, version: int) -> Iterator[Violation]:
    """Everything in ``component`` that API version ``version`` would refuse.

    Fields that the catalogue does not know are left to the org.
    """
    metadata_type = component.type
    if version < metadata_type.since:
        yield Violation(
            "", f"{metadata_type.name} came with API {metadata_type.since}", version_bound=True
        )
        return
    for name, value in component.fields.items():
        field = metadata_type.field(name)
        if field is not None and not isinstance(value, Unset):
            yield from violations_of_value(metadata_type, field, value, version)


def violations_of_value(
    metadata_type: MetadataType, field: Field, value: Value, version: int
) -> Iterator[Violation]:
    """Everything that API version ``version`` would refuse in one field's value."""
    yield from _of_presence(f"{metadata_type.name}.{field.name}", field, version)
    if field.kind in {Kind.RECORD, Kind.RECORDS}:
        records = value if isinstance(value, tuple) else (value,)
        for record in records:
            if not isinstance(record, (str, int, RawXml, Unset)):
                for name, inner in record.items():
                    child = field.child(name)
                    if child is None:
                        listed = ", ".join(each.name for each in field.children)
                        message = f"{field.name} has no field {name}; it has {listed}"
                        yield Violation(field.name, message)
                    else:
                        where = f"{metadata_type.name}.{field.name}.{name}"
                        yield from _of_presence(where, child, version)
                        yield from _of_choice(child, inner, version)
                for child in field.children:
                    if child.required and child.name not in record:
                        yield Violation(field.name, f"{field.name} needs {child.name}")
    else:
        yield from _of_choice(field, value, version)


def _of_presence(where: str, field: Field, version: int) -> Iterator[Violation]:
    if field.disputed_in(version):
        message = (
            f"{where} came with API {field.since} according to Salesforce's types, and is in files "
            f"of projects of API {field.seen_since}; this is {version}: the org decides"
        )
        yield Violation(field.name, message, version_bound=True, disputed=True)
    elif version < field.since:
        message = f"{where} came with API {field.since}; this is {version}"
        yield Violation(field.name, message, version_bound=True)
    elif field.until is not None and version > field.until:
        message = f"{where} went after API {field.until}; this is {version}"
        yield Violation(field.name, message, version_bound=True)


def _of_choice(field: Field, value: Value, version: int) -> Iterator[Violation]:
    if field.kind is Kind.SCOPES:
        yield from _of_scopes(field, value, version)
    if not field.choices:
        return
    known = [choice.value for choice in field.choices if choice.known_in(version)]
    if value in known:
        return
    listed = ", ".join(map(str, known))
    message = f"{value!r} is not a value of {field.name}: it takes {listed}"
    elsewhere = any(choice.value == value for choice in field.choices)
    if elsewhere:
        message += f" (API {version})"
    else:
        message += _meant(value, known)
    yield Violation(field.name, message, version_bound=elsewhere)


def _meant(value: Value, known: Sequence[str | int]) -> str:
    """The value that somebody meant who wrote a connected app's: ENFORCE or infinite.

    WSDL: those have underscores, and a period after a colon, as in specific_lifetime:30:DAYS.
    """
    spelled = str(value).partition(":")[0].replace("_", "").casefold()
    same = [each for each in known if str(each).replace("_", "").casefold() == spelled]
    longer = [each for each in known if spelled and str(each).casefold().startswith(spelled)]
    found = same or (longer if len(longer) == 1 else [])
    return f"; write {found[0]}" if found else ""


def _of_scopes(field: Field, value: Value, version: int) -> Iterator[Violation]:
    """Scopes that are newer than the API version. The org decides about unknown scopes."""
    for token in split_names(str(value)):
        scope = scope_of(token)
        if scope is not None and version < scope.since:
            message = f"the scope {scope.names[0]} came with API {scope.since}; this is {version}"
            yield Violation(field.name, message, version_bound=True)
