"""Journal: what this run added to an org, so that exactly that can be taken away again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from provision.errors import ProvisionError

__all__ = ["Added", "Journal", "Undone"]


@dataclass(frozen=True, slots=True)
class Added:
    """One thing that this run added: in words, and how to take it away."""

    what: str
    take_away: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Undone:
    """How an undoing went: what was taken away, and what remains because it could not be."""

    taken_away: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()


@dataclass(slots=True)
class Journal:
    """What was added, in order.

    ``sealed`` once an existing app was changed in place: from then on taking anything away could
    lock out those whom the change relies on, so that nothing is undone any more.
    """

    added: list[Added] = field(default_factory=list)
    sealed: bool = False

    def add(self, what: str, take_away: Callable[[], None]) -> None:
        """Note something that was just added."""
        self.added.append(Added(what, take_away))

    def seal(self) -> None:
        """Note that an existing app was changed in place."""
        self.sealed = True

    @property
    def written(self) -> bool:
        """Whether anything was written at all."""
        return bool(self.added) or self.sealed

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that was added, in words."""
        return tuple(item.what for item in self.added)

    def undo(self) -> Undone:
        """Take away everything that was added, the newest first. Goes on past failures."""
        taken_away: list[str] = []
        remains: list[str] = []
        while self.added:
            item = self.added.pop()
            try:
                item.take_away()
            except ProvisionError as error:
                remains.append(f"{item.what} ({error.message})")
            except KeyboardInterrupt:
                remains.append(f"{item.what} (interrupted)")
            else:
                taken_away.append(item.what)
        return Undone(tuple(taken_away), tuple(remains))
