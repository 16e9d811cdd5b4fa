"""Digests: one SHA-256 for equal values, whatever order or form they came in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping
from xml.etree.ElementTree import Element

from provision.catalogue.canonical import canonical
from provision.catalogue.component import RawXml, Unset, Value
from provision.catalogue.document import DocumentError, parse_xml
from provision.catalogue.field import Field

__all__ = ["canonical_json", "field_text", "sha256"]


def sha256(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_json(value: object) -> str:
    """``value`` as the one JSON text that equal values have: keys sorted, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def field_text(field: Field, value: Value | None) -> str:
    """The one text that equal values of ``field`` have: that of their canonical form.

    Fields that the catalogue does not know are compared as trees: without the blanks around their
    texts, and with siblings in any order, since an org promises none.
    """
    if isinstance(value, RawXml):
        return canonical_json({"xml": _tree(value.text)})
    return canonical_json(_plain(canonical(field, None if isinstance(value, Unset) else value)))


def _plain(form: Hashable) -> object:
    """A canonical form as JSON values. What JSON has no word for is named, so as to stay apart."""
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
