"""SARIF 2.1.0: differences and findings for code scanning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from provision.distribution import VERSION
from provision.findings import INPUT, Finding, Position, Severity
from provision.report.entry_findings import entry_findings, failure_findings, printable
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.source_file import file_uri
from provision.spec.combination.judge import COMBINATIONS

__all__ = ["RULES", "SarifRenderer"]

_Object = Mapping[str, object]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
RULES: Final = {
    "app-missing": "The org does not have the app.",
    "access": "A permission set, profile or assignment that the spec asks for is missing.",
    "acceptance-expired": "A difference was accepted until a day that is over.",
    "input": "A file is not valid, or a value in it is doubtful.",
    "advice": "Something that no apply can repair.",
    "unmanaged": "A record of the app that provision leaves alone.",
    "unseen-record": "A record of which the org does not show whether it is there.",
    "notice": "The org did other than asked.",
    "error": "The run ended with an error.",
    "no-result": "An org that was to be checked was not.",
}
"""The rules that are not keys of a spec, nor gates, and what each says."""

_COMBINATIONS: Final = {each.id: each.title for each in COMBINATIONS}


class SarifRenderer:
    """One run, with a rule for each key of the spec that has a result."""

    def render(self, report: Report) -> str:
        """A result for each difference, gate, advice; errors are the run's notifications.

        A difference that the spec accepts is a result that is suppressed in source.
        """
        found = [finding for entry in report.entries for finding in entry_findings(entry)]
        failed = [finding for entry in report.entries for finding in failure_findings(entry)]
        return _log(report.verb, found, failed)

    def render_findings(self, findings: Findings) -> str:
        """A result for each finding."""
        found = [printable(finding) for finding in findings.findings]
        return _log(findings.verb, found, [])


def _log(verb: str, found: Sequence[Finding], failed: Sequence[Finding]) -> str:
    rules = list(dict.fromkeys(finding.rule for finding in found))
    driver: _Object = {
        "name": "provision",
        "semanticVersion": VERSION,
        "rules": [_rule(rule) for rule in rules],
    }
    run: _Object = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"provision/{verb}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not failed,
                "toolExecutionNotifications": [_notification(finding) for finding in failed],
            }
        ],
        "results": [_result(finding, rules.index(finding.rule)) for finding in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: str) -> _Object:
    return {"id": rule, "shortDescription": {"text": _described(rule)}}


def _described(rule: str) -> str:
    if rule.startswith("gate-"):
        return f"The gate {rule.removeprefix('gate-')} holds the plan."
    return RULES.get(rule) or _COMBINATIONS.get(rule, rule)


def _result(finding: Finding, rule_index: int) -> _Object:
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{finding.where}: {finding.sentence}"},
        "locations": _locations(finding),
        "partialFingerprints": {"provision/v1": _fingerprint(finding)},
    }
    if finding.accepted:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.accepted}]
    return result


def _notification(finding: Finding) -> _Object:
    return {
        "level": "error",
        "message": {"text": f"{finding.where}: {finding.sentence}"},
        "locations": _locations(finding),
    }


def _locations(finding: Finding) -> Sequence[_Object]:
    names: list[_Object] = [{"fullyQualifiedName": finding.where, "kind": "resource"}]
    logical: _Object = {"logicalLocations": names}
    return [{**_physical(finding.position), **logical} if finding.position else logical]


def _physical(position: Position) -> _Object:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(position)},
            "region": {"startLine": position.line, "startColumn": position.column},
        }
    }


def _uri(position: Position) -> str:
    """``preset:NAME`` is an absolute URI as it stands, and the same for every installation."""
    return position.file if position.is_shipped else file_uri(position.file)


def _fingerprint(finding: Finding) -> str:
    """The same for the same thing in the next run, wherever in the file it then stands."""
    subject = finding.text if finding.rule == INPUT else finding.key
    return _hashed((finding.rule, finding.app, finding.org, subject))


def _hashed(parts: Iterable[str]) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
