"""Run log: one run of a job and its folder, from where it is to its end."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.runs.rows import OrgRow, Record, RunHeader, append, begin, read_record, repair
from provision.runs.run_directory import ROWS
from provision.runs.shard import WHOLE, Shard
from provision.whole_file import make_private_directory

__all__ = ["RunLog", "begun", "folder_of_run", "header_of", "resumed"]

_ATTEMPTS: Final = 100  # runs of one verb in one second
_MOST_SHOWN: Final = 5


@dataclass(slots=True)
class RunLog:
    """A run that is kept below ``base``: which orgs are left, and the rows of the others.

    ``folder`` is ``None`` until the run is begun. ``lines`` says on which line of the record the
    row of an org stands, ``last`` how many lines it has.
    """

    base: Path
    header: RunHeader
    folder: Path | None = None
    rows: dict[str, OrgRow] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    last: int = 1

    @property
    def left(self) -> tuple[str, ...]:
        """The orgs that are still to be done: those without a row, and those that failed."""
        return tuple(
            org
            for org in self.header.orgs
            if org not in self.rows or self.rows[org].exit_code.is_failure
        )

    @property
    def record(self) -> Path:
        """The file of the rows."""
        return self.begin() / ROWS

    def begin(self) -> Path:
        """The folder of the run, made if need be, called ``header.run`` or nearly so.

        Raises :class:`CannotError` where it cannot be kept.
        """
        if self.folder is not None:
            return self.folder
        try:
            make_private_directory(self.base)
            folder = _made(self.base, self.header.run)
        except OSError as error:
            raise CannotError(
                f"the run cannot be kept in {self.base}: {error.strerror or error}",
                next_step="Nothing was written to the org. Name a directory that can be written to "
                "with --run-dir.",
            ) from error
        self.header = replace(self.header, run=folder.name)
        begin(folder / ROWS, self.header)
        self.folder = folder
        return folder

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


def begun(base: Path, header: RunHeader) -> RunLog:
    """A new run in a folder of its own below ``base``. Raises :class:`CannotError`."""
    run_log = RunLog(base, header)
    run_log.begin()
    return run_log


def resumed(base: Path, run: str, wanted: RunHeader) -> RunLog:
    """The run called ``run`` below ``base``, or at that path, to be continued.

    Raises :class:`CannotError` where there is none, and for one of another verb, fleet or shard
    than ``wanted``. The orgs are those of the run itself.
    """
    folder = folder_of_run(base, run)
    record = read_record(folder / ROWS)
    for what in ("verb", "fleet", "shard"):
        was, now = getattr(record.header, what), getattr(wanted, what)
        if was != now:
            raise CannotError(
                f"{folder} is a run whose {what} is {was or 'none'}, not {now or 'none'}",
                next_step="Continue it as it was begun, or begin a new one without --resume.",
            )
    if record.is_torn:
        repair(record.path)
    rows = {row.org: row for row in record.rows}
    last = max(record.lines.values(), default=1)
    return RunLog(folder.parent, record.header, folder, rows, dict(record.lines), last)


def folder_of_run(base: Path, run: str) -> Path:
    """The folder of the run called ``run`` below ``base``, or at that path.

    Raises :class:`CannotError` where there is none.
    """
    folder = next((each for each in (Path(run), base / run) if (each / ROWS).is_file()), None)
    if folder is None:
        newest = sorted((found.parent.name for found in base.glob(f"*/{ROWS}")), reverse=True)
        there = ", ".join(newest[:_MOST_SHOWN])
        raise CannotError(
            f"there is no run {run} over a fleet, neither as a directory nor in {base}",
            next_step=f"Name one of the runs, such as: {there}." if there else "",
        )
    return folder


def header_of(
    verb: str,
    fleet: Path,
    orgs: Sequence[str],
    shard: Shard,
    now: datetime,
    lifted: Iterable[str] = (),
    *,
    only_checks: bool = False,
) -> RunHeader:
    """The header of a run that begins ``now`` (aware), with the gates that are ``lifted``."""
    moment = now.astimezone(UTC)
    name = "-".join(filter(None, (*verb.split(), fleet.stem)))
    return RunHeader(
        run=f"{moment:%Y%m%dT%H%M%SZ}-{name}",
        verb=verb,
        fleet=str(fleet) if fleet.name else "",
        orgs=tuple(orgs),
        shard=None if shard == WHOLE else str(shard),
        started=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        by=_user(),
        lifted=tuple(sorted(lifted)),
        only_checks=only_checks,
    )


def _user() -> str:
    """Who runs this, and where; empty where the machine does not tell."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError, ImportError):
        return ""


def _made(base: Path, name: str) -> Path:
    for attempt in range(1, _ATTEMPTS):
        folder = base / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"there are {_ATTEMPTS} runs called {name}")
