"""Load rules: from a file, or from the profiles that ship, to a :class:`RuleSet`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from provision.errors import CannotError, SpecError
from provision.findings import Finding
from provision.rules.layer import Layer, profile_names, read_layer, read_profile
from provision.rules.rule import Rule, RuleSet
from provision.rules.rule_reader import check_keys, read_rule
from provision.rules.threshold import read_thresholds
from provision.spec.hint import did_you_mean
from provision.spec.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_hole
from provision.spec.reader import read_file

__all__ = ["built_in_rules", "load_rules"]

_KEYS: Final = ("extends", "rules", "thresholds")


def load_rules(path: Path) -> RuleSet:
    """The rules in the file ``path``, laid over the profiles that it extends.

    Raises :class:`SpecError` with every problem.
    """
    reading = read_file(path)
    problems = list(reading.problems)
    rules = RuleSet()
    if reading.root is not None:
        check_keys(reading.root, _KEYS, "a rules file", problems)
        names = tuple(_extended(reading.root.entries.get("extends"), problems))
        layer = read_layer(reading.root, problems)
        rules = _rule_set(layer.over(_profiles(names, problems)), problems)
    if problems:
        raise SpecError(tuple(dict.fromkeys(problems)))
    return rules


def built_in_rules(names: Sequence[str]) -> RuleSet:
    """The rules of the profiles ``names``, a later one over an earlier one.

    Raises :class:`CannotError` for a name that no profile has.
    """
    known = profile_names()
    for name in names:
        if name not in known:
            raise CannotError(_no_profile(name), next_step=f"Name one of {', '.join(known)}.")
    problems: list[Finding] = []
    rules = _rule_set(_profiles(names, problems), problems)
    if problems:
        raise SpecError(problems)
    return rules


def _extended(entry: Entry | None, problems: list[Finding]) -> Iterator[str]:
    """The names of the profiles that a file extends."""
    if entry is None:
        return
    node = entry.node
    known = profile_names()
    items: tuple[Node, ...] = node.items if isinstance(node, SequenceNode) else (node,)
    for item in items:
        if is_hole(item):
            continue
        name = item.value if isinstance(item, ScalarNode) else None
        if isinstance(name, str) and name in known:
            yield name
        elif isinstance(name, str):
            problems.append(item.position.problem(f"extends: {_no_profile(name)}"))
        else:
            problems.append(
                item.position.problem(
                    "extends: it takes the name of a profile, or a list of them; there are "
                    f"{', '.join(known)}"
                )
            )


def _no_profile(name: str) -> str:
    known = profile_names()
    listed = f"there are {', '.join(known)}"
    return f"there is no profile {name!r}; {listed}{did_you_mean(name, known)}"


def _profiles(names: Sequence[str], problems: list[Finding]) -> Layer:
    below = Layer()
    for name in names:
        reading = read_profile(name)
        problems.extend(reading.problems)
        if reading.root is not None:
            below = read_layer(reading.root, problems).over(below)
    return below


def _rule_set(layer: Layer, problems: list[Finding]) -> RuleSet:
    read = (
        _rule(rule_id, entry, problems) for rule_id, entry in layer.without_nulls().rules.items()
    )
    rules = tuple(rule for rule in read if rule is not None)
    return RuleSet(rules, read_thresholds(layer.thresholds, problems))


def _rule(rule_id: str, entry: Entry, problems: list[Finding]) -> Rule | None:
    if isinstance(entry.node, MappingNode) and "field" not in entry.node.entries:
        problems.append(entry.key.problem(f"rules.{rule_id}: field is missing{_owner(rule_id)}"))
        return None
    return read_rule(rule_id, entry, problems)


def _owner(rule_id: str) -> str:
    """Which profile has a rule of this name, for a file that forgot to extend it."""
    ids = {key: name for name in profile_names() for key in _profiles((name,), []).rules}
    if rule_id in ids:
        return f"; the profile {ids[rule_id]} has such a rule: write extends: [{ids[rule_id]}]"
    return did_you_mean(rule_id, ids)
