"""Failed run: a run that ended with an error and has no other result, as a value for any format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from provision.errors import ProvisionError
from provision.findings import Finding, Severity
from provision.redaction import SECRETS
from provision.report.entry import Failure
from provision.report.findings import Findings
from provision.report.report import failure_of

__all__ = ["FAILED", "FailedRun"]

FAILED: Final = "error"
"""The rule of the finding that stands for an error."""


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
    def findings(self) -> Findings:
        """What is wrong in which file; without a file, the error itself."""
        error = Finding(Severity.ERROR, FAILED, self.failure.message, self.failure.next_step)
        problems = tuple(map(_of_its_file, self.failure.problems))
        return Findings(self.verb, problems or (error,), ())


def _of_its_file(problem: Finding) -> Finding:
    """A problem under the name of its file, as it is not known which app it is about."""
    return replace(problem, app=problem.app or (problem.position.file if problem.position else ""))
