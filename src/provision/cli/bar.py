"""Bar: a run's progress on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from provision.cli.elapsed import no_elapsed
from provision.runs.rows import OrgRow

__all__ = ["bar"]


@contextmanager
def bar(what: str, total: int) -> Iterator[_Bar]:
    """A bar for ``total`` orgs on stderr, with how many a second, and how long the rest takes."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        _Rate(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with no_elapsed(), Progress(*columns, console=Console(stderr=True)) as shown:
        yield _Bar(shown, shown.add_task(what, total=total, failed=""))


class _Bar:
    """Only an org that failed gets a line of its own."""

    def __init__(self, shown: Progress, task: TaskID) -> None:
        self._shown = shown
        self._task = task
        self._failed = 0

    def row(self, row: OrgRow) -> None:
        """An org is done."""
        if row.exit_code.is_failure:
            self._failed += 1
            self._shown.console.print(f"{row.org}: {row.summary}", markup=False, highlight=False)
        failed = f"{self._failed} failed" if self._failed else ""
        self._shown.update(self._task, advance=1, failed=failed)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """How many orgs a second."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} orgs/s" if speed else "")
