"""Journal: the writes of a run, what became of each, and how to undo them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from provision.errors import ProvisionError
from provision.org.written import Outcome, WriteNote, unnoted

__all__ = ["Entry", "Journal", "LeftAsItIs", "Undone"]


class LeftAsItIs(ProvisionError):
    """What this run added is not removed, since others have changed it, or may rely on it."""


@dataclass(slots=True)
class Entry:
    """One write: what it adds, in words, what became of it, and how to remove that again.

    ``adds`` is false for a write that removes or changes something: that is not undone.
    ``removes`` names what it removes.
    """

    what: str
    note: WriteNote
    adds: bool
    outcome: Outcome = Outcome.INTENDED
    take_away: Callable[[], None] | None = None
    removes: str = ""

    def made(self, take_away: Callable[[], None] | None = None) -> None:
        """Note that this run surely made it, and how to remove it again, if that is possible."""
        self.take_away = take_away
        self.became(Outcome.MADE)

    def became(self, outcome: Outcome) -> None:
        """Note what became of it."""
        self.outcome = outcome
        self.note(self.what, outcome)


@dataclass(frozen=True, slots=True)
class Undone:
    """The result of an undoing: what was removed again, and what could not be, with the reason."""

    taken_away: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()


@dataclass(slots=True)
class Journal:
    """The writes of a run, in order. ``note`` is called before each is sent, and with its outcome.

    The journal is ``sealed`` once an existing app was changed in place. From then on nothing is
    undone: to remove anything could lock out users whom the changed app lets in by it.
    """

    note: WriteNote = unnoted
    entries: list[Entry] = field(default_factory=list)
    sealed: bool = False

    def intend(self, what: str, *, adds: bool = True) -> Entry:
        """Note a write that is about to be sent. ``what`` is what it adds or changes, in words."""
        return self._intend(Entry(what, self.note, adds))

    def intend_removal(self, what: str) -> Entry:
        """Note that ``what`` is about to be removed, as the plan says."""
        return self._intend(
            Entry(f"the removal of the {what}", self.note, adds=False, removes=what)
        )

    def _intend(self, entry: Entry) -> Entry:
        self.entries.append(entry)
        self.note(entry.what, Outcome.INTENDED)
        return entry

    def seal(self) -> None:
        """Note that an existing app was changed in place."""
        self.sealed = True

    @property
    def written(self) -> bool:
        """Whether this run wrote anything, or may have written anything."""
        nothing = {Outcome.NOT_MADE, Outcome.THERE_ALREADY}
        return self.sealed or any(entry.outcome not in nothing for entry in self.entries)

    @property
    def unknown(self) -> tuple[str, ...]:
        """In words, the writes of which nobody knows whether the org made them."""
        open_ends = {Outcome.INTENDED, Outcome.UNKNOWN}
        return tuple(entry.what for entry in self.entries if entry.outcome in open_ends)

    @property
    def added(self) -> tuple[str, ...]:
        """In words, everything that this run added or may have added."""
        return tuple(
            entry.what if entry.outcome is Outcome.MADE else f"{entry.what} (perhaps not by it)"
            for entry in self.entries
            if entry.adds and entry.outcome in {Outcome.MADE, Outcome.FOUND}
        )

    @property
    def removed(self) -> tuple[str, ...]:
        """In words, everything that this run removed."""
        return tuple(
            entry.removes
            for entry in self.entries
            if entry.removes and entry.outcome is Outcome.MADE
        )

    def undo(self) -> Undone:
        """Remove what this run surely made, the newest first. Continues after failures.

        A record that was found after the answer was lost remains: another run may have made it.
        """
        taken_away: list[str] = []
        remains: list[str] = []
        while self.entries:
            entry = self.entries.pop()
            if entry.adds and entry.outcome is Outcome.FOUND:
                remains.append(f"{entry.what} (perhaps made by another run)")
            if entry.outcome is not Outcome.MADE or entry.take_away is None:
                continue
            try:
                entry.take_away()
            except ProvisionError as error:
                remains.append(f"{entry.what} ({error.message})")
            except KeyboardInterrupt:
                remains.append(f"{entry.what} (interrupted)")
            except Exception as error:  # noqa: BLE001  # everything else is removed nevertheless
                remains.append(f"{entry.what} ({type(error).__name__}: {error})")
            else:
                self.note(entry.what, Outcome.NOT_MADE)
                taken_away.append(entry.what)
        return Undone(tuple(taken_away), tuple(remains))
