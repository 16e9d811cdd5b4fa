"""Load a spec: from a file to a :class:`Spec`, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provision.errors import Problem, SpecError
from provision.spec.block import Block, read_block
from provision.spec.combination.combination import Found, FoundSeverity
from provision.spec.combination.judge import found_in_draft
from provision.spec.combination.unique import UniqueValue, unique_values
from provision.spec.consistency import consistency
from provision.spec.document import Draft, read_document
from provision.spec.key_material import KeyMaterial, read_key_material
from provision.spec.model import SpecDocument
from provision.spec.node import MappingNode, ScalarNode, node_at, positions
from provision.spec.position import KeyPath, Positions, dotted
from provision.spec.shown import shown
from provision.spec.source import read_source
from provision.spec.spec import Spec
from provision.spec.unquoted import unquoted
from provision.spec.variable import Variables

__all__ = ["Checked", "ToldCombination", "check", "load"]

_PASSPHRASE: Final = ("oauth", "jwt_bearer", "private_key_passphrase")
_SECRETS: Final = (_PASSPHRASE, ("oauth", "client_credentials", "secret"))
_KEY_FILES: Final = tuple(("oauth", "jwt_bearer", key) for key in ("certificate", "private_key"))
_OWN_FIELDS: Final = ("certificate", "consumerKey", "consumerSecret")
_SENSITIVE: Final = frozenset[KeyPath](
    (
        *_SECRETS,
        *_KEY_FILES,
        *(("metadata", "ExtlClntAppGlobalOauthSettings", field) for field in _OWN_FIELDS),
    )
)
_WRITTEN_OUT: Final = (
    "a secret is never written in a spec: use ${env:NAME}, ${file:PATH} or ${cmd:COMMAND}"
)


@dataclass(frozen=True, slots=True, order=True)
class ToldCombination:
    """Values that do not go together, at their place. Not an error: an error is a problem.

    ``source`` is where the platform fact comes from.
    """

    problem: Problem
    severity: FoundSeverity
    rule: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.problem} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Checked:
    """What can be said of a spec without an org.

    ``spec`` is there when nothing is wrong and nothing was left unchecked. ``unchecked`` are the
    variables, as written between the braces, that have no value here. ``combinations`` are
    values that do not go together; verbs with a plan or findings tell them themselves. ``unique``
    are values that no two orgs may share.
    """

    spec: Spec | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unchecked: tuple[str, ...]
    combinations: tuple[ToldCombination, ...] = ()
    unique: tuple[UniqueValue, ...] = ()


def load(path: Path, variables: Variables, *, now: datetime | None = None) -> Spec:
    """The spec in the file ``path``. ``now`` (aware) is what certificates are held to.

    Raises :class:`SpecError` with every problem, an undefined variable being one.
    """
    checked, undefined = _check(path, variables, now or datetime.now(UTC))
    problems = (*checked.problems, *undefined)
    if problems or checked.spec is None:
        raise SpecError(problems)
    return checked.spec


def check(path: Path, variables: Variables, *, now: datetime | None = None) -> Checked:
    """Everything that can be said of ``path`` with some variables undefined.

    A value with an undefined variable in it is not checked; everything else is.
    """
    return _check(path, variables, now or datetime.now(UTC))[0]


def _check(path: Path, variables: Variables, now: datetime) -> tuple[Checked, tuple[Problem, ...]]:
    """What :func:`check` says, and the undefined variables as problems."""
    source = read_source(path, variables)
    if source.root is None:
        return Checked(None, shown(source.problems), (), ()), ()
    contents = _Contents.of(source.root, path.parent, now)
    read = unquoted(source.problems, source.root, _is_sensitive)
    problems = shown((*read, *contents.problems), source.sensitive)
    warnings = shown(contents.warnings, source.sensitive)
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
    combinations = tuple(
        _told(found, contents.positions, source.sensitive) for found in contents.combinations
    )
    told = Checked(spec, problems, warnings, unchecked, combinations, contents.unique)
    return told, undefined


def _told(found: Found, places: Positions, sensitive: frozenset[str]) -> ToldCombination:
    [problem] = shown((places.of(found.path).problem(found.sentence),), sensitive)
    return ToldCombination(problem, found.severity, found.combination.id, found.combination.source)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a tree says, as far as it can be read, and what is wrong with it."""

    document: SpecDocument | None
    positions: Positions
    keys: KeyMaterial
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    combinations: tuple[Found, ...]
    unique: tuple[UniqueValue, ...]

    @classmethod
    def of(cls, root: MappingNode, directory: Path, now: datetime) -> _Contents:
        places = positions(root)
        metadata = root.entries.get("metadata")
        block = read_block(metadata.node, places) if metadata else Block()
        draft = read_document(root, block.values, places, directory)
        findings = tuple(consistency(draft, places))
        together = found_in_draft(draft, places)
        keys = _keys(draft, places, now)
        return cls(
            draft.document,
            places,
            keys,
            problems=(
                *unquoted((*block.problems, *draft.problems), root, _is_sensitive),
                *_literal_secrets(root),
                *(finding.problem for finding in findings if finding.fatal),
                *(places.of(each.path).problem(each.sentence) for each in together if each.refuses),
                *keys.problems,
            ),
            warnings=(
                *(finding.problem for finding in findings if not finding.fatal),
                *keys.warnings,
            ),
            combinations=tuple(each for each in together if not each.refuses),
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


def _literal_secrets(root: MappingNode) -> Iterable[Problem]:
    for path in _SECRETS:
        node = node_at(root, path)
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or node.outside:
            continue
        # Empty is what many CI systems make of a secret that is not there.
        reason = _WRITTEN_OUT if node.value else "it is empty"
        yield node.position.problem(f"{dotted(path)}: {reason}")
