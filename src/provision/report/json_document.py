"""JSON for programs. The schemas are beside this module, in `schemas/`, and docs/reports.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from provision.catalogue.risk import Risk
from provision.findings import Finding, Severity
from provision.plan.facts import OrgFacts
from provision.plan.plan import Action, Gate, Moved
from provision.redaction import SECRETS
from provision.report.entry import AppliedNote, Entry, Failure, ProofNote
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.row import Row
from provision.report.shown_drift import ShownDrift
from provision.report.shown_plan import AcceptedRow, Group, ShownPlan
from provision.report.typed_value import Json
from provision.spec.position import Position

__all__ = ["FINDINGS_SCHEMA", "RESULTS_SCHEMA", "JsonRenderer"]

RESULTS_SCHEMA: Final = "provision/results/1"
FINDINGS_SCHEMA: Final = "provision/findings/1"

_Object = Mapping[str, Json]

_MOVED: Final = {Moved.SPEC: "spec", Moved.ORG: "org", Moved.BOTH: "both", Moved.UNKNOWN: None}


class JsonRenderer:
    """One JSON document. Keys are always all there, in this order; what there is not is null."""

    def render(self, report: Report) -> str:
        """A document of schema `provision/results/1`."""
        return _dumped(
            {
                "schema": RESULTS_SCHEMA,
                "verb": report.verb,
                "exit_code": int(report.exit_code),
                "results": [_entry(entry) for entry in report.entries],
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


def _dumped(document: _Object) -> str:
    # ASCII alone, so that no encoding, and no lone surrogate in a value, can break it.
    return json.dumps(document, indent=2)


def _entry(entry: Entry) -> _Object:
    return {
        "app": entry.app,
        "org": entry.org,
        "status": entry.status,
        "exit_code": int(entry.exit_code),
        "position": _position(entry.position),
        "plan": _plan(entry.plan) if entry.plan else None,
        "applied": _applied(entry.applied) if entry.applied else None,
        "proof": _proof(entry.proof) if entry.proof else None,
        "error": _failure(entry.failure) if entry.failure else None,
    }


def _plan(plan: ShownPlan) -> _Object:
    return {
        "org": _org(plan.org),
        "action": _action(plan).value,
        "restricts_last": plan.tightens,
        "summary": {
            "create": plan.count(Action.CREATE),
            "update": plan.count(Action.UPDATE),
            "unknown": plan.count(Action.UNKNOWN),
            "fields": sum(len(row.fields) for row in plan.rows),
            "access": len(plan.access),
            "risks": {_level(level.words): count for level, count in plan.risks},
        },
        "components": [_group(group) for group in plan.groups],
        "chooses_consumer_key": plan.chooses_consumer_key,
        "access": plan.access,
        "gates": [_gate(gate) for gate in plan.gates],
        "accepted": [_accepted(item) for item in plan.accepted],
        "expired": [_accepted(item) for item in plan.expired],
        "advice": [_advice(advice) for advice in plan.advice],
        "unmanaged": [
            {"type": record.type_name, "full_name": record.full_name or None}
            for record in plan.unmanaged
        ],
        "drift": _drift(plan.drift, plan) if plan.drift else None,
        "defaults": [
            {
                "component": defaults.type_name,
                "values": [{"key": key, "value": value} for key, value in defaults.chosen],
            }
            for defaults in plan.defaults
        ],
    }


def _action(plan: ShownPlan) -> Action:
    if plan.creates_app:
        return Action.CREATE
    return Action.NOTHING if plan.is_empty else Action.UPDATE


def _org(org: OrgFacts) -> _Object:
    return {
        "name": org.name,
        "id": org.org_id or None,
        "instance_url": org.instance_url,
        "username": org.username or None,
        "api_version": org.api_version,
        "reached_by": org.reached_by,
        "is_production": org.is_production,
    }


def _group(group: Group) -> _Object:
    return {
        "type": group.type_name,
        "full_name": group.full_name,
        "action": group.action.value,
        "changes": [_row(row) for row in group.rows],
    }


def _row(row: Row) -> _Object:
    return {
        "key": row.key,
        "before": row.before,
        "after": row.after,
        "fields": [
            {"field": field.name, "before": field.before, "after": field.after}
            for field in row.fields
        ],
        "risk": _risk(row.risk),
        "drift": _risk(row.drift) if row.drift else None,
        "moved": _MOVED[row.moved],
        "position": _position(row.position),
    }


def _risk(risk: Risk) -> _Object:
    return {
        "level": _level(risk.level.words),
        "levels": [_level(level.words) for level in risk.levels],
        "reason": risk.text,
    }


def _drift(drift: ShownDrift, plan: ShownPlan) -> _Object:
    return {
        "missing": drift.is_missing,
        "text": drift.missing_words(plan.app) if drift.is_missing else None,
        "applied_on": drift.applied_on.isoformat() if drift.applied_on else None,
        "risks": {_level(level.words): count for level, count in plan.drift_risks},
        "access": [_risk(risk) for risk in drift.access],
        "last_changes": [
            {
                "told_by": change.told_by.value,
                "at": f"{change.at:%Y-%m-%dT%H:%M:%SZ}",
                "who": change.who or None,
                "what": change.what,
            }
            for change in drift.changes
        ],
        "ways_out": list(drift.ways_out),
    }


def _level(words: str) -> str:
    return words.replace(" ", "_")


def _gate(gate: Gate) -> _Object:
    return {
        "name": gate.name.value,
        "reason": gate.reason,
        "lifted_by": gate.flag or None,
        "next_step": gate.next_step or None,
    }


def _accepted(item: AcceptedRow) -> _Object:
    return {
        "component": {"type": item.row.type_name, "full_name": item.row.full_name},
        "change": _row(item.row),
        "reason": item.acceptance.reason,
        "until": item.acceptance.until.isoformat(),
    }


def _advice(advice: Finding) -> _Object:
    return {
        "rule": advice.rule,
        "severity": advice.severity.value,
        "text": advice.text,
        "next_step": advice.next_step or None,
        "source": advice.source or None,
        "position": _position(advice.position),
    }


def _applied(applied: AppliedNote) -> _Object:
    return {"consumer_key": applied.consumer_key or None, "notices": applied.notices}


def _proof(proof: ProofNote) -> _Object:
    return {
        "kind": proof.kind,
        "shows": proof.shows.value,
        "username": proof.username or None,
        "detail": proof.detail,
        "also": [_proof(other) for other in proof.also],
    }


def _failure(failure: Failure) -> _Object:
    return {
        "exit_code": int(failure.exit_code),
        "message": failure.message,
        "next_step": failure.next_step or None,
        "problems": [
            {
                "message": problem.sentence,
                "position": _position(problem.position),
            }
            for problem in failure.problems
        ],
    }


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


def _position(position: Position | None) -> Json:
    if position is None:
        return None
    return {"file": position.file, "line": position.line, "column": position.column}
