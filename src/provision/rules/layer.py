"""Layers of rules: a rules file over the profiles that it extends, key by key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as defaulted
from pathlib import Path
from typing import Final

from provision.findings import Finding
from provision.rules.predicate_reader import PREDICATE_KEYS, REQUIRED
from provision.spec.node import Entry, MappingNode, ScalarNode, is_hole
from provision.spec.reader import Reading, read_yaml

__all__ = ["Layer", "profile_names", "read_layer", "read_profile"]

_DIRECTORY: Final = Path(__file__).with_name("profiles")


def profile_names() -> tuple[str, ...]:
    """The names of all profiles, sorted."""
    return tuple(sorted(path.stem for path in _DIRECTORY.glob("*.yaml")))


def read_profile(name: str) -> Reading:
    """The profile ``name``, one of :func:`profile_names`. Its positions are of ``profile:NAME``."""
    return read_yaml((_DIRECTORY / f"{name}.yaml").read_bytes(), f"profile:{name}")


_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ASKS: Final = frozenset(PREDICATE_KEYS) - {REQUIRED}


@dataclass(frozen=True, slots=True)
class Layer:
    """The contents of one file: its rules by id, each a mapping, and its thresholds."""

    rules: Mapping[str, Entry] = defaulted(default_factory=dict)
    thresholds: Mapping[str, Entry] = defaulted(default_factory=dict)

    def over(self, below: Layer) -> Layer:
        """Both layers as one. If both have a rule, the keys of this one replace those ``below``.

        A requirement replaces the one below, whatever its key is: `equals` replaces `max`.
        """
        rules = dict(below.rules)
        for rule_id, entry in self.rules.items():
            under = below.rules.get(rule_id)
            rules[rule_id] = entry if under is None else _laid_over(under, entry)
        return Layer(rules, {**below.thresholds, **self.thresholds})

    def without_nulls(self) -> Layer:
        """The layer without the keys that a rule sets to null."""
        return Layer(
            {key: _without_nulls(entry) for key, entry in self.rules.items()}, self.thresholds
        )


def read_layer(root: MappingNode, problems: list[Finding]) -> Layer:
    """The layer that a file's ``root`` is."""
    rules = {
        rule_id: entry
        for rule_id, entry in _section(root, "rules", problems).items()
        if _is_rule(rule_id, entry, problems)
    }
    return Layer(rules, _section(root, "thresholds", problems))


def _section(root: MappingNode, key: str, problems: list[Finding]) -> Mapping[str, Entry]:
    entry = root.entries.get(key)
    if entry is None or is_hole(entry.node):
        return {}
    if isinstance(entry.node, MappingNode):
        return entry.node.entries
    problems.append(entry.node.position.problem(f"{key}: it takes a mapping of keys to values"))
    return {}


def _is_rule(rule_id: str, entry: Entry, problems: list[Finding]) -> bool:
    if not _ID.fullmatch(rule_id):
        problems.append(
            entry.key.problem(
                f"rules: {rule_id!r} is not a rule's name: small letters, digits and hyphens, "
                "as in session-timeout"
            )
        )
        return False
    if isinstance(entry.node, MappingNode):
        return True
    if not is_hole(entry.node):
        problems.append(
            entry.node.position.problem(
                f'rules.{rule_id}: it takes a mapping; to switch a rule off, write severity: "off"'
            )
        )
    return False


def _laid_over(below: Entry, above: Entry) -> Entry:
    if not (isinstance(below.node, MappingNode) and isinstance(above.node, MappingNode)):
        return above
    asks = any(key in _ASKS for key in above.node.entries)
    kept = {key: entry for key, entry in below.node.entries.items() if not (asks and key in _ASKS)}
    node = MappingNode(above.node.position, {**kept, **above.node.entries})
    return Entry(above.key, node)


def _without_nulls(entry: Entry) -> Entry:
    if not isinstance(entry.node, MappingNode):
        return entry
    entries = {
        key: inner
        for key, inner in entry.node.entries.items()
        if not (isinstance(inner.node, ScalarNode) and inner.node.value is None)
    }
    return Entry(entry.key, MappingNode(entry.node.position, entries))
