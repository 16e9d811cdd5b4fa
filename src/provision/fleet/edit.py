"""Edit: orgs added to a fleet file, with every other byte as it was."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import CannotError, SpecError
from provision.fleet.fleet import Fleet
from provision.fleet.load import fleet_of
from provision.spec.node import MappingNode, node_at, plain
from provision.spec.plain_scalar import PlainScalarRefused, plain_scalar
from provision.whole_file import check_room, write_whole

__all__ = ["FleetEdit", "NewOrg", "add_orgs", "lines_of", "with_orgs"]

_NEW_MODE: Final = 0o644
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_UNPRINTABLE: Final = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_HEAD: Final = "# yaml-language-server: $schema=./fleet.schema.json\n\n"


@dataclass(frozen=True, slots=True)
class NewOrg:
    """An org to be added: what its entry says. An alias that is the name needs no login.

    Values of ``variables`` are what they are, ``${`` in them included.
    """

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
        "variables": {key: text.replace("${", "$${") for key, text in org.variables.items()},
        "login": {"sf": org.alias} if org.alias not in {"", org.name} else {},
    }
    lines = [f"  {key}: {_json(value)}" for key, value in said.items() if value]
    return (f"{_key(org.name)}:", *lines) if lines else (f"{_key(org.name)}: {{}}",)


@dataclass(frozen=True, slots=True)
class FleetEdit:
    """A fleet file with ``orgs`` as it will be: ``fleet`` is what it then says.

    ``before`` is what was there, ``None`` where there was no file.
    """

    path: Path
    orgs: Sequence[NewOrg]
    before: bytes | None = field(repr=False)
    content: bytes = field(repr=False)
    mode: int
    fleet: Fleet

    def check(self) -> None:
        """Raise :class:`CannotError` now if the file could not be written in the end."""
        try:
            check_room(self.path.resolve())
        except OSError as error:
            raise CannotError(
                f"{self.path} cannot be written: {error.strerror}",
                next_step="Name a file in a folder that you may write to.",
            ) from error

    def write(self) -> None:
        """Put it in the place of what is there; what others have written there meanwhile stays.

        Raises as :func:`with_orgs` does, and :class:`CannotError` where it cannot be written.
        """
        if _content(self.path) != self.before:
            with_orgs(self.path, self.orgs).write()
            return
        try:
            write_whole(self.path.resolve(), self.content, self.mode)  # a link stays one
        except OSError as error:
            raise CannotError(
                f"{self.path} cannot be written: {error.strerror}",
                next_step="Make room there, and run it again. Or add this to its orgs yourself:\n"
                + _indented(self.orgs),
            ) from error


def add_orgs(path: Path, orgs: Sequence[NewOrg]) -> None:
    """Add ``orgs`` to the fleet in ``path``: see :func:`with_orgs`."""
    with_orgs(path, orgs).write()


def with_orgs(path: Path, orgs: Sequence[NewOrg]) -> FleetEdit:
    """The fleet in ``path`` with ``orgs`` at its end, in a new file if there is none.

    Raises :class:`CannotError` where one of them is there already, and where the file is not
    written in a way that can be added to, with the lines to add; :class:`SpecError` for a fleet
    that is wrong already.
    """
    listed = [line for org in orgs for line in lines_of(org)]
    new = f"{_HEAD}orgs:\n" + "".join(f"  {line}\n" for line in listed)
    mode = _NEW_MODE
    before: Fleet | None = None
    content = _content(path)
    if content is not None:
        before = fleet_of(content, path)
        _refuse_known(before, orgs)
        new = _added(before, content.decode(), listed)
        mode = stat.S_IMODE(path.stat().st_mode)
    after = _checked(new, path, orgs, before)
    if after is None:
        raise CannotError(
            f"{path} cannot be added to by a program, as it is written",
            next_step=f"Add this to its orgs yourself:\n{_indented(orgs)}",
        )
    return FleetEdit(path, orgs, content, new.encode(), mode, after)


def _indented(orgs: Sequence[NewOrg]) -> str:
    return "\n".join(f"  {line}" for org in orgs for line in lines_of(org))


def _content(path: Path) -> bytes | None:
    if not path.exists():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotError(
            f"{path} cannot be read: {error.strerror}", next_step="Name a fleet file."
        ) from error


def _refuse_known(fleet: Fleet, orgs: Sequence[NewOrg]) -> None:
    known = [org.name for org in orgs if org.name in fleet.orgs]
    if known:
        raise CannotError(
            f"{fleet.path} has {', '.join(known)} already", next_step="See what it says of it."
        )


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


def _checked(text: str, path: Path, orgs: Sequence[NewOrg], before: Fleet | None) -> Fleet | None:
    """The fleet that ``text`` is, if it is the one before with ``orgs``: a check of the change."""
    try:
        after = fleet_of(text.encode(), path)
    except SpecError:
        return None
    there = before.orgs if before else {}
    if [*after.orgs] != [*there, *(org.name for org in orgs)]:
        return None
    return after if _kept(before, after) else None


def _kept(before: Fleet | None, after: Fleet) -> bool:
    """Whether everything that was said is said still."""
    return before is None or _values(before, before) == _values(after, before)


def _values(fleet: Fleet, before: Fleet) -> object:
    """What ``fleet`` says, of orgs those alone that there were ``before``."""
    values = plain(fleet.root).value
    return [
        {name: org for name, org in value.items() if name in before.orgs}
        if key == "orgs"
        else value
        for key, value in (values.items() if isinstance(values, dict) else ())
    ]


def _key(name: str) -> str:
    try:
        is_plain = bool(_PLAIN.fullmatch(name)) and plain_scalar(name) == name
    except PlainScalarRefused:
        is_plain = False
    return name if is_plain else _json(name)


def _json(value: object) -> str:
    """JSON in one line is YAML, but for characters that YAML takes escaped alone."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
