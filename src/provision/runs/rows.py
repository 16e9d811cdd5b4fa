"""Record: what came of each org of a run, as JSON lines, one an org.

A run that is killed leaves a record that can be read, and continued.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import Field

from provision.errors import CannotError, ExitCode
from provision.plan.codec import as_json, from_json, object_of
from provision.plan.document import Moment
from provision.whole_file import PRIVATE

__all__ = ["SCHEMA", "OrgRow", "Record", "RunHeader", "append", "begin", "read_record", "repair"]

SCHEMA: Final = "provision/fleet-run/1"
_NEXT: Final = "Name a record that a run over a fleet wrote, with this version of provision."

_T = TypeVar("_T", "RunHeader", "OrgRow")


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What a run was: the first line. ``orgs`` are those that it was to do, in order.

    ``shard`` is which part of how many, such as ``3/20``, and ``orgs`` are then those of the part;
    it is ``None`` where the run is in one part. ``fleet`` is the fleet file, or the first spec.
    ``by`` is who began the run, ``lifted`` are the gates that were lifted for all of it.
    ``only_checks``: its results are findings.
    """

    run: str
    verb: str
    fleet: str
    orgs: tuple[str, ...]
    shard: Annotated[str, Field(pattern=r"^[1-9]\d{0,5}/[1-9]\d{0,5}$")] | None
    started: Moment
    by: str = ""
    lifted: tuple[str, ...] = ()
    only_checks: bool = False


@dataclass(frozen=True, slots=True)
class OrgRow:
    """What came of one org. ``seconds`` and ``calls`` (to the org) are what that took.

    ``body`` is JSON that whoever shows the run can read; here nobody looks into it.
    """

    org: str
    exit_code: ExitCode
    seconds: float
    calls: int
    summary: str
    started: Moment
    ended: Moment
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read. ``lines`` says on which line the row of an org stands.

    ``is_torn``: the last line is not whole, since the run was killed, and was left out.
    """

    path: Path
    header: RunHeader
    rows: tuple[OrgRow, ...]
    lines: Mapping[str, int]
    is_torn: bool

    def place_of(self, org: str) -> str:
        """Where the row of ``org`` stands, as ``file:line``."""
        return f"{self.path}:{self.lines[org]}"


def begin(path: Path, header: RunHeader) -> None:
    """Make a record that has no rows yet.

    Raises :class:`CannotError` where it is there already, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(handle, "wb") as file:
            file.write(_line(header))
    except FileExistsError:
        raise CannotError(f"{path} is there already", next_step="Name another file.") from None
    except OSError as error:
        raise _unwritable(path, error) from error


def append(path: Path, row: OrgRow) -> None:
    """Add a row; it is on the disk when this returns.

    Raises :class:`CannotError` where it cannot be written; no part of it is then left there.
    """
    try:
        # The system appends a whole line at once: two runs that continue one record do not damage
        # it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb", buffering=0) as file:
            left = memoryview(_line(row))
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
    except OSError as error:
        with suppress(CannotError):
            repair(path)
        raise _unwritable(path, error) from error


def repair(path: Path) -> None:
    """Take away a last line that is not whole, of a run that was killed.

    Raises :class:`CannotError` where the record cannot be written.
    """
    try:
        with path.open("r+b") as file:
            file.truncate(file.read().rfind(b"\n") + 1)
    except OSError as error:
        raise _unwritable(path, error) from error


def read_record(path: Path) -> Record:
    """The record in ``path``. Of an org that has several rows, the last one counts.

    Raises :class:`CannotError` for what cannot be read, or is no record, with the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotError(
            f"{path} cannot be read: {error.strerror}", next_step="Name another file."
        ) from error
    *lines, torn = content.split(b"\n")
    if not lines:
        raise CannotError(f"{path} is not the record of a run: no line is whole", next_step=_NEXT)
    header = _value(RunHeader, lines[0], f"{path}:1")
    rows: dict[str, OrgRow] = {}
    numbers: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        row = _value(OrgRow, line, f"{path}:{number}")
        rows[row.org] = row
        numbers[row.org] = number
    return Record(path, header, tuple(rows.values()), numbers, bool(torn))


def _line(value: RunHeader | OrgRow) -> bytes:
    # ASCII alone, as json.dumps writes it: no text can end a line, or be no UTF-8.
    return json.dumps({"schema": SCHEMA, **as_json(value)}).encode() + b"\n"


def _value(kind: type[_T], line: bytes, place: str) -> _T:
    refusal = f"{place} is not a line of a run's record"
    content = object_of(line.decode("utf-8", "replace"), refusal, _NEXT)
    schema = content.pop("schema", None)
    if schema != SCHEMA:
        raise CannotError(f"{place} has the schema {schema!r}, not {SCHEMA!r}", next_step=_NEXT)
    try:
        return from_json(kind, content)
    except ValueError as error:
        raise CannotError(f"{refusal}: {error}", next_step=_NEXT) from None


def _unwritable(path: Path, error: OSError) -> CannotError:
    return CannotError(
        f"{path} cannot be written: {error.strerror}", next_step="Name another file."
    )
