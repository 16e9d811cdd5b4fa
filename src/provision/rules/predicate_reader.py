"""Reading predicates: what a rule's keys require, checked against the field's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from provision.catalogue.field import Kind
from provision.findings import Finding
from provision.rules.measure import Amount
from provision.rules.observation import LISTS, parts_of
from provision.rules.predicate import (
    Absent,
    Contains,
    ContainsAny,
    Equals,
    Max,
    Min,
    NoneOf,
    OneOf,
    Option,
    Predicate,
    Required,
)
from provision.rules.subject import Subject
from provision.spec.field_value import FieldRefused, field_value
from provision.spec.hint import did_you_mean
from provision.spec.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, has_holes

__all__ = ["PREDICATE_KEYS", "REQUIRED", "read_predicates"]

REQUIRED: Final = "required"
PREDICATE_KEYS: Final = (
    REQUIRED,
    "absent",
    "max",
    "min",
    "equals",
    "one_of",
    "none_of",
    "contains",
    "contains_any",
)
"""The keys that require something of a field."""

_OPAQUE: Final = frozenset({Kind.CERTIFICATE, Kind.RECORD, Kind.RECORDS})


def read_predicates(
    node: MappingNode, subject: Subject, where: str, problems: list[Finding]
) -> tuple[Predicate, ...]:
    """The predicates in the keys of ``node``: one, and `required` besides it or instead of it.

    `required` comes first: if there is no value, nothing else is wrong with it.
    """
    asked = [key for key in PREDICATE_KEYS if key in node.entries]
    if not asked:
        problems.append(
            node.position.problem(
                f"{where} requires nothing: write one of {_listed(PREDICATE_KEYS)}"
            )
        )
    others = [key for key in asked if key != REQUIRED]
    problems.extend(
        node.entries[surplus].key.problem(
            f"{where} already has the question {others[0]}; write another rule for {surplus}"
        )
        for surplus in others[1:]
    )
    read = (_predicate(key, node.entries[key], subject, where, problems) for key in asked)
    return tuple(predicate for predicate in read if predicate is not None)


def _predicate(
    key: str, entry: Entry, subject: Subject, where: str, problems: list[Finding]
) -> Predicate | None:
    if has_holes(entry.node):
        return None
    try:
        return _READERS[key](subject, entry.node)
    except FieldRefused as error:
        at = error.at or entry.node.position
        problems.append(at.problem(f"{where}.{key}: {error}"))
        return None


def _required(_: Subject, node: Node) -> Predicate:
    _check_true(node)
    return Required()


def _absent(_: Subject, node: Node) -> Predicate:
    _check_true(node)
    return Absent()


def _check_true(node: Node) -> None:
    if not isinstance(node, ScalarNode) or node.value is not True:
        raise FieldRefused("it only takes true; remove the key otherwise")


def _amount(subject: Subject, node: Node) -> Amount:
    if subject.measure is None:
        raise FieldRefused(
            f"{subject.name} holds {subject.field.kind.value}, which has no amount to compare"
        )
    if not isinstance(node, ScalarNode):
        raise FieldRefused("it takes one value, not a list or a mapping")
    try:
        return subject.measure.limit(node.value)
    except ValueError as error:
        raise FieldRefused(str(error)) from None


def _max(subject: Subject, node: Node) -> Predicate:
    return Max(_amount(subject, node))


def _min(subject: Subject, node: Node) -> Predicate:
    return Min(_amount(subject, node))


def _equals(subject: Subject, node: Node) -> Predicate:
    if subject.field.kind in LISTS and not isinstance(node, SequenceNode):
        raise FieldRefused(f"{subject.name} is a list; write [{_raw(node)}]")
    return Equals(_option(subject, node))


def _one_of(subject: Subject, node: Node) -> Predicate:
    return OneOf(_options(subject, node))


def _none_of(subject: Subject, node: Node) -> Predicate:
    return NoneOf(_options(subject, node))


def _contains(subject: Subject, node: Node) -> Predicate:
    _check_is_list(subject)
    return Contains(_options(subject, node))


def _contains_any(subject: Subject, node: Node) -> Predicate:
    _check_is_list(subject)
    return ContainsAny(_options(subject, node))


def _check_is_list(subject: Subject) -> None:
    if subject.field.kind not in LISTS:
        raise FieldRefused(f"{subject.name} is not a list; use equals, one_of or none_of")


def _options(subject: Subject, node: Node) -> tuple[Option, ...]:
    if not isinstance(node, SequenceNode):
        raise FieldRefused(f"it takes a list; write [{_raw(node)}]")
    if not node.items:
        raise FieldRefused("the list is empty")
    return tuple(_option(subject, item) for item in node.items)


def _option(subject: Subject, node: Node) -> Option:
    field = subject.field
    if field.kind in _OPAQUE or field.secret:
        raise FieldRefused(f"of {subject.name} a rule can ask required or absent alone")
    match field.kind:
        case Kind.INTEGER:
            amount = _amount(subject, node)
            return Option(amount.text, frozenset({amount.size}))
        case Kind.ENUM:
            return Option(_raw(node), parts_of(field, _enumerated(subject, node)))
        case _:
            return Option(_raw(node), parts_of(field, field_value(field, node)))


def _enumerated(subject: Subject, node: Node) -> str:
    """Metadata's value for a word: the spec's words where a spec's key was named."""
    choices = {str(choice.value): str(choice.value) for choice in subject.field.choices}
    words = dict(subject.values) or choices
    word = node.value if isinstance(node, ScalarNode) else None
    if isinstance(word, str) and word in words:
        return words[word]
    raise FieldRefused(
        f"{_raw(node)} is not a value of {subject.name}, which takes {_listed(words)}"
        f"{did_you_mean(_raw(node), words)}",
        node.position,
    )


def _raw(node: Node) -> str:
    match node:
        case ScalarNode():
            return node.raw
        case SequenceNode():
            return ", ".join(map(_raw, node.items)) or "nothing"
        case MappingNode():
            return "..."


def _listed(words: Mapping[str, str] | tuple[str, ...]) -> str:
    return ", ".join(words)


_READERS: Final[Mapping[str, Callable[[Subject, Node], Predicate]]] = {
    REQUIRED: _required,
    "absent": _absent,
    "max": _max,
    "min": _min,
    "equals": _equals,
    "one_of": _one_of,
    "none_of": _none_of,
    "contains": _contains,
    "contains_any": _contains_any,
}
