"""Progress: how far a run is, with rate and estimate on a terminal, in lines without one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from provision.cli.console import Console
from provision.fleet.record import OrgRow

__all__ = ["Progress", "progress"]


class Progress(Protocol):
    """Whoever is told how a run goes."""

    def row(self, row: OrgRow) -> None:
        """An org is done."""
        ...


@contextmanager
def progress(what: str, total: int, console: Console) -> Iterator[Progress]:
    """Show how ``what`` goes over ``total`` orgs, on stderr; not at all where talk is unwanted."""
    if console.quiet:
        yield _Silence()
    elif sys.stderr.isatty():
        from provision.cli.fleets.bar import bar

        with bar(what, total) as shown:
            yield shown
    else:
        yield _Lines(what, total, console)


class _Silence:
    def row(self, row: OrgRow) -> None:
        pass


class _Lines:
    """One line an org: what a log can hold, and somebody search."""

    def __init__(self, what: str, total: int, console: Console) -> None:
        self._what = what
        self._total = total
        self._console = console
        self._done = 0

    def row(self, row: OrgRow) -> None:
        self._done += 1
        self._console.talk(f"{self._what} {self._done}/{self._total}: {row.org}: {row.summary}")
