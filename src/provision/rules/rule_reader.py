"""Reading rules: from a tree to :class:`Rule`, or to everything that is wrong with it."""

from __future__ import annotations

from typing import Final

from provision.findings import Finding, Severity
from provision.rules.predicate_reader import PREDICATE_KEYS, read_predicates
from provision.rules.rule import AllOf, AnyOf, Condition, Holds, Rule
from provision.rules.subject import Subject, subject_named
from provision.spec.hint import did_you_mean
from provision.spec.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_hole

__all__ = ["check_keys", "read_rule"]

_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "off": None}
_TEXTS: Final = ("message", "reason", "source")
_KEYS: Final = ("field", "severity", "when", *_TEXTS, *PREDICATE_KEYS)
_CONDITION_KEYS: Final = ("field", *PREDICATE_KEYS)
_ANY: Final = "any"


def read_rule(rule_id: str, entry: Entry, problems: list[Finding]) -> Rule | None:
    """The rule in ``entry``; ``None``, and a problem, if it is not a rule."""
    where = f"rules.{rule_id}"
    node = entry.node
    if not isinstance(node, MappingNode):
        return None
    before = len(problems)
    check_keys(node, _KEYS, where, problems)
    severity = _severity(node.entries.get("severity"), where, problems)
    texts = {key: _text(node.entries.get(key), f"{where}.{key}", problems) for key in _TEXTS}
    when = node.entries.get("when")
    condition = _condition(when.node, f"{where}.when", problems) if when else None
    subject = _subject(node, entry, where, problems)
    if subject is None:
        return None
    predicates = read_predicates(node, subject, where, problems)
    if len(problems) > before:
        return None
    return Rule(
        rule_id,
        severity,
        subject,
        predicates,
        entry.key,
        when=condition,
        message=texts["message"],
        reason=texts["reason"],
        source=texts["source"],
    )


def check_keys(
    node: MappingNode, known: tuple[str, ...], where: str, problems: list[Finding]
) -> None:
    """Note every key of ``node`` that is not ``known``."""
    for key, entry in node.entries.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"; the keys are {', '.join(known)}"
            problems.append(entry.key.problem(f"{where} has no key {key}{hint}"))


def _severity(entry: Entry | None, where: str, problems: list[Finding]) -> Severity | None:
    """The severity, error if none is written.

    An unquoted `off` is refused by the YAML reader, which says to write `false` or `"off"`: both
    mean off here.
    """
    if entry is None or is_hole(entry.node):
        return Severity.ERROR
    value = entry.node.value if isinstance(entry.node, ScalarNode) else None
    if value is False:
        return None
    if isinstance(value, str) and value in _SEVERITIES:
        return _SEVERITIES[value]
    position = entry.node.position
    problems.append(position.problem(f'{where}.severity: it takes error, warning or "off"'))
    return Severity.ERROR


def _text(entry: Entry | None, where: str, problems: list[Finding]) -> str:
    if entry is None or is_hole(entry.node):
        return ""
    if isinstance(entry.node, ScalarNode) and isinstance(entry.node.value, str):
        return entry.node.value.strip()
    problems.append(entry.node.position.problem(f"{where}: it takes text"))
    return ""


def _subject(
    node: MappingNode, entry: Entry, where: str, problems: list[Finding]
) -> Subject | None:
    field = node.entries.get("field")
    if field is None:
        problems.append(entry.key.problem(f"{where}: field is missing"))
        return None
    name = _text(field, f"{where}.field", problems)
    if not name:
        return None
    try:
        return subject_named(name)
    except ValueError as error:
        problems.append(field.node.position.problem(f"{where}.field: {error}"))
        return None


def _condition(node: Node, where: str, problems: list[Finding]) -> Condition | None:
    """A condition: a field and what it must be, a list that must all hold, or `any` of a list."""
    match node:
        case SequenceNode():
            return AllOf(_conditions(node, where, problems))
        case MappingNode() if _ANY in node.entries:
            check_keys(node, (_ANY,), where, problems)
            options = node.entries[_ANY].node
            if isinstance(options, SequenceNode):
                return AnyOf(_conditions(options, f"{where}.{_ANY}", problems))
            problems.append(options.position.problem(f"{where}.{_ANY}: it takes a list"))
            return None
        case MappingNode():
            check_keys(node, _CONDITION_KEYS, where, problems)
            subject = _subject(node, Entry(node.position, node), where, problems)
            if subject is None:
                return None
            return Holds(subject, read_predicates(node, subject, where, problems))
        case ScalarNode():
            if not is_hole(node):
                problems.append(
                    node.position.problem(f"{where}: it takes a field and what it must be")
                )
            return None


def _conditions(node: SequenceNode, where: str, problems: list[Finding]) -> tuple[Condition, ...]:
    if not node.items:
        problems.append(node.position.problem(f"{where}: the list is empty"))
    read = (
        _condition(item, f"{where}[{index}]", problems) for index, item in enumerate(node.items)
    )
    return tuple(condition for condition in read if condition is not None)
