"""Plans and results as text for a terminal or a log."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap
from typing import Final

from provision.apply.proof import Proof
from provision.apply.run import Applied
from provision.plan.facts import OrgFacts
from provision.plan.plan import (
    AccessChange,
    Action,
    Assign,
    Change,
    ComponentPlan,
    CreatePermissionSet,
    CreateProfile,
    Plan,
)
from provision.report.value import shown
from provision.spec.spec import Spec

__all__ = ["applied_text", "diff_text", "plan_text", "proof_text", "sf_command"]

_SIGN: Final = {Action.CREATE: "+", Action.UPDATE: "~", Action.NOTHING: " "}


def plan_text(plan: Plan) -> str:
    """What would be done: which org, which app, every change, and what the org itself chooses."""
    lines = [_org_line(plan.org), f"app: {plan.app} ({_state(plan)})", ""]
    if plan.is_empty:
        lines.append("Nothing to change: the org is what the spec says.")
        return "\n".join(lines)
    lines += _change_lines(plan)
    if plan.tightens:
        lines += [
            "",
            "This restricts an existing app: it is validated and granted first, restricted last.",
        ]
    if plan.defaults:
        lines += ["", "The spec leaves these to the org, which chooses for a new app:"]
        lines += _default_lines(plan)
    lines += ["", _summary(plan)]
    return "\n".join(lines)


def diff_text(plan: Plan) -> str:
    """Where the org is not what the spec says."""
    lines = [_org_line(plan.org), f"app: {plan.app} ({_state(plan)})", ""]
    if plan.is_empty:
        lines.append("No differences.")
    else:
        lines += [*_change_lines(plan), "", _summary(plan)]
    return "\n".join(lines)


def applied_text(applied: Applied) -> str:
    """What came of it: that the org has it, and the consumer key."""
    lines = [f"app: {applied.plan.app} is what the spec says (read back)"]
    if applied.consumer_key:
        lines.append(f"consumer key: {applied.consumer_key}")
    return "\n".join(lines)


def proof_text(proof: Proof) -> str:
    """How an app was proven, and as whom."""
    who = f" as {proof.username}" if proof.username else ""
    return f"proven by {proof.kind.value}{who}: {proof.detail}"


def sf_command(spec: Spec, applied: Applied, instance_url: str) -> str:
    """The command that logs the `sf` CLI in with the app, empty if the app has no key for it."""
    key = applied.consumer_key
    if not key:
        return ""
    common = f"--client-id {key} --instance-url {instance_url} --alias {spec.app}"
    oauth = spec.document.oauth
    bearer = oauth.jwt_bearer if oauth else None
    if bearer is None or bearer.private_key is None:
        return f"sf org login web {common}"
    user = bearer.prove_as or applied.plan.org.username or "USERNAME"
    file = shlex.quote(str(bearer.private_key))
    return f"sf org login jwt --username {user} --jwt-key-file {file} {common}"


def _org_line(org: OrgFacts) -> str:
    who = f", as {org.username}" if org.username else ""
    return f"org: {org.name} ({org.instance_url}{who}, API {org.api_version}, by {org.reached_by})"


def _state(plan: Plan) -> str:
    return "to be created" if plan.creates_app else "exists"


def _change_lines(plan: Plan) -> Iterator[str]:
    for item in plan.components:
        if item.action is not Action.NOTHING:
            yield from _component_lines(item)
    for access in plan.access:
        yield f"+ {_access_line(access)}"
    for gate in plan.gates:
        yield f"! {gate.reason}"


def _component_lines(item: ComponentPlan) -> Iterator[str]:
    component = item.component
    yield f"{_SIGN[item.action]} {component.type.name} {component.full_name}"
    for change in item.changes:
        yield f"    {_change_line(item.action, change)}"


def _change_line(action: Action, change: Change) -> str:
    name = f"{change.key} [{change.field.name}]"
    after = shown(change.field, change.after)
    if action is Action.CREATE:
        return f"{name}: {after}  ({change.position})"
    return f"{name}: {shown(change.field, change.before)} -> {after}  ({change.position})"


def _access_line(change: AccessChange) -> str:
    match change:
        case CreatePermissionSet():
            return f"permission set {change.name}"
        case CreateProfile():
            return f"profile {change.name}, a clone of {change.source}"
        case Assign():
            return f"permission set {change.permission_set} for {change.username}"


def _default_lines(plan: Plan) -> Iterator[str]:
    """One paragraph a component: there are many, and most are false."""
    for type_name, defaults in groupby(plan.defaults, lambda default: default.component.name):
        chosen = ", ".join(
            f"{item.field.name} {shown(item.field, item.value)}" for item in defaults
        )
        yield from wrap(
            f"{type_name}: {chosen}", 96, initial_indent="    ", subsequent_indent=" " * 8
        )


def _summary(plan: Plan) -> str:
    created = sum(item.action is Action.CREATE for item in plan.components)
    updated = sum(item.action is Action.UPDATE for item in plan.components)
    fields = len(plan.changes)
    return (
        f"{created} to create, {updated} to update ({fields} fields), "
        f"{len(plan.access)} for access."
    )
