"""Run directory: where one run keeps what was there before, and what came of it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from provision.errors import CannotError
from provision.whole_file import make_private_directory, read_bounded, write_whole

__all__ = ["ORGS", "RECORD", "ROWS", "RunDirectory", "find_run", "open_run"]

RECORD: Final = "record.json"
"""The file of a directory in which what a run did to one app is kept."""

ROWS: Final = "rows.jsonl"
"""The file of a run with one line for each org."""

ORGS: Final = "orgs"
"""The folder of a run with a folder for each org."""

_ATTEMPTS: Final = 100  # runs of one app in one second
_MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The directory of one run. Its name is the run's id.

    It is that of one app in one org, or that of a whole run, which has the former in it.
    """

    path: Path

    @property
    def id(self) -> str:
        """What the run is called."""
        return self.path.name

    @property
    def run_id(self) -> str:
        """What the whole run is called."""
        folder = self.path.parent.parent
        return folder.parent.name if folder.name == ORGS else self.id

    def apps(self) -> tuple[RunDirectory, ...]:
        """What is kept of single apps, the last one first: the order in which to go back."""
        if (self.path / RECORD).is_file():
            return (self,)
        return _newest_first(self.path.glob(f"{ORGS}/*/*/{RECORD}"))

    def apps_in(self, org: Path) -> tuple[RunDirectory, ...]:
        """The same of one org of a whole run, whose folder is ``org``."""
        return _newest_first((self.path / org).glob(f"*/{RECORD}"))

    def write(self, name: str, content: bytes) -> None:
        """Write one file, whole, in place of what was there. Raises OSError."""
        write_whole(self.path / name, content)

    def remove(self) -> None:
        """Remove the directory of a run that wrote nothing, as far as that can be done."""
        shutil.rmtree(self.path, ignore_errors=True)

    def read(self, name: str) -> str:
        """The text of one file. Raises :class:`CannotError`."""
        try:
            return read_bounded(self.path / name)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CannotError(
                f"{self.path / name} cannot be read: {reason}",
                next_step="Name a whole directory of a run, as `provision apply` wrote it.",
            ) from error


def open_run(base: Path, app: str, now: datetime, files: Mapping[str, bytes]) -> RunDirectory:
    """A new directory below ``base`` with ``files`` in it: there with all of them, or not at all.

    Raises :class:`CannotError` when it cannot be written.
    """
    partial = base / f".{uuid4().hex}"
    try:
        make_private_directory(partial)
        for name, content in files.items():
            make_private_directory((partial / name).parent)
            write_whole(partial / name, content)
        return RunDirectory(_renamed(partial, base, f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{app}"))
    except OSError as error:
        raise CannotError(
            f"the run cannot be kept in {base}: {error.strerror or error}",
            next_step="Nothing was written to the org. Make room, or name a directory that can be "
            "written to with --run-dir.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def find_run(base: Path, run: str) -> RunDirectory:
    """The run with the id ``run`` below ``base``, or at the path ``run``.

    It may be a whole run, or what it kept of one app.

    Raises :class:`CannotError` with the newest runs if there is none.
    """
    for path in (Path(run), base / run):
        if (path / RECORD).is_file() or (path / ROWS).is_file():
            return RunDirectory(path.resolve())
    found = [record.parent for record in _records(base) if record.parent.name == run]
    if len(found) == 1:
        return RunDirectory(found[0].resolve())
    if found:
        places = ", ".join(map(str, found))
        raise CannotError(
            f"{run} is kept in {len(found)} runs",
            next_step=f"Name the directory of one of them: {places}.",
        )
    known = (*base.glob(f"*/{ROWS}"), *base.glob(f"*/{RECORD}"))
    runs = sorted((file.parent.name for file in known), reverse=True)
    newest = ", ".join(runs[:_MOST_SHOWN])
    raise CannotError(
        f"there is no run {run}, neither as a directory nor in {base}",
        next_step=f"Name one of the runs, such as: {newest}." if newest else "",
    )


def _newest_first(records: Iterable[Path]) -> tuple[RunDirectory, ...]:
    found = (record.parent for record in records)
    newest = sorted(found, key=_begun, reverse=True)
    return tuple(map(RunDirectory, newest))


def _begun(path: Path) -> tuple[str, int]:
    """When a run began, to the second, and which one of several in one second ended first."""
    return path.name.partition("-")[0], path.stat().st_mtime_ns


def _records(base: Path) -> Iterator[Path]:
    """The records of all runs below ``base``: those of earlier versions, and those of each org."""
    yield from base.glob(f"*/{RECORD}")
    yield from base.glob(f"*/{ORGS}/*/*/{RECORD}")


def _renamed(partial: Path, base: Path, name: str) -> Path:
    for attempt in range(1, _ATTEMPTS):
        path = base / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            # A directory that is there and not empty is not replaced: who comes second, in this
            # process or another, takes the next name.
            return partial.rename(path)
        except OSError as error:
            if error.errno not in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}:
                raise
    raise FileExistsError(f"there are {_ATTEMPTS} runs called {name}")
