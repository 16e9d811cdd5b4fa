"""What the judge is given of one run, and what comes of a judgement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.faults.files import Folder
from tests.faults.program import Ran
from tests.faults.scenarios import Scenario
from tests.faults.state import OrgState, is_done

__all__ = ["APP", "DONE", "INTERRUPTED", "NOTHING_WRITTEN", "Evidence", "OfOrg"]

APP = "Robot"

DONE = (0, 7)
"""Exit codes that mean that what was asked for is so."""
NOTHING_WRITTEN = (2, 3, 6)
"""Exit codes that mean that the org is as before."""
INTERRUPTED = 130


@dataclass(frozen=True)
class OfOrg:
    """What was said of one org, and what it was, is, and is after a run that goes well."""

    code: int
    said: str
    before: OrgState
    after: OrgState
    final: OrgState

    @property
    def is_same(self) -> bool:
        """Whether nothing at all was written."""
        return self.before.things == self.after.things

    @property
    def is_done(self) -> bool:
        """Whether what was asked for is so."""
        return is_done(self.before, self.after, self.final)

    @property
    def changed(self) -> frozenset[str]:
        """What was written."""
        return self.before.things ^ self.after.things

    @property
    def lacking(self) -> frozenset[str]:
        """How the org is not what it is after a run that goes well."""
        return (self.after.shape ^ self.final.shape) or frozenset({"what is new each time is old"})


@dataclass(frozen=True)
class Evidence:
    """One run: what was said, and what was and is, in the orgs and on disk."""

    ran: Ran
    before: Mapping[str, OrgState]
    after: Mapping[str, OrgState]
    final: Mapping[str, OrgState]
    files_before: Folder
    files: Folder
    scenario: Scenario

    def orgs(self) -> Iterator[tuple[str, OfOrg]]:
        """Each org by name, with what was said of it."""
        for org, before in self.before.items():
            code, said = self._said_of(org)
            yield org, OfOrg(code, said, before, self.after[org], self.final[org])

    def _said_of(self, org: str) -> tuple[int, str]:
        """The exit code that one org came to, and what was said of it."""
        if not self.scenario.fleet:
            return self.ran.code, self.ran.text
        row = self.files.rows.get(org)
        if row is None:  # the run ended before the org's turn
            return 2, ""
        return row.code, row.text
