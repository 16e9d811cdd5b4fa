"""View: how a run over many orgs is shown while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeAlias

from provision.report.report import Report
from provision.runs.rows import OrgRow

__all__ = ["Hidden", "RunView"]

OnRow: TypeAlias = Callable[[OrgRow], None]


class RunView(Protocol):
    """Shows a run over many orgs."""

    def rows(self, what: str, total: int) -> AbstractContextManager[OnRow]:
        """Within the block, what is returned is called with the row of each org that is done."""
        ...

    def proposed(self, report: Report) -> None:
        """The plans of all orgs, before they are approved."""
        ...

    def previewed(self, rows: Sequence[OrgRow]) -> None:
        """What would be done in each org, before that is approved."""
        ...

    def refused(self, report: Report) -> None:
        """What came of a run that was refused as a whole."""
        ...


class Hidden:
    """Shows nothing."""

    def rows(self, what: str, total: int) -> AbstractContextManager[OnRow]:  # noqa: ARG002  # see RunView
        """Ignore the rows."""
        return nullcontext(_ignore)

    def proposed(self, report: Report) -> None:
        """Ignore it."""

    def previewed(self, rows: Sequence[OrgRow]) -> None:
        """Ignore them."""

    def refused(self, report: Report) -> None:
        """Ignore it."""


def _ignore(_row: OrgRow) -> None:
    pass
