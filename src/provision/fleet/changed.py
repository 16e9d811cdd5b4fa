"""Changed: which orgs of a fleet are not what they were at a git revision."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.errors import CannotError, SpecError
from provision.fleet.fleet import Fleet
from provision.fleet.load import fleet_of
from provision.spec.node import MappingNode, Node, ScalarNode, SequenceNode, node_at
from provision.spec.position import KeyPath
from provision.spec.reader import read_file

__all__ = ["changed_since"]

_SECONDS: Final = 60
_FILE: Final = re.compile(r"(?<!\$)\$\{file:([^}]+)\}")
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_KEY_FILES: Final = tuple(("oauth", "jwt_bearer", key) for key in ("certificate", "private_key"))


def changed_since(fleet: Fleet, revision: str) -> frozenset[str]:
    """The orgs whose entry, specs, or files that one of these names differ from ``revision``.

    Where the fleet file is new, or could not be read then, it is all of them: too many, never too
    few. Files that git ignores are not looked at. Raises :class:`CannotError` where git does not
    know the revision.
    """
    difference = _difference(fleet.path, revision)
    before = _at(fleet, revision) if difference.has(fleet.path) else fleet
    if before is None:
        return frozenset(fleet.orgs)
    specs = {spec for org in fleet.orgs.values() for spec in org.specs}
    touched = {spec for spec in specs if _is_touched(spec, difference)}
    return frozenset(
        name
        for name, org in fleet.orgs.items()
        if not touched.isdisjoint(org.specs)
        or _values(fleet, name) != _values(before, name)
        or _reads_any(_entries(fleet, name), fleet.path.parent, difference)
    )


@dataclass(frozen=True, slots=True)
class _Difference:
    """The files of a checkout that are not what they were. A folder stands for all in it."""

    top: Path
    files: frozenset[Path]

    def has(self, path: Path) -> bool:
        """Whether a file is among them; what is outside of the checkout may always be."""
        real = path.resolve()
        return not real.is_relative_to(self.top) or not self.files.isdisjoint((real, *real.parents))

    def has_any(self, pattern: str, folder: Path) -> bool:
        """Whether it has a file named as ``pattern``, in which variables are not known yet."""
        if not _VARIABLE.search(pattern):
            return self.has(folder / pattern)
        parts = _VARIABLE.split(os.path.normpath(folder.resolve() / pattern))
        form = re.compile(".*".join(map(re.escape, parts)))
        return any(form.fullmatch(str(file)) for file in self.files)


def _entries(fleet: Fleet, name: str) -> list[Node | None]:
    """Everything that a file says for an org, with its groups and the defaults."""
    org = fleet.orgs.get(name)
    groups: list[KeyPath] = [("groups", group) for group in org.groups] if org else []
    return [node_at(fleet.root, path) for path in (("defaults",), *groups, ("orgs", name))]


def _values(fleet: Fleet, name: str) -> object:
    return list(map(_plain, _entries(fleet, name))) if name in fleet.orgs else None


def _plain(node: Node | None) -> object:
    """The values of a tree, in which 1 is not true."""
    match node:
        case ScalarNode():
            return type(node.value), node.value
        case SequenceNode():
            return tuple(map(_plain, node.items))
        case MappingNode():
            return {key: _plain(entry.node) for key, entry in node.entries.items()}
        case None:
            return None


def _is_touched(spec: Path, difference: _Difference) -> bool:
    """Whether a spec changed, or a file that it names."""
    if difference.has(spec):
        return True
    root = read_file(spec).root
    if root is None:
        return True  # what is wrong with it is said when it is loaded
    keys = [node for path in _KEY_FILES if isinstance(node := node_at(root, path), ScalarNode)]
    return any(difference.has_any(key.raw, spec.parent) for key in keys) or _reads_any(
        [root], spec.parent, difference
    )


def _reads_any(nodes: Sequence[Node | None], folder: Path, difference: _Difference) -> bool:
    """Whether a ${file:...} in ``nodes`` is for a file that changed."""
    texts = (text for node in nodes if node for text in _texts(node))
    return any(difference.has(folder / name) for text in texts for name in _FILE.findall(text))


def _texts(node: Node) -> Iterator[str]:
    match node:
        case ScalarNode():
            yield node.raw
        case SequenceNode():
            for item in node.items:
                yield from _texts(item)
        case MappingNode():
            for entry in node.entries.values():
                yield from _texts(entry.node)


def _difference(fleet: Path, revision: str) -> _Difference:
    """What git has otherwise at ``revision``, and what it does not have at all."""
    folder = fleet.resolve().parent
    if revision.startswith("-") or not revision:
        raise CannotError(f"{revision!r} is no git revision", next_step="Write changed:main.")
    top = Path(os.fsdecode(_git(folder, ["rev-parse", "--show-toplevel"])).rstrip("\n")).resolve()
    _git(folder, ["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], revision)
    listed = _git(top, ["diff", "--name-only", "-z", "--no-renames", revision, "--"])
    listed += _git(top, ["ls-files", "--others", "--exclude-standard", "-z"])
    names = os.fsdecode(listed).split("\0")
    return _Difference(top, frozenset((top / name).resolve() for name in names if name))


def _at(fleet: Fleet, revision: str) -> Fleet | None:
    """The fleet as its file was at ``revision``, or ``None``."""
    folder = fleet.path.resolve().parent
    try:
        content = _git(folder, ["show", f"{revision}:./{fleet.path.name}"])
    except CannotError:
        return None
    try:
        return fleet_of(content, fleet.path)
    except SpecError:
        return None


def _git(folder: Path, arguments: Sequence[str], revision: str = "") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # git, with arguments as a list
            ["git", "-C", str(folder), *arguments],  # noqa: S607  # the user's own git
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        output = error.stderr.decode(errors="replace").strip().splitlines()
        unknown = f"git knows no revision {revision!r} in {folder}" if revision else ""
        raise CannotError(
            unknown or f"git in {folder}: {output[0] if output else 'it failed'}",
            next_step="changed:REVISION needs a checkout with that revision in it (in CI: fetch "
            "the whole history).",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotError(
            "changed:REVISION needs git", next_step="Install git, or select in another way."
        ) from error
    return done.stdout
