"""Findings: what a verb that only checks (lint, doctor) found, as a value for any format."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from provision.errors import ExitCode
from provision.spec.position import Position

__all__ = ["Finding", "Findings", "Severity"]


class Severity(StrEnum):
    """How bad it is. A note alone is nothing found."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: which rule says so, of which key of whose spec, and where.

    ``org`` is empty where the finding holds for every org.
    """

    rule: str
    severity: Severity
    message: str
    position: Position | None
    key: str
    spec_app: str
    org: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a run of ``verb`` found, and what it ``checked``: apps, by name.

    ``sensitive`` texts are shown by no format.
    """

    verb: str
    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    sensitive: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def exit_code(self) -> ExitCode:
        """The run's own: found, if there is an error or a warning."""
        bad = any(finding.severity is not Severity.NOTE for finding in self.findings)
        return ExitCode.FOUND if bad else ExitCode.OK

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)
