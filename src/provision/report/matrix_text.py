"""A matrix as lines of text: columns that stand below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.report.matrix import Matrix, MatrixRow

__all__ = ["COST_HEADING", "cost_cells", "matrix_lines"]

COST_HEADING: Final = ("calls", "seconds")
"""The columns for what an org took."""

_NOTHING: Final = "-"
_GAP: Final = "  "


def matrix_lines(matrix: Matrix) -> Iterator[str]:
    """A heading, and a line for each org; one line for all of the orgs in which all is well."""
    if matrix.shown:
        heading = ("org", *matrix.apps, *(COST_HEADING if matrix.has_costs else ()))
        yield from _aligned([heading, *(_cells(row, matrix) for row in matrix.shown)], matrix)
    yield from matrix.folded


def cost_cells(row: MatrixRow) -> tuple[str, str]:
    """What an org took: calls, and seconds."""
    return (str(row.cost.calls), f"{row.cost.seconds:.1f}") if row.cost else ("", "")


def _cells(row: MatrixRow, matrix: Matrix) -> tuple[str, ...]:
    said = (cell.status or _NOTHING for cell in row.cells)
    return (row.org, *said, *(cost_cells(row) if matrix.has_costs else ()))


def _aligned(rows: Sequence[Sequence[str]], matrix: Matrix) -> Iterator[str]:
    """The rows with words to the left of their column, and numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    words = 1 + len(matrix.apps)
    for row in rows:
        padded = (
            cell.ljust(width) if at < words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield _GAP.join(padded).rstrip()
