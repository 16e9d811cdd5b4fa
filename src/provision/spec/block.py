"""The `metadata:` block: fields by their metadata names, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from provision.catalogue.catalogue import CORE_TYPES, NEWEST_API, path_of, type_named
from provision.catalogue.field import Field, MetadataType, Role
from provision.catalogue.violation import violations_of_value
from provision.findings import Finding
from provision.spec.field_value import FieldRefused, FieldValue, field_value
from provision.spec.hint import did_you_mean, keys_for, type_hint
from provision.spec.node import HOLE, Entry, MappingNode, Node, ScalarNode, has_holes
from provision.spec.position import Position, Positions, dotted

__all__ = ["Block", "read_block"]

_REASONS: Final = {
    Role.PLATFORM: "the org generates it, so a spec cannot set it",
    Role.PARENT: "provision fills it in from `app`",
    Role.ACTION: "it is an action, not a state; use `provision credentials rotate`",
}


@dataclass(slots=True)
class Block:
    """The values of a `metadata:` block, by type and field, and what is wrong with it."""

    values: dict[str, dict[str, FieldValue | None]] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)


def read_block(node: Node, positions: Positions) -> Block:
    """Read the `metadata:` block ``node`` of the spec with these ``positions``."""
    block = Block()
    for name, entry in _entries(node, "metadata", "metadata types to their fields", block):
        metadata_type = type_named(name)
        if metadata_type is None:
            block.problems.append(entry.key.problem(f"metadata: {_no_type(name)}"))
            continue
        block.values[name] = _fields(metadata_type, entry.node, positions, block)
    return block


def _fields(
    metadata_type: MetadataType, node: Node, positions: Positions, block: Block
) -> dict[str, FieldValue | None]:
    values: dict[str, FieldValue | None] = {}
    where = f"metadata.{metadata_type.name}"
    for name, entry in _entries(node, where, "fields to their values", block):
        known = metadata_type.field(name)
        if known is None:
            own = [each.name for each in metadata_type.fields]
            nearest = keys_for(name) or did_you_mean(name, own)
            block.problems.append(
                entry.key.problem(f"{where}: {metadata_type.name} has no field {name}{nearest}")
            )
            continue
        found = list(_refusals(metadata_type, known, entry, positions))
        block.problems.extend(at.problem(f"{where}.{name}: {text}") for at, text in found)
        if found or has_holes(entry.node):
            continue
        try:
            value = field_value(known, entry.node)
        except FieldRefused as error:
            at = error.at or entry.node.position
            block.problems.append(at.problem(f"{where}.{name}: {error}"))
            continue
        if value is not None:
            block.problems.extend(_violations(metadata_type, known, value, entry, where))
        values[name] = value
    return values


def _no_type(name: str) -> str:
    known = [known_type.name for known_type in CORE_TYPES]
    return type_hint(name) or (
        f"provision knows no type {name} of an external client app"
        f"{did_you_mean(name, known) or ': ' + ', '.join(known)}"
    )


def _entries(node: Node, where: str, what: str, block: Block) -> Iterator[tuple[str, Entry]]:
    if isinstance(node, MappingNode):
        yield from node.entries.items()
    elif not has_holes(node):
        block.problems.append(node.position.problem(f"{where}: it must be a mapping of {what}"))


def _refusals(
    metadata_type: MetadataType, known: Field, entry: Entry, positions: Positions
) -> Iterator[tuple[Position, str]]:
    """Why this field cannot be set here, whatever its value is."""
    reason = _REASONS.get(known.role)
    if reason:
        yield entry.key, f"{reason}. {known.note}".rstrip(". ")
        return
    named = path_of(metadata_type, known.name)
    if named[0] != "metadata" and named in positions:
        yield (
            entry.key,
            f"{dotted(named)} at {positions.of_key(named)} sets the same field; remove one of them",
        )
    if not isinstance(entry.node, ScalarNode) or entry.node.value is HOLE:
        return
    if entry.node.value is None and (known.required or known.role is Role.ON_CREATE):
        yield entry.node.position, "it cannot be null: an org does not unset it"
    elif known.secret and not entry.node.outside:
        yield (
            entry.node.position,
            "a secret is never written in a spec: use ${env:NAME}, ${file:PATH} or ${cmd:COMMAND}",
        )


def _violations(
    metadata_type: MetadataType, known: Field, value: FieldValue, entry: Entry, where: str
) -> Iterator[Finding]:
    for violation in violations_of_value(metadata_type, known, value, NEWEST_API):
        # The org's version is not known here. The plan checks what depends on it.
        if not violation.version_bound:
            yield entry.node.position.problem(f"{where}.{known.name}: {violation.message}")
