"""Findings: what a verb that only checks (lint, doctor) found, as a value for any format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.report.redaction import Redaction

__all__ = ["Findings"]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a run of ``verb`` found, and what it ``checked``: apps, by name.

    ``sensitive`` texts are shown by no format.
    """

    verb: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    sensitive: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def joined(cls, verb: str, parts: Iterable[Findings]) -> Findings:
        """The findings of several orgs as one, each without what is sensitive in its own org."""
        safe = [part.redacted() for part in parts]
        checked = dict.fromkeys(app for part in safe for app in part.checked)
        return cls(verb, tuple(found for part in safe for found in part.findings), tuple(checked))

    def redacted(self) -> Findings:
        """The same without any sensitive text, so that it can be kept."""
        redaction = Redaction(self.sensitive)
        found = tuple(_redacted(finding, redaction) for finding in self.findings)
        return Findings(self.verb, found, tuple(map(redaction.exact, self.checked)))

    @property
    def exit_code(self) -> ExitCode:
        """The run's own: found, if there is an error or a warning."""
        bad = any(finding.severity is not Severity.NOTE for finding in self.findings)
        return ExitCode.FOUND if bad else ExitCode.OK

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)


def _redacted(finding: Finding, redaction: Redaction) -> Finding:
    return replace(
        finding,
        rule=redaction.exact(finding.rule),
        text=redaction.exact(finding.text),
        next_step=redaction.exact(finding.next_step),
        key=redaction.exact(finding.key),
        app=redaction.exact(finding.app),
        org=redaction.exact(finding.org),
    )
