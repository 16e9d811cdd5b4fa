"""Changed: which orgs of a fleet are not what they were at a git revision."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from provision.errors import CannotError, SpecError
from provision.fleet.fleet import Fleet
from provision.fleet.load import load_fleet
from provision.spec.node import Node, SequenceNode, node_at, plain

__all__ = ["changed_since"]

_SECONDS = 60


def changed_since(fleet: Fleet, revision: str) -> frozenset[str]:
    """The orgs whose entry, specs, or files that a spec names differ from ``revision``.

    Where the fleet file is new, or could not be read then, it is all of them: too many, never too
    few. Raises :class:`CannotError` where git does not know the revision.
    """
    files = _changed_files(fleet.path, revision)
    before = _at(fleet, revision) if fleet.path.resolve() in files else fleet
    if before is None:
        return frozenset(fleet.orgs)
    touched = {spec for org in fleet.orgs.values() for spec in org.specs if _touched(spec, files)}
    return frozenset(
        name
        for name, org in fleet.orgs.items()
        if not touched.isdisjoint(org.specs) or _said(fleet, name) != _said(before, name)
    )


def _said(fleet: Fleet, name: str) -> object:
    """Everything that a file says for an org, with the values of its groups and the defaults."""
    org = fleet.orgs.get(name)
    if org is None:
        return None
    scopes = [("defaults",), *(("groups", group) for group in org.groups), ("orgs", name)]
    return [_plain(node_at(fleet.root, scope)) for scope in scopes]


def _plain(node: Node | None) -> object:
    return plain(SequenceNode(node.position, (node,))).value if node else None


def _touched(spec: Path, files: frozenset[Path]) -> bool:
    """Whether the spec changed, or a file that it names: a certificate, a ${file:...}."""
    if spec.resolve() in files:
        return True
    try:
        text = spec.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True  # what is wrong with it is said when it is loaded
    folder = spec.parent.resolve()
    return any(str(_relative(file, folder)) in text for file in files)


def _relative(file: Path, folder: Path) -> Path:
    return file.relative_to(folder) if file.is_relative_to(folder) else Path(file.name)


def _changed_files(fleet: Path, revision: str) -> frozenset[Path]:
    """The files that git has otherwise at ``revision``, and those that it does not have at all."""
    folder = fleet.resolve().parent
    if revision.startswith("-") or not revision:
        raise CannotError(f"{revision!r} is no git revision", next_step="Write changed:main.")
    top = Path(_git(folder, ["rev-parse", "--show-toplevel"]).decode().rstrip("\n"))
    _git(folder, ["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], revision)
    listed = _git(top, ["diff", "--name-only", "-z", "--no-renames", revision, "--"], revision)
    listed += _git(top, ["ls-files", "--others", "--exclude-standard", "-z"])
    return frozenset((top / name).resolve() for name in listed.decode().split("\0") if name)


def _at(fleet: Fleet, revision: str) -> Fleet | None:
    """The fleet as its file was at ``revision``, or ``None``."""
    folder = fleet.path.resolve().parent
    try:
        content = _git(folder, ["show", f"{revision}:./{fleet.path.name}"])
    except CannotError:
        return None
    with TemporaryDirectory() as empty:
        old = Path(empty) / fleet.path.name
        old.write_bytes(content)
        try:
            return load_fleet(old)
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
        said = error.stderr.decode(errors="replace").strip().splitlines()
        unknown = f"git knows no revision {revision!r} in {folder}" if revision else ""
        raise CannotError(
            unknown or f"git in {folder}: {said[0] if said else 'it failed'}",
            next_step="changed:REVISION needs a checkout with that revision in it (in CI: fetch "
            "the whole history).",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotError(
            "changed:REVISION needs git", next_step="Install git, or select in another way."
        ) from error
    return done.stdout
