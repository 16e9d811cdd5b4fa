"""Failed run: a run that ended with an error and has no other result, as a value for any format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.errors import ProvisionError
from provision.redaction import SECRETS
from provision.report.entry import Entry, Failure
from provision.report.report import Report, failure_of

__all__ = ["FailedRun"]

_NO_ORG: Final = "the run"


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A run of ``verb`` that ended with an error, and with an exit code of its own.

    The exit code of an interrupted run is that of shells, 130. ``written`` is what the run wrote to
    the org, in sentences.
    """

    verb: str
    exit_code: int
    failure: Failure
    written: tuple[str, ...] = ()

    @classmethod
    def of(cls, verb: str, exit_code: int, error: ProvisionError) -> FailedRun:
        """The run that ended with ``error``, without secrets."""
        written = tuple(map(SECRETS.lines, error.written))
        return cls(verb, exit_code, failure_of(error, SECRETS), written)

    @property
    def report(self) -> Report:
        """The error as the only entry of a report, for formats without a document for errors."""
        failure = self.failure
        return Report(self.verb, (Entry("", _NO_ORG, failure.exit_code, None, failure=failure),))
