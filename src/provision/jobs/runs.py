"""Runs: what is kept of them. What was done when, by whom, with which gates lifted, and the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provision.errors import CannotError, ExitCode
from provision.jobs.opening import folder_of_org
from provision.runs.app_record import RunRecord
from provision.runs.app_record import read_record as read_app_record
from provision.runs.rows import Record, read_record
from provision.runs.run_directory import RECORD, ROWS, RunDirectory
from provision.runs.run_lock import is_under_way

__all__ = ["KeptApp", "KeptOrg", "KeptRun", "kept_run_in", "kept_runs"]


@dataclass(frozen=True, slots=True)
class KeptApp:
    """What a run kept of one app in one org. ``created`` is whether it was not there before."""

    app: str
    verb: str
    created: bool
    outcome: str
    directory: str


@dataclass(frozen=True, slots=True)
class KeptOrg:
    """What came of one org. There is no ``exit_code`` while nothing is known of it."""

    org: str
    exit_code: ExitCode | None
    summary: str
    apps: tuple[KeptApp, ...]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One run as it was kept in ``directory``.

    ``target`` is the fleet file or the spec, ``lifted`` are the gates that were lifted. ``ended``
    is empty while it is under way, and where it was killed. ``left`` are the orgs that are not
    done.
    """

    run: str
    verb: str
    target: str
    started: str
    ended: str
    by: str
    lifted: tuple[str, ...]
    orgs: tuple[KeptOrg, ...]
    left: tuple[str, ...]
    is_under_way: bool
    is_of_fleet: bool
    directory: str

    @property
    def exit_code(self) -> ExitCode | None:
        """The worst of the orgs'; there is none where nothing is known of any org."""
        codes = [org.exit_code for org in self.orgs if org.exit_code is not None]
        return ExitCode.worst(codes) if codes else None

    @property
    def outcome(self) -> str:
        """What came of it, in a few words."""
        if self.is_under_way:
            return "under way"
        if self.left:
            return f"{len(self.left)} of {len(self.orgs)} orgs not done"
        return "done"

    @property
    def can_roll_back(self) -> bool:
        """Whether it kept an app."""
        return any(org.apps for org in self.orgs)


def kept_runs(base: Path) -> tuple[KeptRun, ...]:
    """The runs that are kept below ``base``, the newest first.

    What cannot be read is left out: :func:`kept_run_in` says what is wrong with it.
    """
    return tuple(sorted(_readable(base), key=lambda run: (run.started, run.run), reverse=True))


def kept_run_in(directory: RunDirectory) -> KeptRun:
    """The run in ``directory``. Raises :class:`CannotError` for one that cannot be read."""
    if (directory.path / ROWS).is_file():
        return _whole(directory, read_record(directory.path / ROWS))
    return _of_app(directory)


def _readable(base: Path) -> Iterator[KeptRun]:
    for file in (*base.glob(f"*/{ROWS}"), *base.glob(f"*/{RECORD}")):
        try:
            yield kept_run_in(RunDirectory(file.parent))
        except CannotError:
            continue


def _whole(directory: RunDirectory, record: Record) -> KeptRun:
    header, rows = record.header, {row.org: row for row in record.rows}
    orgs = []
    for name in header.orgs:
        row = rows.get(name)
        apps = directory.apps_in(folder_of_org(directory.path, name))
        orgs.append(
            KeptOrg(
                name,
                row.exit_code if row else None,
                row.summary if row else "nothing is known of it",
                tuple(map(_app, apps)),
            )
        )
    left = [org for org in header.orgs if org not in rows or rows[org].exit_code.is_failure]
    busy = is_under_way(directory.path)
    ended = max((row.ended for row in record.rows), default="")
    return KeptRun(
        run=directory.id,
        verb=header.verb,
        target=header.fleet,
        started=header.started,
        ended="" if busy else ended,
        by=header.by,
        lifted=header.lifted,
        orgs=tuple(orgs),
        left=tuple(left),
        is_under_way=busy,
        is_of_fleet=len(header.orgs) > 1 or header.shard is not None,
        directory=str(directory.path),
    )


def _of_app(directory: RunDirectory) -> KeptRun:
    """What an earlier version kept of one app, or what a run kept of one of its apps."""
    record = read_app_record(directory)
    code = None if record.exit_code is None else ExitCode(record.exit_code)
    org = KeptOrg(record.org.name, code, record.outcome, (_app(directory),))
    failed = code is None or code.is_failure
    return KeptRun(
        run=directory.id,
        verb=record.verb,
        target=record.spec.path if record.spec else "",
        started=record.started,
        ended=record.ended or "",
        by="",
        lifted=(),
        orgs=(org,),
        left=(record.org.name,) if failed else (),
        is_under_way=False,
        is_of_fleet=False,
        directory=str(directory.path),
    )


def _app(directory: RunDirectory) -> KeptApp:
    try:
        record: RunRecord = read_app_record(directory)
    except CannotError as error:
        return KeptApp(directory.id, "", False, error.message, str(directory.path))  # noqa: FBT003
    outcome = record.outcome or "nothing is known of its end"
    return KeptApp(record.app, record.verb, not record.app_existed, outcome, str(directory.path))
