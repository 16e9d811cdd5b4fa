"""``env-file:PATH``: lines of a .env file, among others that stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provision.secret.error import SinkError
from provision.secret.private_file import check_writable, write_private
from provision.secret.sink import Values, plain

__all__ = ["EnvFileSink"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE: Final = re.compile(r"(?P<before>\s*(?:export\s+)?)(?P<name>[A-Za-z_]\w*)\s*=", re.ASCII)
_BARE: Final = re.compile(r"[A-Za-z0-9_.,:/@%+=-]+")
_MOST_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EnvFileSink:
    """A .env file, mode 0600: ``NAME=VALUE`` lines, with ``prefix`` before each name.

    A line for the same name is replaced where it stands; every other line stays as it is.
    """

    path: Path
    prefix: str = ""

    @property
    def name(self) -> str:
        """What to call it in an output."""
        return f"the environment file {self.path}"

    def check(self) -> None:
        """Raise :class:`SinkError` for a prefix that makes no names, or a path of no use."""
        if self.prefix and not _NAME.fullmatch(self.prefix):
            raise SinkError(
                "what --prefix gives begins no name of an environment variable",
                next_step="Use letters, digits and underscores, as in --prefix ROBOT_",
            )
        check_writable(self.path)
        self._lines()

    def put(self, values: Values) -> None:
        """Merge the values into the file. Raises :class:`SinkError`."""
        named = {f"{self.prefix}{key}".upper(): _quoted(key, plain(v)) for key, v in values.items()}
        merged = _merged(self._lines(), named)
        # A link stays one: the file behind it is what others read.
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
                f"{self.path} is larger than {_MOST_BYTES} bytes, so it is no environment file",
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
    """A value that shells and the dotenv readers in use take alike."""
    if _BARE.fullmatch(value):
        return value
    if not value.isprintable() or "'" in value:
        raise SinkError(
            f"{key} has characters that readers of environment files do not agree on",
            next_step="Use a file: or cmd: sink.",
        )
    return f"'{value}'"
