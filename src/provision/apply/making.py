"""Making: adds records to an org, and finds out what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from provision.apply.journal import Entry, Journal, LeftAsItIs
from provision.errors import OrgRefused, WriteUnknown
from provision.org.access import AccessWriter
from provision.org.clock import Clock
from provision.org.outcome import find_out, not_made
from provision.org.retry import Retry, Waits
from provision.org.write import INTERRUPTED
from provision.org.written import Outcome

__all__ = ["Making"]

_THERE_ALREADY: Final = frozenset({"DUPLICATE_VALUE", "DUPLICATE_DEVELOPER_NAME"})
_REMOVALS: Final = 3
_REMOVAL_WAITS: Final = Waits(1.0)


@dataclass(frozen=True, slots=True)
class Making:
    """Adds records, each noted in the journal before it is asked for.

    ``wait`` is how long, in seconds, the org is asked after a record whose answer was lost.
    """

    writer: AccessWriter
    journal: Journal
    clock: Clock
    wait: float

    def record(
        self, what: str, sobject: str, create: Callable[[], str], find: Callable[[], str]
    ) -> str:
        """Have ``create`` make a record; its id. ``find`` finds it by what makes it unique.

        A record that is there already is as good as made, and is not taken away by an undoing.
        Raises what turned the creation away, :class:`WriteUnknown` if nobody knows what became of
        it, and :class:`KeyboardInterrupt` if it was interrupted and is known.
        """
        entry = self.journal.intend(what)
        try:
            made = create()
        except WriteUnknown as error:
            lost = error
        except KeyboardInterrupt:  # it may have come between the org's answer and this line
            lost = WriteUnknown(f"the creation of {what}", INTERRUPTED, interrupted=True)
        except OrgRefused as error:
            entry.became(Outcome.NOT_MADE)
            found = find() if error.code in _THERE_ALREADY else ""
            if found:
                entry.became(Outcome.THERE_ALREADY)
                return found
            raise
        except Exception:  # before it was sent: the door for writes lets nothing else out
            entry.became(Outcome.NOT_MADE)
            raise
        else:
            entry.made(partial(self._take_away, what, sobject, made))
            return made
        return self._asked_after(entry, lost, find)

    def _asked_after(self, entry: Entry, lost: WriteUnknown, find: Callable[[], str]) -> str:
        """The id of a record whose answer was ``lost``, which the org is asked for."""
        try:
            found = find_out(lost, find, bool, self.clock, self.wait)
        except WriteUnknown:
            entry.became(Outcome.UNKNOWN)
            raise
        if not found:
            entry.became(Outcome.NOT_MADE)
            raise not_made(lost) from lost
        entry.became(Outcome.FOUND)
        if lost.interrupted:
            raise KeyboardInterrupt from lost
        return found

    def remove(self, what: str, sobject: str, record_id: str) -> bool:
        """Delete a record; whether somebody interrupted that.

        To delete once more does no harm, so that is done when the answer is lost. Raises what
        turned it away, and :class:`WriteUnknown` if nobody knows what became of it.
        """
        interrupted = False
        retry = Retry(self.clock, _REMOVAL_WAITS, attempts=_REMOVALS)
        while True:
            try:
                self.writer.remove(sobject, record_id, what=what)
            except WriteUnknown as error:
                if retry.is_last_attempt:
                    raise
                interrupted = interrupted or error.interrupted
            else:
                return interrupted
            retry.wait()

    def _take_away(self, what: str, sobject: str, record_id: str) -> None:
        users = self.writer.uses_of(sobject, record_id)
        if users:
            raise LeftAsItIs(", ".join(users))
        self.remove(what, sobject, record_id)
