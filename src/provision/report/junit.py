"""JUnit XML: a test case for each app, a suite for each org, as CI servers show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.redaction import SECRETS, visible
from provision.report.entry import Entry
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.text import entry_text, finding_line

__all__ = ["JunitRenderer"]


class _Verdict(Enum):
    """The verdict of a test case: the name of its element, if it has one."""

    PASSED = ""
    FAILED = "failure"
    ERRORED = "error"


# A difference or a refusal is a failure. It is an error if nothing could be found out or done.
_VERDICTS: Final[Mapping[ExitCode, _Verdict]] = {
    ExitCode.OK: _Verdict.PASSED,
    ExitCode.FOUND: _Verdict.FAILED,
    ExitCode.REFUSED: _Verdict.FAILED,
    ExitCode.NOT_PROVEN: _Verdict.FAILED,
}


_SPECS: Final = "specs"  # the suite of findings that hold for every org
_WHOLE_ORG: Final = "every app"  # the case of a result about an org as a whole


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case. ``kind`` and ``message`` say why it did not pass; ``body`` has all details."""

    name: str
    verdict: _Verdict
    kind: str
    message: str
    body: str


class JunitRenderer:
    """JUnit XML in the dialect that Jenkins, GitLab and GitHub actions read."""

    def render(self, report: Report) -> str:
        """A suite for each org, in the order of the results; a case for each app."""
        suites: dict[str, list[_Case]] = {}
        for entry in report.entries:
            suites.setdefault(entry.org, []).append(_of_entry(entry, report.verb))
        return _document(report.verb, suites)

    def render_findings(self, findings: Findings) -> str:
        """A suite for each org; a case for each app that was checked, or has findings."""
        suites: dict[str, list[_Case]] = {_SPECS: []}
        for org in dict.fromkeys(("", *(finding.org for finding in findings.findings))):
            of_org = [finding for finding in findings.findings if finding.org == org]
            apps = dict.fromkeys(finding.app for finding in of_org)
            suites.setdefault(SECRETS.line(org) or _SPECS, []).extend(
                _of_findings(app, [item for item in of_org if item.app == app])
                for app in (apps if org else dict.fromkeys((*findings.checked, *apps)))
            )
        return _document(findings.verb, suites)


def _of_entry(entry: Entry, verb: str) -> _Case:
    verdict = _VERDICTS.get(entry.exit_code, _Verdict.ERRORED)
    return _Case(
        name=entry.app or _WHOLE_ORG,
        verdict=verdict,
        kind=_kind(entry),
        message=entry.failure.message if entry.failure else entry.status,
        body=entry_text(entry, verb),
    )


def _kind(entry: Entry) -> str:
    status = entry.failure.status if entry.failure else ""
    return status.replace(" ", "_") or entry.exit_code.name.lower()


def _of_findings(app: str, found: Sequence[Finding]) -> _Case:
    bad = [finding for finding in found if finding.severity is not Severity.NOTE]
    lines = [finding_line(finding) for finding in found]
    return _Case(
        name=SECRETS.line(app) or _WHOLE_ORG,
        verdict=_Verdict.FAILED if bad else _Verdict.PASSED,
        kind=", ".join(dict.fromkeys(SECRETS.line(finding.rule) for finding in bad)),
        message=SECRETS.lines(bad[0].sentence) if bad else "",
        body="\n".join(lines),
    )


def _document(verb: str, suites: Mapping[str, Sequence[_Case]]) -> str:
    root = Element("testsuites", {"name": _clean(f"provision {verb}")})
    everything = [case for cases in suites.values() for case in cases]
    _count(root, everything)
    for name, cases in suites.items():
        suite = SubElement(root, "testsuite", {"name": _clean(name)})
        _count(suite, cases)
        for case in cases:
            _add(suite, name, case)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _count(element: Element, cases: Iterable[_Case]) -> None:
    verdicts = [case.verdict for case in cases]
    element.set("tests", str(len(verdicts)))
    element.set("failures", str(verdicts.count(_Verdict.FAILED)))
    element.set("errors", str(verdicts.count(_Verdict.ERRORED)))


def _add(suite: Element, org: str, case: _Case) -> None:
    element = SubElement(suite, "testcase", {"name": _clean(case.name), "classname": _clean(org)})
    if case.verdict is _Verdict.PASSED:
        if case.body:
            SubElement(element, "system-out").text = _clean(case.body)
        return
    why = {"type": _clean(case.kind), "message": _clean(case.message)}
    SubElement(element, case.verdict.value, why).text = _clean(case.body)


def _clean(text: str) -> str:
    """``text`` without the characters that XML cannot hold, even escaped."""
    return "\n".join(map(visible, text.splitlines()))
