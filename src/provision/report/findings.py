"""What a verb that only checks (lint, doctor, validate) found, as a value for any format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.redaction import SECRETS

__all__ = ["Findings"]

_VALIDATE = "validate"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a run of ``verb`` found, and what it ``checked``: apps, or files."""

    verb: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]

    @classmethod
    def joined(cls, verb: str, parts: Iterable[Findings]) -> Findings:
        """The findings of several orgs as one."""
        every = tuple(parts)
        checked = dict.fromkeys(app for part in every for app in part.checked)
        return cls(verb, tuple(each for part in every for each in part.findings), tuple(checked))

    def redacted(self) -> Findings:
        """The same without secrets, so that it can be kept."""
        found = tuple(each.redacted() for each in self.findings)
        return Findings(self.verb, found, tuple(map(SECRETS.exact, self.checked)))

    @property
    def exit_code(self) -> ExitCode:
        """The run's own: found, if there is an error or a warning.

        A file that is not valid cannot be used, and a doubtful one can.
        """
        if self.verb == _VALIDATE:
            return ExitCode.CANNOT if self.count(Severity.ERROR) else ExitCode.OK
        bad = any(finding.severity is not Severity.NOTE for finding in self.findings)
        return ExitCode.FOUND if bad else ExitCode.OK

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)
