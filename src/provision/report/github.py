"""GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provision.findings import Finding, Severity
from provision.redaction import visible
from provision.report.entry_findings import entry_findings, failure_findings, printable
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.source_file import relative_file

__all__ = ["GithubRenderer"]

_COMMAND: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}
_ORDER: Final = list(Severity)


class GithubRenderer:
    """One command a line, the worst first: GitHub shows ten of each kind in a step."""

    def render(self, report: Report) -> str:
        """A command for each difference, gate, advice and error; one for a whole new app."""
        return _commands(
            finding
            for entry in report.entries
            for finding in (*failure_findings(entry), *entry_findings(entry))
            if not finding.accepted
        )

    def render_findings(self, findings: Findings) -> str:
        """A command for each finding."""
        return _commands(printable(finding) for finding in findings.findings)


def _commands(found: Iterable[Finding]) -> str:
    worst_first = sorted(found, key=lambda finding: _ORDER.index(finding.severity))
    return "\n".join(map(_command, worst_first))


def _command(finding: Finding) -> str:
    properties = {"title": f"{finding.where}: {finding.rule}"}
    message = finding.sentence
    at = finding.position
    if at and at.is_shipped:  # the repository has no such file to show the message in
        message = f"{message} ({at})"
    elif at:
        place = {"file": relative_file(at.file), "line": str(at.line), "col": str(at.column)}
        properties = place | properties
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMAND[finding.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    lines = "\n".join(map(visible, text.splitlines()))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
