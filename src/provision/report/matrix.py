"""Matrix: the result of every app in every org, for formats that have tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provision.findings import Severity
from provision.report.entry import Entry
from provision.report.report import OrgCost, Report

__all__ = [
    "COST_HEADING",
    "Cell",
    "Matrix",
    "MatrixRow",
    "cost_cells",
    "matrix_of",
    "worst_first",
]

COST_HEADING: Final = ("calls", "seconds")
"""The columns for the cost of an org."""

_EVERY_APP: Final = ("every app",)
_WORST_FIRST: Final = (*Severity, None)
_MOST_FINE: Final = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One app in one org: the numbers of its entries, and their status and severity.

    Without entries, the run does not include the app in this org, and ``status`` is empty.
    """

    numbers: tuple[int, ...]
    status: str
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One org: a cell for each app. ``cost`` is ``None`` if it was not counted."""

    org: str
    cells: tuple[Cell, ...]
    is_fine: bool
    cost: OrgCost | None

    @property
    def severity(self) -> Severity | None:
        """The worst severity of its cells."""
        return _worst(cell.severity for cell in self.cells)

    @property
    def status(self) -> str:
        """The different statuses of its cells."""
        return _together(cell.status for cell in self.cells if cell.status)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Orgs are rows and apps are columns: there are more orgs than apps.

    The most severe rows come first; rows of the same severity are in the order of the run.
    """

    apps: tuple[str, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def has_costs(self) -> bool:
        """Whether the cost of any org is known."""
        return any(row.cost for row in self.rows)

    @property
    def folds(self) -> bool:
        """Whether so many orgs are fine that a report should only count them."""
        return sum(row.is_fine for row in self.rows) > _MOST_FINE

    @property
    def shown(self) -> tuple[MatrixRow, ...]:
        """The rows to show where there is no room for all."""
        return tuple(row for row in self.rows if not (self.folds and row.is_fine))

    @property
    def folded(self) -> tuple[str, ...]:
        """The other rows as counts: ``in sync: 993 orgs``."""
        counts = Counter(row.status for row in self.rows if self.folds and row.is_fine)
        return tuple(
            f"{status}: {count} org{'s' if count != 1 else ''}" for status, count in counts.items()
        )


def matrix_of(report: Report) -> Matrix:
    """The matrix of a report. An entry about a whole org is in each cell of the org."""
    entries = report.entries
    apps = tuple(dict.fromkeys(entry.app for entry in entries if entry.app))
    columns = apps or (_EVERY_APP if entries else ())
    costs = {cost.org: cost for cost in report.costs}
    rows = [
        MatrixRow(
            org,
            tuple(_cell(of_org.get(app, ()), entries) for app in columns),
            is_fine=all(entries[number].is_fine for cell in of_org.values() for number in cell),
            cost=costs.get(org),
        )
        for org, of_org in _numbers(entries, columns).items()
    ]
    return Matrix(columns, tuple(sorted(rows, key=_rank)))


def worst_first(entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
    """The entries with their numbers, the most severe first."""
    yield from sorted(enumerate(entries), key=lambda item: _rank(item[1]))


def cost_cells(row: MatrixRow) -> tuple[str, str]:
    """The cost of an org: calls and seconds."""
    return (str(row.cost.calls), f"{row.cost.seconds:.1f}") if row.cost else ("", "")


def _numbers(
    entries: Sequence[Entry], columns: Sequence[str]
) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """The numbers of the entries, by org and app."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, entry in enumerate(entries):
        of_org = found.setdefault(entry.org, {})
        for app in (entry.app,) if entry.app else columns:
            of_org.setdefault(app, []).append(number)
    return found


def _cell(numbers: Sequence[int], entries: Sequence[Entry]) -> Cell:
    here = [entries[number] for number in numbers]
    return Cell(
        tuple(numbers),
        _together(entry.status for entry in here),
        _worst(entry.severity for entry in here),
    )


def _together(statuses: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(statuses))


def _worst(severities: Iterable[Severity | None]) -> Severity | None:
    return min(severities, key=_WORST_FIRST.index, default=None)


def _rank(item: MatrixRow | Entry) -> tuple[int, bool]:
    return _WORST_FIRST.index(item.severity), item.is_fine
