"""Handover: whoever logs in with apps once they are applied, such as the `sf` CLI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from provision.org.session import Session

if TYPE_CHECKING:
    from provision.apply.prepare import Prepared
    from provision.apply.run import Applied

__all__ = ["AppHandover", "NoHandover"]


class AppHandover(Protocol):
    """What happens with apps beside the apply. It knows the machine that this process runs on."""

    def check(self, prepared: Sequence[Prepared]) -> None:
        """Raise :class:`CannotError` if it could not be done with these plans. Writes nothing."""
        ...

    def begin(self) -> None:
        """Do what must be done before the first app is written, now that it is approved."""
        ...

    def hand_over(self, item: Prepared, applied: Applied, session: Session) -> str:
        """Do it for one app. What to do next is returned as text, which may be empty.

        Raises :class:`NotProven` if it does not succeed.
        """
        ...


class NoHandover:
    """Nobody logs in with the apps."""

    def check(self, prepared: Sequence[Prepared]) -> None:
        """Everything can be done."""

    def begin(self) -> None:
        """Nothing to do."""

    def hand_over(self, item: Prepared, applied: Applied, session: Session) -> str:  # noqa: ARG002  # see AppHandover
        """Nothing to do."""
        return ""
