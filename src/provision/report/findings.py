"""What a verb that only checks (lint, doctor, validate) found, as a value for any format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.redaction import SECRETS

__all__ = ["Findings"]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a run of ``verb`` found, and what it ``checked``: apps, or files.

    ``exit_code`` is that of the run.
    """

    verb: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    exit_code: ExitCode

    @classmethod
    def of(
        cls, verb: str, findings: tuple[Finding, ...], checked: tuple[str, ...], *, strict: bool
    ) -> Findings:
        """What a job found in one org. An error is a finding; with ``strict``, a warning is too."""
        counted = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        found = any(finding.severity in counted for finding in findings)
        return cls(verb, findings, checked, ExitCode.FOUND if found else ExitCode.OK)

    @classmethod
    def joined(cls, verb: str, parts: Iterable[Findings], exit_code: ExitCode) -> Findings:
        """The findings of several orgs as one."""
        every = tuple(parts)
        checked = dict.fromkeys(app for part in every for app in part.checked)
        findings = tuple(each for part in every for each in part.findings)
        return cls(verb, findings, tuple(checked), exit_code)

    def redacted(self) -> Findings:
        """The same without secrets, so that it can be kept."""
        found = tuple(each.redacted() for each in self.findings)
        return replace(self, findings=found, checked=tuple(map(SECRETS.exact, self.checked)))

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)
