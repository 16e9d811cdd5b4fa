"""A metadata field's value, from YAML to the form that metadata holds it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.certificate import certificate_der
from provision.catalogue.field import Field, Kind, unknown_field
from provision.spec.callback import callback_url
from provision.spec.node import ExpandedText, MappingNode, Node, ScalarNode, SequenceNode
from provision.spec.position import Position
from provision.spec.scope_word import token_of
from provision.spec.text import as_flag, distinct, name_of

__all__ = ["FieldRefused", "FieldValue", "field_value"]

FieldScalar: TypeAlias = str | int | bool
FieldRecord: TypeAlias = Mapping[str, FieldScalar]
FieldValue: TypeAlias = FieldScalar | FieldRecord | tuple[FieldRecord, ...]
"""A value as metadata holds it: lists of names, scopes or URLs are one text, joined."""


class FieldRefused(ValueError):
    """A value that its field does not take: a sentence, and where, if not the value itself."""

    def __init__(self, message: str, at: Position | None = None) -> None:
        super().__init__(message)
        self.at = at


_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_SEPARATORS: Final = {Kind.NAMES: ",", Kind.SCOPES: ", ", Kind.URLS: "\n"}
_CHECKS: Final[dict[Kind, Callable[[str], str]]] = {
    Kind.NAMES: name_of,
    Kind.SCOPES: token_of,
    Kind.URLS: callback_url,
}


def field_value(field: Field, node: Node) -> FieldValue | None:
    """What ``node`` says of ``field``; ``None`` for null. Raises :class:`FieldRefused`."""
    if isinstance(node, ScalarNode) and node.value is None:
        return None
    if field.kind in _SEPARATORS:
        return _joined(field.kind, node)
    match field.kind, node:
        case Kind.RECORD, MappingNode():
            return _record(field, node)
        case Kind.RECORD, _:
            raise FieldRefused("it takes a mapping of fields to values")
        case Kind.RECORDS, SequenceNode():
            return tuple(_record(field, item) for item in node.items)
        case Kind.RECORDS, _:
            raise FieldRefused("it takes a list of mappings")
        case _, ScalarNode():
            return _scalar(field, node)
        case _:
            raise FieldRefused("it takes one value, not a list or a mapping")


def _joined(kind: Kind, node: Node) -> str:
    if isinstance(node, SequenceNode):
        words = [(_text(item), item.position) for item in node.items]
    elif isinstance(node, ScalarNode):
        split = split_urls if kind is Kind.URLS else split_names
        words = [(word, node.position) for word in split(_text(node))]
    else:
        raise FieldRefused(f"it takes a list, or {kind.value} as text")
    checked = []
    for word, at in words:
        try:
            checked.append(_CHECKS[kind](word))
            distinct(checked)
        except ValueError as error:
            raise FieldRefused(str(error), at) from None
    return _SEPARATORS[kind].join(checked)


def _record(field: Field, node: Node) -> FieldRecord:
    if not isinstance(node, MappingNode):
        raise FieldRefused("it takes a mapping of fields to values", node.position)
    record: dict[str, FieldScalar] = {}
    for name, entry in node.entries.items():
        if not isinstance(entry.node, ScalarNode):
            raise FieldRefused(f"{name} takes one value", entry.key)
        if entry.node.value is None:
            raise FieldRefused(f"{name} cannot be null; leave it out", entry.node.position)
        # A name that the catalogue does not know is refused by its rules, with all others.
        record[name] = _scalar(field.child(name) or unknown_field(name), entry.node)
    return record


def _scalar(field: Field, node: ScalarNode) -> FieldScalar:
    match field.kind:
        case Kind.BOOLEAN:
            value = as_flag(node.value)
            if isinstance(value, bool):
                return value
            raise FieldRefused("it takes true or false", node.position)
        case Kind.INTEGER:
            return _integer(node)
        case Kind.CERTIFICATE:
            return _certificate(node)
        case _:
            return _text(node)


def _integer(node: ScalarNode) -> int:
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, ExpandedText) and _INTEGER.fullmatch(value):
        return int(value)
    raise FieldRefused("it takes a whole number", node.position)


def _certificate(node: ScalarNode) -> str:
    text = _text(node)
    try:
        certificate_der(text)
    except ValueError as error:
        raise FieldRefused(
            f"it takes a certificate as PEM or base64, and this is {error}"
        ) from None
    return text


def _text(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise FieldRefused("it takes text", node.position)
    if isinstance(node.value, str):
        return str(node.value)
    raise FieldRefused(f'it takes text; write it in quotes: "{node.raw}"', node.position)
