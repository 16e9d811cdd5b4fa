"""SfState: the files of the `sf` CLI, so that a login of ours does not delete a session.

OBS: `sf org login jwt` deletes the user's session, its aliases and the defaults that name it before
it logs in. Sessions are `~/.sfdx/USERNAME.json`, aliases `~/.sfdx/alias.json`, defaults
`~/.sf/config.json` and the like in a project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from provision.whole_file import write_whole

__all__ = ["SfState"]

_ALIASES: Final = Path(".sfdx", "alias.json")
_DEFAULTS: Final = (Path(".sf", "config.json"), Path(".sfdx", "sfdx-config.json"))
_FOLDERS: Final = (".sfdx", ".sf")


@dataclass(frozen=True, slots=True)
class SfState:
    """The CLI's files as they were at one moment. They contain encrypted sessions."""

    home: Path
    project: Path
    files: Mapping[Path, bytes] = field(repr=False)

    @staticmethod
    def read(home: Path, directory: Path) -> SfState:
        """The files of the user with this home directory, and of the project around ``directory``.

        A file that cannot be read is left out.
        """
        project = _project(directory)
        return SfState(home, project, dict(_contents(_paths(home, project))))

    def has_session(self, username: str) -> bool:
        """Whether the CLI has a session of the user."""
        return self.home / ".sfdx" / f"{username}.json" in self.files

    def aliases_of(self, username: str) -> tuple[str, ...]:
        """The CLI's aliases of the user."""
        return tuple(sorted(a for a, named in self._aliases().items() if named == username))

    def free_alias(self, wanted: str, username: str) -> str:
        """``wanted``, with a number at its end if it is another user's alias."""
        aliases = self._aliases()
        for number in count(1):
            alias = wanted if number == 1 else f"{wanted}-{number}"
            if aliases.get(alias, username) == username:
                return alias
        raise AssertionError("counting does not end")

    def restore(self) -> None:
        """Restore what is missing now: sessions, aliases, defaults. Raises OSError.

        What is new or has changed stays: another `sf` may have logged in at the same time.
        """
        for path, content in self.files.items():
            if not path.exists():
                write_whole(path, content)
        self.restore_names()

    def restore_names(self) -> tuple[str, ...]:
        """Restore the aliases and defaults that are missing now; returns them. Raises OSError."""
        named = [self.home / _ALIASES, *(base / p for base in self._bases for p in _DEFAULTS)]
        restored: list[str] = []
        for path in dict.fromkeys(named):
            before = _mapping(self.files.get(path))
            now = _mapping(path.read_bytes() if path.exists() else None)
            found = list(_put_back(before, now))
            if found:
                restored += found
                write_whole(path, (json.dumps(now, indent=2) + "\n").encode())
        return tuple(dict.fromkeys(restored))

    @property
    def _bases(self) -> tuple[Path, ...]:
        return (self.home, self.project)

    def _aliases(self) -> Mapping[str, str]:
        orgs = _mapping(self.files.get(self.home / _ALIASES)).get("orgs")
        return orgs if isinstance(orgs, dict) else {}


def _project(directory: Path) -> Path:
    """The folder of the CLI's project around ``directory``, or ``directory`` itself."""
    found = (path for path in (directory, *directory.parents) if _is_project(path))
    return next(found, directory)


def _is_project(path: Path) -> bool:
    return (path / "sfdx-project.json").is_file()


def _paths(home: Path, project: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from sorted((home / folder).glob("*.json"))
    if project != home:
        yield from (project / path for path in _DEFAULTS if (project / path).is_file())


def _contents(paths: Iterator[Path]) -> Iterator[tuple[Path, bytes]]:
    for path in paths:
        try:
            yield path, path.read_bytes()
        except OSError:
            continue


def _mapping(content: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _put_back(before: Mapping[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Add what only ``before`` has to ``now``, and return the names of what was added."""
    for name, value in before.items():
        there = now.get(name)
        if isinstance(value, dict) and isinstance(there, dict):
            yield from _put_back(value, there)
        elif name not in now:
            now[name] = value
            yield from value if isinstance(value, dict) else [name]
