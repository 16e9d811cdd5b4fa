"""Edit: orgs added to a fleet file, with every other byte as it was."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from provision.errors import CannotError, SpecError
from provision.fleet.fleet import Fleet
from provision.fleet.load import load_fleet
from provision.spec.node import MappingNode, node_at
from provision.whole_file import write_whole

__all__ = ["NewOrg", "add_orgs", "lines_of"]

_INDENT: Final = 2
_NEW_MODE: Final = 0o644
_HEAD: Final = "# yaml-language-server: $schema=./fleet.schema.json\n\n"


@dataclass(frozen=True, slots=True)
class NewOrg:
    """An org to be added: what its entry says. An alias that is the name needs no login."""

    name: str
    alias: str = ""
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def lines_of(org: NewOrg) -> tuple[str, ...]:
    """The entry of an org, as lines of YAML without indentation."""
    said: dict[str, object] = {
        "groups": list(org.groups),
        "tags": list(org.tags),
        "specs": list(org.specs),
        "variables": dict(org.variables),
        "login": {"sf": org.alias} if org.alias not in {"", org.name} else {},
    }
    # JSON in one line is YAML, whatever is in it.
    lines = [f"  {key}: {json.dumps(value)}" for key, value in said.items() if value]
    return (f"{_key(org.name)}:", *lines) if lines else (f"{_key(org.name)}: {{}}",)


def add_orgs(path: Path, orgs: Sequence[NewOrg]) -> None:
    """Add ``orgs`` at the end of the fleet's, in a new file if there is none.

    What is there already must not be among them. The new file is read before it takes the old
    one's place. Raises :class:`CannotError` where the file is not written in a way that can be
    added to, with the lines to add, and :class:`SpecError` for a fleet that is wrong already.
    """
    listed = [line for org in orgs for line in lines_of(org)]
    new = f"{_HEAD}orgs:\n" + "".join(f"  {line}\n" for line in listed)
    mode = _NEW_MODE
    before: frozenset[str] = frozenset()
    if path.exists():
        fleet = load_fleet(path)
        before = frozenset(fleet.orgs)
        new = _added(fleet, path.read_bytes().decode("utf-8-sig"), listed)
        mode = stat.S_IMODE(path.stat().st_mode)
    if not new or not _holds(new, path, before | {org.name for org in orgs}):
        said = "\n".join(f"  {line}" for line in listed)
        raise CannotError(
            f"{path} cannot be added to by a program, as it is written",
            next_step=f"Add this to its orgs yourself:\n{said}",
        )
    try:
        write_whole(path.resolve(), new.encode(), mode)  # a link stays one
    except OSError as error:
        raise CannotError(
            f"{path} cannot be written: {error.strerror}",
            next_step="Name a file in a folder that you may write to.",
        ) from error


def _added(fleet: Fleet, text: str, listed: Sequence[str]) -> str:
    """The file with more orgs behind the last; empty where its form does not allow it."""
    node = node_at(fleet.root, ("orgs",))
    if not isinstance(node, MappingNode) or not node.entries:
        return ""
    first = next(iter(node.entries.values())).key
    own = fleet.positions.of_key(("orgs",))
    if first.line == own.line:  # { in a line }
        return ""
    lines = text.splitlines(keepends=True)
    end = _end_of_block(lines, own.line)
    feed = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if not lines[end - 1].endswith(("\n", "\r")):
        lines[end - 1] += feed
    indent = " " * (first.column - 1)
    lines[end:end] = [f"{indent}{line}{feed}" for line in listed]
    return "".join(lines)


def _end_of_block(lines: Sequence[str], key_line: int) -> int:
    """How many lines there are up to the last of the block whose key stands in ``key_line``."""
    last = key_line
    for number in range(key_line, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith((" ", "\t")):
            break
        last = number + 1
    return last


def _holds(text: str, path: Path, names: frozenset[str]) -> bool:
    """Whether ``text`` is a fleet of just these orgs, as a check of the change itself."""
    with TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8", newline="")
        try:
            return frozenset(load_fleet(trial).orgs) == names
        except SpecError:
            return False


def _key(name: str) -> str:
    plain = name.replace("-", "").replace("_", "").replace(".", "").isalnum() and name[0].isalpha()
    return name if plain and name.isascii() and len(name) > 3 else json.dumps(name)
