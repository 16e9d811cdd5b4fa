"""Load a spec: from a file to a :class:`Spec`, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provision.errors import Problem, SpecError
from provision.spec.block import read_block
from provision.spec.consistency import consistency
from provision.spec.document import read_document
from provision.spec.expansion import Expander
from provision.spec.key_material import KeyMaterial, read_key_material
from provision.spec.node import MappingNode, ScalarNode, node_at, positions
from provision.spec.position import Position
from provision.spec.preset import extended
from provision.spec.reader import Reading, read_yaml
from provision.spec.spec import Spec
from provision.spec.variable import Variables

__all__ = ["Checked", "check", "load"]

_PASSPHRASE: Final = ("oauth", "jwt_bearer", "private_key_passphrase")
_SHORTEST_SECRET: Final = 4  # hiding shorter texts would hide parts of every other word


@dataclass(frozen=True, slots=True)
class Checked:
    """What can be said of a spec without an org.

    ``spec`` is there when nothing is wrong and nothing was left unchecked. ``unchecked`` are the
    variables, as written between the braces, that have no value here.
    """

    spec: Spec | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unchecked: tuple[str, ...]


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
    reading = _read(path)
    problems = list(reading.problems)
    if reading.root is None:
        return Checked(None, _sorted(problems), (), ()), ()
    expander = Expander(variables, path.parent)
    expanded = expander.mapping(reading.root)
    problems += expander.problems
    root, presets = extended(expanded, problems)
    places = positions(root)
    metadata = root.entries.get("metadata")
    values = {}
    if metadata is not None:
        block = read_block(metadata.node, places)
        values = block.values
        problems += block.problems
    draft = read_document(root, values, places, path.parent)
    problems += draft.problems
    problems += _literal_passphrase(root)
    findings = list(consistency(draft, places))
    problems += [finding.problem for finding in findings if finding.fatal]
    warnings = [finding.problem for finding in findings if not finding.fatal]
    oauth = draft.document.oauth if draft.document else None
    material = KeyMaterial()
    if oauth is not None and oauth.jwt_bearer is not None:
        material = read_key_material(oauth.jwt_bearer, places, now)
    problems += material.problems
    warnings += material.warnings
    sensitive = frozenset(expander.sensitive)
    shown = _sorted(_redacted(problem, sensitive) for problem in problems)
    spec = None
    if draft.document is not None and not problems and not expander.undefined:
        spec = Spec(
            path=path,
            document=draft.document,
            positions=places,
            warnings=_sorted(_redacted(warning, sensitive) for warning in warnings),
            certificate=material.certificate,
            private_key=material.private_key,
            presets=presets,
            sensitive=sensitive,
        )
    return (
        Checked(
            spec,
            shown,
            _sorted(_redacted(warning, sensitive) for warning in warnings),
            tuple(sorted({undefined.name for _, undefined in expander.undefined})),
        ),
        tuple(at.problem(undefined.message) for at, undefined in expander.undefined),
    )


def _read(path: Path) -> Reading:
    start = Position(str(path), 1, 1)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Reading(None, (start.problem("there is no such file"),))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Reading(None, (start.problem(f"the file cannot be read: {reason}"),))
    return read_yaml(data, str(path))


def _literal_passphrase(root: MappingNode) -> Iterable[Problem]:
    node = node_at(root, _PASSPHRASE)
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and not node.outside:
        yield node.position.problem(
            "oauth.jwt_bearer.private_key_passphrase: a secret is never written in a spec: use "
            "${env:NAME}, ${file:PATH} or ${cmd:COMMAND}"
        )


def _redacted(problem: Problem, sensitive: frozenset[str]) -> Problem:
    message = problem.message
    for text in sorted(sensitive, key=len, reverse=True):
        if len(text) >= _SHORTEST_SECRET:
            for form in (text, repr(text)[1:-1]):
                message = message.replace(form, "***")
    return Problem(problem.file, problem.line, problem.column, message)


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems)))
