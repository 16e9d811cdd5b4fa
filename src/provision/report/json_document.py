"""JSON for programs. The schemas are beside this module, in `schemas/`, and docs/reports.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from provision.findings import Finding, Severity
from provision.plan.codec import as_json, json_schema
from provision.plan.drift import Drift
from provision.plan.plan import Action, Plan
from provision.redaction import SECRETS
from provision.report.entry import Entry
from provision.report.failed_run import FailedRun
from provision.report.findings import Findings
from provision.report.plan_words import (
    RiskCounts,
    component_count,
    drift_risk_counts,
    missing_words,
    risk_counts,
    ways_out,
)
from provision.report.report import Report
from provision.report.row import rows
from provision.spec.position import Position

__all__ = ["ERROR_SCHEMA", "FINDINGS_SCHEMA", "RESULTS_SCHEMA", "JsonRenderer", "results_schema"]

RESULTS_SCHEMA: Final = "provision/results/2"
FINDINGS_SCHEMA: Final = "provision/findings/1"
ERROR_SCHEMA: Final = "provision/error/1"

_WORDS: Final = ("key", "before", "after")

_Object = Mapping[str, object]


class JsonRenderer:
    """One JSON document. Every key is always there, in the schema's order."""

    def render(self, report: Report) -> str:
        """A document of schema `provision/results/2`."""
        return _dumped(
            {
                "schema": RESULTS_SCHEMA,
                "verb": report.verb,
                "exit_code": int(report.exit_code),
                "results": [_result(entry) for entry in report.entries],
            }
        )

    def render_findings(self, findings: Findings) -> str:
        """A document of schema `provision/findings/1`."""
        return _dumped(
            {
                "schema": FINDINGS_SCHEMA,
                "verb": findings.verb,
                "exit_code": int(findings.exit_code),
                "checked": [SECRETS.exact(app) for app in findings.checked],
                "counts": {item.value: findings.count(item) for item in Severity},
                "findings": [_finding(finding) for finding in findings.findings],
            }
        )

    def render_failed(self, run: FailedRun) -> str:
        """A document of schema `provision/error/1`."""
        failure = as_json(run.failure)
        return _dumped(
            {
                "schema": ERROR_SCHEMA,
                "verb": run.verb or None,
                "exit_code": run.exit_code,
                "error": {name: failure[name] for name in ("message", "next_step", "problems")},
                "written": run.written,
            }
        )


def results_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the documents of :meth:`JsonRenderer.render`."""
    schema = json_schema(Entry)
    parts = schema["properties"]
    count = {"type": "integer", "minimum": 0}
    risks = {"type": "object", "additionalProperties": count}
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    summary = {
        "action": {"enum": [action.value for action in Action if action is not Action.UNKNOWN]},
        **dict.fromkeys(("create", "update", "unknown", "fields", "access"), count),
        "risks": risks,
        "changes": {"type": "array", "items": _object(dict.fromkeys(_WORDS, text))},
        "drift": _or_null(_object({"risks": risks, "missing": _or_null(text), "ways_out": texts})),
    }
    result = {
        "app": parts["app"],
        "org": parts["org"],
        "status": {"type": "string", "description": "For people: read exit_code and summary."},
        "exit_code": parts["exit_code"],
        "position": parts["position"],
        "summary": _or_null(_object(summary)),
        **{name: parts[name] for name in ("plan", "applied", "proof", "done")},
        "error": parts["failure"],
    }
    document = {
        "schema": {"const": RESULTS_SCHEMA},
        "verb": text,
        "exit_code": parts["exit_code"],
        "results": {"type": "array", "items": {"$ref": "#/$defs/Result"}},
    }
    return {
        "$schema": schema["$schema"],
        "title": "provision results, version 2",
        **_object(document),
        "$defs": {**schema["$defs"], "Result": _object(result)},
    }


def _object(properties: _Object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: _Object) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _dumped(document: _Object) -> str:
    # ASCII alone, so that no encoding, and no lone surrogate in a value, can break it.
    return json.dumps(document, indent=2)


def _result(entry: Entry) -> _Object:
    """An entry in the form that records have too, with its status and a summary of its plan."""
    form = as_json(entry)
    return {
        "app": form["app"],
        "org": form["org"],
        "status": entry.status,
        "exit_code": form["exit_code"],
        "position": form["position"],
        "summary": _summary(entry.plan) if entry.plan else None,
        "plan": form["plan"],
        "applied": form["applied"],
        "proof": form["proof"],
        "done": form["done"],
        "error": form["failure"],
    }


def _summary(plan: Plan) -> _Object:
    return {
        "action": _action(plan).value,
        "create": component_count(plan, Action.CREATE),
        "update": component_count(plan, Action.UPDATE),
        "unknown": component_count(plan, Action.UNKNOWN),
        "fields": len(plan.changes),
        "access": len(plan.access),
        "risks": _counts(risk_counts(plan)),
        "changes": [
            {"key": row.key, "before": row.before, "after": row.after} for row in rows(plan)
        ],
        "drift": _drift(plan, plan.drift) if plan.drift else None,
    }


def _drift(plan: Plan, drift: Drift) -> _Object:
    return {
        "risks": _counts(drift_risk_counts(plan)),
        "missing": missing_words(drift, plan.app) if drift.is_missing else None,
        "ways_out": list(ways_out(plan)),
    }


def _action(plan: Plan) -> Action:
    if plan.creates_app:
        return Action.CREATE
    return Action.NOTHING if plan.is_empty else Action.UPDATE


def _counts(counts: RiskCounts) -> _Object:
    return {level.name.lower(): count for level, count in counts}


def _finding(finding: Finding) -> _Object:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": SECRETS.exact(finding.sentence),
        "app": SECRETS.exact(finding.app),
        "org": SECRETS.exact(finding.org) or None,
        "key": SECRETS.exact(finding.key),
        "source": finding.source or None,
        "position": _position(finding.position),
    }


def _position(position: Position | None) -> _Object | None:
    if position is None:
        return None
    return {"file": position.file, "line": position.line, "column": position.column}
