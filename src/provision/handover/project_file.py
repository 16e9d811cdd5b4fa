"""ProjectFile: the nearest sfdx-project.json, and the port that it has the `sf` CLI listen on."""

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
"""Where the CLI listens when nobody tells it otherwise (DOC)."""

_DIGITS: Final = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class ProjectEdit:
    """A change of a project file: its whole content before and after.

    ``was`` is how the port was written, empty if it was not.
    """

    path: Path
    port: int
    was: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file that makes its folder, and those below, a project of the `sf` CLI.

    ``problem`` says why the CLI takes no notice of what is in it, and is empty where it does.
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
            except OSError:  # a folder that nobody may look into: there the CLI ends its search
                return None
            if found:
                return cls._read(path)
        return None

    @classmethod
    def _read(cls, path: Path) -> ProjectFile:
        # OBS (CLI 2.146.3): read as strict JSON after a byte order mark; of a file that is none,
        # one with comments for instance, nothing is used, and nothing is said.
        try:
            return cls(path, "", JsonObject.read(_decoded(path.read_bytes())))
        except OSError as error:
            return cls(path, f"{path} cannot be read: {error.strerror}", None)
        except json.JSONDecodeError as error:
            place = f"{path}:{error.lineno}:{error.colno}"
            return cls(path, f"{place}: this is not JSON, which has no comments: {error.msg}", None)
        except (ValueError, RecursionError) as error:
            return cls(path, f"{path} is not what a project file is: {error}", None)

    @property
    def port(self) -> int | None:
        """The port that the CLI listens on in this project; ``None`` if what is set is no port."""
        value = self._object.value(KEY) if self._object else None
        if value in (None, 0, ""):  # OBS: as good as nothing
            return DEFAULT_PORT
        if isinstance(value, str) and _DIGITS.fullmatch(value):  # OBS: "1718" is a port
            value = int(value)
        if value is True or not isinstance(value, int | float) or value not in PORTS:
            return None
        return int(value)

    @property
    def sets_port(self) -> bool:
        """Whether the file says anything of the port."""
        return bool(self._object and self._object.written(KEY))

    def with_port(self, port: int) -> ProjectEdit:
        """The change that sets the port and leaves every other byte. Writes nothing.

        Raises :class:`CannotError` where the CLI would take no notice of it.
        """
        if self._object is None:
            raise CannotError(
                f"{self.problem}; the `sf` CLI takes no notice of the file, and cannot be told "
                f"there to listen on {port}",
                next_step="Fix the file (take comments out), and apply again.",
            )
        try:
            text = self._object.with_number(KEY, port)
        except ValueError as error:
            raise CannotError(
                f"{self.path}: {error}; its {KEY} was not set to {port}",
                next_step="Take one of the two out, and apply again.",
            ) from error
        before = _encoded(self._object.text)
        return ProjectEdit(self.path, port, self._object.written(KEY), before, _encoded(text))


def _decoded(content: bytes) -> str:
    """Text from which :func:`_encoded` makes the same bytes again, UTF-8 or not."""
    return content.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
