"""Matrix: what came of every app in every org, for formats that can lay out a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provision.report.entry import Entry

__all__ = ["Matrix", "MatrixRow", "matrix_of"]

_EVERY_APP: Final = ("every app",)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One org: for each app, the numbers of the entries that are about both."""

    org: str
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Orgs down, apps across: there are more orgs than apps, and a page is longer than wide."""

    apps: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


def matrix_of(entries: Sequence[Entry]) -> Matrix:
    """The matrix of ``entries``. An entry about a whole org stands in each cell of the org."""
    apps = tuple(dict.fromkeys(entry.app for entry in entries if entry.app))
    cells: dict[str, dict[str, list[int]]] = {}
    for number, entry in enumerate(entries):
        of_org = cells.setdefault(entry.org, {})
        for app in (entry.app,) if entry.app else apps or _EVERY_APP:
            of_org.setdefault(app, []).append(number)
    columns = apps or (_EVERY_APP if entries else ())
    rows = tuple(
        MatrixRow(org, tuple(tuple(of_org.get(app, ())) for app in columns))
        for org, of_org in cells.items()
    )
    return Matrix(columns, rows)
