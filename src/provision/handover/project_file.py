"""ProjectFile: the nearest sfdx-project.json, and the port that it sets for the `sf` CLI."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.handover.json_object import JsonObject
from provision.handover.ports import PORTS

__all__ = ["DEFAULT_PORT", "KEY", "NAME", "ProjectEdit", "ProjectFile"]

NAME: Final = "sfdx-project.json"
KEY: Final = "oauthLocalPort"
DEFAULT_PORT: Final = 1717
"""The port on which the CLI listens by default (DOC)."""

_DIGITS: Final = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class ProjectEdit:
    """A change of a project file: its whole content before and after.

    ``was`` is the text of the port before, empty if there was none.
    """

    path: Path
    port: int
    was: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file that makes its folder, and those below, a project of the `sf` CLI.

    ``problem`` says why the CLI ignores its content, and is empty if it does not.
    """

    path: Path
    problem: str
    _object: JsonObject | None = field(repr=False)

    @classmethod
    def nearest(cls, directory: Path) -> ProjectFile | None:
        """The file in ``directory``, or else in the nearest folder above it that has one."""
        for folder in (directory, *directory.parents):
            path = folder / NAME
            try:
                found = path.exists()
            except OSError:  # a folder that cannot be read: the CLI ends its search there
                return None
            if found:
                return cls._read(path)
        return None

    @classmethod
    def _read(cls, path: Path) -> ProjectFile:
        # OBS (CLI 2.146.3): the file is read as strict JSON after a byte order mark. Any other
        # file, for instance one with comments, is ignored silently.
        try:
            return cls(path, "", JsonObject.read(_decoded(path.read_bytes())))
        except OSError as error:
            return cls(path, f"{path} cannot be read: {error.strerror}", None)
        except json.JSONDecodeError as error:
            place = f"{path}:{error.lineno}:{error.colno}"
            return cls(path, f"{place}: this is not JSON, which has no comments: {error.msg}", None)
        except (ValueError, RecursionError) as error:
            return cls(path, f"{path} is not a project file: {error}", None)

    @property
    def port(self) -> int | None:
        """The port that the CLI listens on in this project; ``None`` if the value is not a port."""
        value = self._object.value(KEY) if self._object else None
        if value in (None, 0, ""):  # OBS: like no value
            return DEFAULT_PORT
        if isinstance(value, str) and _DIGITS.fullmatch(value):  # OBS: "1718" is a port
            value = int(value)
        if value is True or not isinstance(value, int | float) or value not in PORTS:
            return None
        return int(value)

    @property
    def sets_port(self) -> bool:
        """Whether the file has a value for the port."""
        return bool(self._object and self._object.written(KEY))

    def with_port(self, port: int) -> ProjectEdit:
        """The edit that sets the port and keeps every other byte. Writes nothing.

        Raises :class:`CannotError` if the CLI would ignore it.
        """
        if self._object is None:
            raise CannotError(
                f"{self.problem}; the `sf` CLI ignores the file, so it cannot be made to listen on "
                f"{port} there",
                next_step="Fix the file (remove comments), and apply again.",
            )
        try:
            text = self._object.with_number(KEY, port)
        except ValueError as error:
            raise CannotError(
                f"{self.path}: {error}; its {KEY} was not set to {port}",
                next_step="Remove one of the two, and apply again.",
            ) from error
        before = _encoded(self._object.text)
        return ProjectEdit(self.path, port, self._object.written(KEY), before, _encoded(text))


def _decoded(content: bytes) -> str:
    """A text from which :func:`_encoded` makes the same bytes, even if they are not UTF-8."""
    return content.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
