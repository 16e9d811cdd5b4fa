"""A matrix as a Markdown table, as much of it as there is room for."""

from __future__ import annotations

from collections.abc import Iterator

from provision.report.markdown_text import MARK, code, prose, table
from provision.report.matrix import Cell, Matrix, MatrixRow
from provision.report.matrix_text import COST_HEADING, cost_cells

__all__ = ["matrix_blocks"]


def matrix_blocks(matrix: Matrix, room: int) -> Iterator[str]:
    """A table of no more than ``room`` characters, and what is to be said of orgs not in it."""
    heading = ("org", *map(code, matrix.apps), *(COST_HEADING if matrix.has_costs else ()))
    first, second, *lines = table(heading, (_cells(row, matrix) for row in matrix.shown))
    top = (first, second)
    fitting = _fitting(lines, room - sum(len(line) + 1 for line in top))
    if fitting:
        yield "\n".join([*top, *lines[:fitting]])
    if fitting < len(lines):
        yield f"_The table shows {fitting} of {len(lines)} orgs._"
    if matrix.folded:
        yield "\n".join(f"- {MARK[None]} {prose(line)}" for line in matrix.folded)


def _fitting(lines: list[str], room: int) -> int:
    """How many of the lines fit, from the first on."""
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return number
    return len(lines)


def _cells(row: MatrixRow, matrix: Matrix) -> tuple[str, ...]:
    costs = cost_cells(row) if matrix.has_costs else ()
    return (code(row.org), *map(_cell, row.cells), *costs)


def _cell(cell: Cell) -> str:
    return f"{MARK[cell.severity]} {prose(cell.status)}" if cell.numbers else ""
