"""Thresholds: how much may change before somebody is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.errors import Problem
from provision.spec.node import Entry, ScalarNode, is_hole
from provision.spec.suggestion import did_you_mean

__all__ = ["Thresholds", "read_thresholds"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How many fields of one app, apps of one run, orgs of one run; ``None`` is no limit."""

    fields: int | None = None
    apps: int | None = None
    orgs: int | None = None


_KEYS: Final = ("fields", "apps", "orgs")


def read_thresholds(entries: Mapping[str, Entry], problems: list[Problem]) -> Thresholds:
    """The thresholds that the mapping ``entries`` sets."""
    values: dict[str, int] = {}
    for key, entry in entries.items():
        value = entry.node.value if isinstance(entry.node, ScalarNode) else False
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"; there are {', '.join(_KEYS)}"
            problems.append(entry.key.problem(f"thresholds has no key {key}{hint}"))
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            values[key] = value
        elif value is not None and not is_hole(entry.node):
            problems.append(
                entry.node.position.problem(
                    f"thresholds.{key}: it takes a number, 0 or more, or null for no limit"
                )
            )
    return Thresholds(values.get("fields"), values.get("apps"), values.get("orgs"))
