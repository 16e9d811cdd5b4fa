"""Values of a field: when two are equal, how a list is one text, and what stands for no value."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import Component, RawXml, Record, Unset, Value
from provision.catalogue.field import Field, Kind, unknown_field
from provision.catalogue.scope import granted

__all__ = [
    "SEPARATORS",
    "canonical",
    "effective",
    "fold_name",
    "is_set",
    "or_default",
    "split_names",
    "split_urls",
]

SEPARATORS: Final = {Kind.NAMES: ",", Kind.SCOPES: ", ", Kind.URLS: "\n"}
"""How metadata joins the items of each kind of list, which is one text there."""


def split_names(text: str) -> tuple[str, ...]:
    """The names of a comma-separated list, in order, without the spaces around them."""
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def split_urls(text: str) -> tuple[str, ...]:
    """The URLs of a list of lines, in order."""
    return tuple(url for url in (line.strip() for line in text.splitlines()) if url)


def fold_name(name: str) -> str:
    """A name as the org compares it: case does not distinguish names in Salesforce."""
    return name.casefold()


def canonical(field: Field, value: Value | None) -> Hashable:
    """The form of ``value`` in which equal values of ``field`` are equal, ``None`` for no value.

    An empty value is no value: Salesforce does not distinguish the two.
    """
    match value:
        case None | Unset() | "":
            return None
        case RawXml():
            return value.text
        case str():
            return _canonical_text(field, value)
        case bool() | int():
            return value
        case tuple():
            # An org returns lists of records in any order.
            return frozenset(_canonical_record(field, record) for record in value) or None
        case _:
            return _canonical_record(field, value) or None


def or_default(field: Field, value: Value | None) -> Value | None:
    """``value``, or what an org has if there is none: the default; a flag without one is off."""
    if canonical(field, value) is not None:
        return value
    return False if field.default is None and field.kind is Kind.BOOLEAN else field.default


def is_set(component: Component, field: Field) -> bool:
    """Whether ``component`` has a value of ``field``, and the field has a meaning there."""
    value = component.fields.get(field.name)
    return canonical(field, value) is not None and field.applies(component.fields)


def effective(component: Component, field: Field) -> Value | None:
    """The value of ``field`` that counts in ``component``: its own, or what an org has without one.

    ``None`` is no value. A field without a meaning beside the others has none either: the period of
    tokens that never expire, or a timeout where the user's session decides.
    """
    if not field.applies(component.fields):
        return None
    return or_default(field, component.fields.get(field.name))


def _canonical_text(field: Field, text: str) -> Hashable:
    match field.kind:
        case Kind.SCOPES:
            return granted(split_names(text)) or None
        case Kind.NAMES:
            return frozenset(map(fold_name, split_names(text))) or None
        case Kind.URLS:
            return frozenset(split_urls(text)) or None
        case Kind.CERTIFICATE:
            return _canonical_certificate(text)
        case Kind.ENUM:
            # OBS: queries spell Enforce_RelaxRefresh differently from metadata.
            return text.strip().casefold()
        case _:
            return text.replace("\r\n", "\n").strip() or None


def _canonical_certificate(text: str) -> Hashable:
    try:
        return certificate_der(text)
    except ValueError:
        return text.strip() or None


def _canonical_record(field: Field, record: Record) -> frozenset[tuple[str, Hashable]]:
    pairs = (
        (name, canonical(field.child(name) or unknown_field(name), value))
        for name, value in record.items()
    )
    return frozenset(pair for pair in pairs if pair[1] is not None)
