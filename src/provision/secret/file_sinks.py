"""File sinks: a secret in a file of its own, or in a line of an env file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.secret.secret import SinkError
from provision.secret.sink import Values, document, plain
from provision.whole_file import make_private_directory, write_new, write_whole

__all__ = ["EnvFileSink", "FileSink", "check_writable", "write_private"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE: Final = re.compile(r"(?P<before>\s*(?:export\s+)?)(?P<name>[A-Za-z_]\w*)\s*=", re.ASCII)
_BARE: Final = re.compile(r"[A-Za-z0-9_.,:/@%+=-]+")
_MOST_BYTES: Final = 1024 * 1024


def check_writable(path: Path) -> None:
    """Raise :class:`SinkError` if no file can be made at ``path``."""
    if path.is_dir():
        raise SinkError(f"{path} is a directory", next_step="Name a file in it.")
    above = next(parent for parent in path.absolute().parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise SinkError(
            f"a file of that name cannot be written in {above}",
            next_step="Name a file in a directory that you can write to.",
        )


def write_private(path: Path, content: bytes, *, replace: bool) -> None:
    """Write ``path`` with mode 0600. An existing file is only replaced with ``replace``.

    Raises :class:`SinkError`. The content is on the disk when this returns.
    """
    try:
        make_private_directory(path.parent)
        (write_whole if replace else write_new)(path, content)
    except FileExistsError as error:
        raise in_the_way(path) from error
    except OSError as error:
        raise SinkError(
            f"a file for secrets cannot be written: {error.strerror}",
            next_step="Name a file in a directory that you can write to.",
        ) from error


def in_the_way(path: Path) -> SinkError:
    """The error for a file that exists and must not be overwritten."""
    return SinkError(
        f"{path} exists, and is not overwritten",
        next_step="Name another file, or overwrite it with --force.",
    )


@dataclass(frozen=True, slots=True)
class FileSink:
    """A file of its own, mode 0600. An existing one is only overwritten with ``force``."""

    path: Path
    force: bool = False

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"the file {self.path}"

    def check(self) -> None:
        """Raise :class:`SinkError` if the file exists, or the directory cannot be written to."""
        check_writable(self.path)
        if os.path.lexists(self.path) and not self.force:
            raise in_the_way(self.path)

    def put(self, values: Values) -> None:
        """Write the file. Raises :class:`SinkError`."""
        write_private(self.path, document(values).encode(), replace=self.force)


@dataclass(frozen=True, slots=True)
class EnvFileSink:
    """A .env file, mode 0600: ``NAME=VALUE`` lines, with ``prefix`` before each name.

    A line for the same name is replaced where it stands; every other line stays as it is.
    """

    path: Path
    prefix: str = ""

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"the environment file {self.path}"

    def check(self) -> None:
        """Raise :class:`SinkError` for a prefix or a path that cannot be used."""
        if self.prefix and not _NAME.fullmatch(self.prefix):
            raise SinkError(
                "no name of an environment variable begins with what --prefix gives",
                next_step="Use letters, digits and underscores, as in --prefix ROBOT_",
            )
        check_writable(self.path)
        self._lines()

    def put(self, values: Values) -> None:
        """Merge the values into the file. Raises :class:`SinkError`."""
        named = {f"{self.prefix}{key}".upper(): _quoted(key, plain(v)) for key, v in values.items()}
        merged = _merged(self._lines(), named)
        # A link stays a link: others read the file behind it.
        target = self.path.resolve()
        write_private(target, merged.encode("utf-8", "surrogateescape"), replace=True)

    def _lines(self) -> list[str]:
        try:
            with self.path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SinkError(
                f"{self.path} cannot be read: {error.strerror}",
                next_step="Fix its permissions, or name another file.",
            ) from error
        if len(data) > _MOST_BYTES:
            raise SinkError(
                f"{self.path} is larger than {_MOST_BYTES} bytes, so it is not an environment file",
                next_step="Fix the path.",
            )
        return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "surrogateescape"))


def _merged(lines: list[str], named: Mapping[str, str]) -> str:
    left = dict(named)
    merged: list[str] = []
    for line in lines:
        found = _LINE.match(line)
        if found is None or found["name"] not in named:
            merged.append(line)
            continue
        ending = line[len(line.rstrip("\r\n")) :] or "\n"
        merged.append(f"{found['before']}{found['name']}={named[found['name']]}{ending}")
        left.pop(found["name"], None)
    if left and merged and not merged[-1].endswith("\n"):
        merged.append("\n")
    return "".join([*merged, *(f"{name}={value}\n" for name, value in left.items())])


def _quoted(key: str, value: str) -> str:
    """A value that shells and common readers of dotenv files read in the same way."""
    if _BARE.fullmatch(value):
        return value
    if not value.isprintable() or "'" in value:
        raise SinkError(
            f"{key} has characters that readers of environment files do not agree on",
            next_step="Use a file: or cmd: sink.",
        )
    return f"'{value}'"
