"""Thresholds: how much a run may change, and how much it may open, without being asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provision.catalogue.scope import SCOPES, scope_of
from provision.findings import Finding
from provision.spec.hint import did_you_mean
from provision.spec.node import Entry, Node, ScalarNode, SequenceNode, is_hole

__all__ = ["Thresholds", "read_thresholds"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much one run may do without being asked; ``None`` is no limit.

    ``fields`` of one app, ``apps`` of one run and ``orgs`` of one run may change. Of one existing
    app, so many new ``callback_hosts``, ``flows`` and ``ip_ranges`` may come, ``controls`` may be
    loosened and ``users`` may be newly admitted. A scope among ``scopes`` may not come at all.
    """

    fields: int | None = None
    apps: int | None = None
    orgs: int | None = None
    callback_hosts: int | None = 0
    flows: int | None = 0
    ip_ranges: int | None = 0
    controls: int | None = None
    users: int | None = 20
    scopes: tuple[str, ...] = ("full", "web")


_SCOPES: Final = "scopes"
_KEYS: Final = tuple(field.name for field in dataclasses.fields(Thresholds))


def read_thresholds(entries: Mapping[str, Entry], problems: list[Finding]) -> Thresholds:
    """The thresholds that the mapping ``entries`` sets, and the defaults of the others."""
    values: dict[str, Any] = {}
    for key, entry in entries.items():
        value = entry.node.value if isinstance(entry.node, ScalarNode) else False
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"; the keys are {', '.join(_KEYS)}"
            problems.append(entry.key.problem(f"thresholds has no key {key}{hint}"))
        elif key == _SCOPES:
            values[key] = tuple(_scopes(entry.node, problems))
        elif value is None or (
            isinstance(value, int) and not isinstance(value, bool) and value >= 0
        ):
            values[key] = value
        elif not is_hole(entry.node):
            problems.append(
                entry.node.position.problem(
                    f"thresholds.{key}: it takes a number, 0 or more, or null for no limit"
                )
            )
    return Thresholds(**values)


def _scopes(node: Node, problems: list[Finding]) -> Iterator[str]:
    """The scopes of a list; null is an empty one. An org's own scopes have any name."""
    if is_hole(node) or (isinstance(node, ScalarNode) and node.value is None):
        return
    if not isinstance(node, SequenceNode):
        problems.append(
            node.position.problem("thresholds.scopes: it takes a list of scopes, or null for none")
        )
        return
    known = [name for scope in SCOPES for name in scope.names]
    for item in node.items:
        if is_hole(item):
            continue
        name = item.value if isinstance(item, ScalarNode) else None
        hint = did_you_mean(name, known) if isinstance(name, str) else ""
        if isinstance(name, str) and (scope_of(name) or not hint):
            yield name
        else:
            problems.append(
                item.position.problem(f"thresholds.scopes: {name!r} is not a scope{hint}")
            )
