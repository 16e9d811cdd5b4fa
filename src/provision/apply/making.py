"""Making: creates records in an org, and finds out what became of each write."""

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
    """Creates records. Each is noted in the journal before the request is sent.

    ``wait`` is for how many seconds the org is asked whether it has a record, if the answer to its
    creation was lost.
    """

    writer: AccessWriter
    journal: Journal
    clock: Clock
    wait: float

    def record(
        self, what: str, sobject: str, create: Callable[[], str], find: Callable[[], str]
    ) -> str:
        """Have ``create`` make a record, and return its id. ``find`` finds it by its unique values.

        A record that exists already is used, and no undoing removes it. Raises the error with which
        the org refused the creation, :class:`WriteUnknown` if nobody knows what became of it, and
        :class:`KeyboardInterrupt` if somebody interrupted it and its outcome is known.
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
        except Exception:  # before it was sent: org.write raises nothing else afterwards
            entry.became(Outcome.NOT_MADE)
            raise
        else:
            entry.made(partial(self._take_away, what, sobject, made))
            return made
        return self._found_again(entry, lost, find)

    def _found_again(self, entry: Entry, lost: WriteUnknown, find: Callable[[], str]) -> str:
        """The id of the record that the ``lost`` write made, by asking the org for it."""
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
        """Delete a record. Returns whether somebody interrupted that.

        A second deletion does no harm, so it is repeated if the answer is lost. Raises the error
        with which the org refused it, and :class:`WriteUnknown` if nobody knows what became of it.
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
