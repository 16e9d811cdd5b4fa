"""Load a spec: from a file to a :class:`Spec`, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.field import Kind, Role
from provision.errors import SpecError
from provision.findings import Finding, Severity, in_order
from provision.spec.block import Block, read_block
from provision.spec.combination.judge import found_in_draft
from provision.spec.combination.unique import UniqueValue, unique_values
from provision.spec.document import Draft, contradictions, read_document
from provision.spec.hiding import without_values
from provision.spec.key_material import KeyMaterial, read_key_material
from provision.spec.model import SpecDocument
from provision.spec.node import MappingNode, ScalarNode, node_at, positions
from provision.spec.position import KeyPath, Positions, dotted
from provision.spec.source import read_source
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["Checked", "check", "load"]

_PASSPHRASE: Final = ("oauth", "jwt_bearer", "private_key_passphrase")
_SECRETS: Final = (_PASSPHRASE, ("oauth", "client_credentials", "secret"))
_KEY_FILES: Final = tuple(("oauth", "jwt_bearer", key) for key in ("certificate", "private_key"))
_SENSITIVE: Final = frozenset[KeyPath](
    (
        *_SECRETS,
        *_KEY_FILES,
        *(
            ("metadata", metadata_type.name, field.name)
            for metadata_type in CORE_TYPES
            for field in metadata_type.fields
            if field.kind is Kind.CERTIFICATE or field.role is Role.ON_CREATE
        ),
    )
)
_WRITTEN_OUT: Final = (
    "a secret is never written in a spec: use ${env:NAME}, ${file:PATH} or ${cmd:COMMAND}"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a spec without an org.

    ``spec`` is set if nothing is wrong and nothing was left unchecked. ``unchecked`` are the
    variables without a value, as they are written between the braces. ``combinations`` are values
    that do not go together; verbs with a plan or findings report those in their own way. ``unique``
    are values that no two orgs may share.
    """

    spec: Spec | None
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    combinations: tuple[Finding, ...] = ()
    unique: tuple[UniqueValue, ...] = ()


def load(path: Path, variables: Variables, *, now: datetime | None = None) -> Spec:
    """The spec in the file ``path``. Certificates must be valid at ``now`` (aware).

    Raises :class:`SpecError` with every problem; an undefined variable is one.
    """
    checked, undefined = _check(path, variables, now or datetime.now(UTC))
    problems = (*checked.problems, *undefined)
    if problems or checked.spec is None:
        raise SpecError(problems)
    return checked.spec


def check(path: Path, variables: Variables, *, now: datetime | None = None) -> Checked:
    """Check the spec in the file ``path``, of which some variables may be undefined.

    A value with an undefined variable in it is not checked; all other values are.
    """
    return _check(path, variables, now or datetime.now(UTC))[0]


def _check(path: Path, variables: Variables, now: datetime) -> tuple[Checked, tuple[Finding, ...]]:
    """The result of :func:`check`, and the undefined variables as problems."""
    source = read_source(path, variables)
    if source.root is None:
        return Checked(None, _redacted(source.problems), (), ()), ()
    contents = _Contents.of(source.root, path.parent, now)
    read = without_values(source.problems, source.root, _is_sensitive)
    problems = _redacted((*read, *contents.problems))
    warnings = _redacted(contents.warnings)
    spec = None
    if contents.document is not None and not problems and not source.undefined:
        spec = Spec(
            path=path,
            document=contents.document,
            positions=contents.positions,
            warnings=warnings,
            certificate=contents.keys.certificate,
            private_key=contents.keys.private_key,
            presets=source.presets,
            sensitive=source.sensitive,
        )
    unchecked = tuple(sorted({undefined.name for _, undefined in source.undefined}))
    undefined = tuple(at.problem(undefined.message) for at, undefined in source.undefined)
    combinations = _redacted(contents.combinations)
    checked = Checked(spec, problems, warnings, unchecked, combinations, contents.unique)
    return checked, undefined


def _redacted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return in_order(each.redacted() for each in findings)


@dataclass(frozen=True, slots=True)
class _Contents:
    """The contents of a tree, as far as they can be read, and what is wrong with them."""

    document: SpecDocument | None
    positions: Positions
    keys: KeyMaterial
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    combinations: tuple[Finding, ...]
    unique: tuple[UniqueValue, ...]

    @classmethod
    def of(cls, root: MappingNode, directory: Path, now: datetime) -> _Contents:
        places = positions(root)
        metadata = root.entries.get("metadata")
        block = read_block(metadata.node, places) if metadata else Block()
        draft = read_document(root, block.values, places, directory)
        findings = tuple(contradictions(draft, places))
        together = found_in_draft(draft, places)
        keys = _keys(draft, places, now)
        return cls(
            draft.document,
            places,
            keys,
            problems=(
                *without_values((*block.problems, *draft.problems), root, _is_sensitive),
                *_literal_secrets(root),
                *(each for each in findings if each.severity is Severity.ERROR),
                *(each for each in together if each.severity is Severity.ERROR),
                *keys.problems,
            ),
            warnings=(
                *(each for each in findings if each.severity is not Severity.ERROR),
                *keys.warnings,
            ),
            combinations=tuple(each for each in together if each.severity is not Severity.ERROR),
            unique=unique_values(draft, places),
        )


def _is_sensitive(path: KeyPath) -> bool:
    return path in _SENSITIVE


def _keys(draft: Draft, places: Positions, now: datetime) -> KeyMaterial:
    oauth = draft.document.oauth if draft.document else None
    if oauth is None or oauth.jwt_bearer is None:
        return KeyMaterial()
    return read_key_material(
        oauth.jwt_bearer, places, now, passphrase_known=draft.is_known(_PASSPHRASE)
    )


def _literal_secrets(root: MappingNode) -> Iterable[Finding]:
    for path in _SECRETS:
        node = node_at(root, path)
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or node.outside:
            continue
        # Many CI systems replace a missing secret with an empty text.
        reason = _WRITTEN_OUT if node.value else "it is empty"
        yield node.position.problem(f"{dotted(path)}: {reason}")
