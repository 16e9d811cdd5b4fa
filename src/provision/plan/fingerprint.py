"""Fingerprints and digests: equal values have the same SHA-256, in any order and form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element

from provision.catalogue.canonical import canonical
from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.component import Component, RawXml, Unset, Value
from provision.catalogue.document import DocumentError, parse_xml
from provision.catalogue.field import Field, Role, unknown_field
from provision.plan.facts import ActualApp

__all__ = [
    "ABSENT",
    "canonical_json",
    "field_text",
    "fingerprint",
    "moved_components",
    "sha256",
]

ABSENT: Final = "absent"
"""The fingerprint of a component that the org does not have."""

# What the org generates changes by itself, the flag of an action is no state, and the parent is the
# app itself.
_LEFT_OUT: Final = frozenset({Role.PLATFORM, Role.ACTION, Role.PARENT})


def sha256(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_json(value: object) -> str:
    """``value`` as canonical JSON: keys sorted, no spaces, ASCII. Equal values have equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def field_text(field: Field, value: Value | None) -> str:
    """The text of a value's canonical form. Equal values of ``field`` have equal texts.

    Fields that the catalogue does not know are compared as trees: without the spaces around their
    texts, and with siblings in any order, since orgs do not keep an order.
    """
    if isinstance(value, RawXml):
        return canonical_json({"xml": _tree(value.text)})
    return canonical_json(_plain(canonical(field, None if isinstance(value, Unset) else value)))


def fingerprint(actual: ActualApp) -> Mapping[str, str]:
    """The SHA-256 of each component of an app, by metadata type; :data:`ABSENT` if there is none.

    The order of lists and the form of values do not matter. The consumer key and fields that the
    catalogue does not know are included; what the org generates for itself is not.
    """
    types = {metadata_type.name for metadata_type in CORE_TYPES} | actual.components.keys()
    return {
        name: _digest(actual.components[name]) if name in actual.components else ABSENT
        for name in sorted(types)
    }


def moved_components(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """For each component that changed, a sentence that says how."""
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name, ABSENT), now.get(name, ABSENT)
        if before == after:
            continue
        if before == ABSENT:
            yield f"{name} was created"
        else:
            yield f"{name} is gone" if after == ABSENT else f"{name} was changed"


def _digest(component: Component) -> str:
    fields = {}
    for name, value in component.fields.items():
        field = component.type.field(name) or unknown_field(name)
        text = field_text(field, value)
        # An empty value counts as no value. The digest of a secret would help to guess it.
        if field.role not in _LEFT_OUT and not field.secret and text != _NOTHING:
            fields[name] = text
    return sha256(canonical_json([component.type.name, component.full_name, fields]))


_NOTHING: Final = canonical_json(None)


def _plain(form: Hashable) -> object:
    """A canonical form as JSON values. What JSON lacks has a name, to stay distinct."""
    match form:
        case bytes():
            return {"bytes": form.hex()}
        case frozenset():
            return {"set": sorted((_plain(item) for item in form), key=canonical_json)}
        case tuple():
            return [_plain(item) for item in form]
        case _:
            return form


def _tree(xml: str) -> object:
    try:
        return _node(parse_xml(f"<field>{xml}</field>"))
    except DocumentError:
        return xml


def _node(element: Element) -> Mapping[str, object]:
    return {
        "tag": element.tag,
        "text": (element.text or "").strip(),
        "children": sorted((_node(child) for child in element), key=canonical_json),
        "tail": (element.tail or "").strip(),
    }
