"""Journey: one run over a fleet and its folder, from where it is to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.fleet.course import is_failure
from provision.fleet.record import OrgRow, Record, RunHeader, append, begin, mend, read_record
from provision.fleet.shard import WHOLE, Shard
from provision.whole_file import make_private_directory

__all__ = ["Journey", "begun", "header_of", "resumed"]

_ROWS: Final = "rows.jsonl"
_ATTEMPTS: Final = 100  # runs of one verb in one second
_MOST_SHOWN: Final = 5


@dataclass(slots=True)
class Journey:
    """A run that is kept in ``folder``: which orgs are left, and the rows of those that are not.

    ``lines`` says on which line of the record the row of an org stands, ``last`` how many it has.
    """

    folder: Path
    header: RunHeader
    rows: dict[str, OrgRow] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    last: int = 1

    @property
    def left(self) -> tuple[str, ...]:
        """The orgs that are still to be done: those without a row, and those that failed."""
        return tuple(
            org
            for org in self.header.orgs
            if org not in self.rows or is_failure(self.rows[org].exit_code)
        )

    @property
    def record(self) -> Path:
        """The file of the rows."""
        return self.folder / _ROWS

    def add(self, row: OrgRow) -> None:
        """Keep a row; it is on the disk when this returns.

        Raises :class:`CannotError` where it cannot be written; it is then in ``rows`` alone.
        """
        self.rows[row.org] = row
        self.last += 1
        self.lines[row.org] = self.last
        append(self.record, row)

    def as_record(self) -> Record:
        """The record as it is by now, without reading it again: rows of 1,000 orgs are long."""
        rows = tuple(self.rows.values())
        return Record(self.record, self.header, rows, self.lines, is_torn=False)


def begun(base: Path, header: RunHeader) -> Journey:
    """A new run in a folder of its own below ``base``, called ``header.run`` or nearly so.

    Raises :class:`CannotError` where it cannot be kept.
    """
    try:
        make_private_directory(base)
        folder = _made(base, header.run)
    except OSError as error:
        raise CannotError(
            f"the run cannot be kept in {base}: {error.strerror or error}",
            next_step="Nothing was begun. Name a directory that can be written to with --run-dir.",
        ) from error
    named = replace(header, run=folder.name)
    journey = Journey(folder, named)
    begin(journey.record, named)
    return journey


def resumed(base: Path, run: str, wanted: RunHeader) -> Journey:
    """The run called ``run`` below ``base``, or at that path, to be gone on with.

    Raises :class:`CannotError` where there is none, and for one of another verb, fleet or shard
    than ``wanted``. The orgs are those of the run itself.
    """
    folder = next((each for each in (Path(run), base / run) if (each / _ROWS).is_file()), None)
    if folder is None:
        newest = sorted((found.parent.name for found in base.glob(f"*/{_ROWS}")), reverse=True)
        there = ", ".join(newest[:_MOST_SHOWN])
        raise CannotError(
            f"there is no run {run} over a fleet, neither as a directory nor in {base}",
            next_step=f"Name one of the runs, such as: {there}." if there else "",
        )
    record = read_record(folder / _ROWS)
    for what in ("verb", "fleet", "shard"):
        was, now = getattr(record.header, what), getattr(wanted, what)
        if was != now:
            raise CannotError(
                f"{folder} is a run whose {what} is {was or 'none'}, not {now or 'none'}",
                next_step="Go on with it as it was begun, or begin a new one without --resume.",
            )
    if record.is_torn:
        mend(record.path)
    rows = {row.org: row for row in record.rows}
    last = max(record.lines.values(), default=1)
    return Journey(folder, record.header, rows, dict(record.lines), last)


def header_of(
    verb: str, fleet: Path, orgs: Sequence[str], shard: Shard, now: datetime
) -> RunHeader:
    """The header of a run that begins ``now`` (aware)."""
    moment = now.astimezone(UTC)
    return RunHeader(
        run=f"{moment:%Y%m%dT%H%M%SZ}-{verb}-{fleet.stem}",
        verb=verb,
        fleet=str(fleet),
        orgs=tuple(orgs),
        shard=None if shard == WHOLE else str(shard),
        started=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
    )


def _made(base: Path, name: str) -> Path:
    for attempt in range(1, _ATTEMPTS):
        folder = base / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"there are {_ATTEMPTS} runs called {name}")
