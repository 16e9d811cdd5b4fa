"""Gating: asks an org what the gates must know, and puts the gates into a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence

from provision.apply.admitting import counted
from provision.apply.prepare import Prepared
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.errors import GateName, GateRefused
from provision.org.org import ReadableOrg
from provision.plan.gate import Usage, gates, restricts
from provision.plan.names import Wanted, listed_names
from provision.plan.plan import Gate, Plan
from provision.plan.tightening import refuses, with_holders
from provision.rules.finding import broken_rules, newly_broken
from provision.rules.rule import RuleSet
from provision.rules.threshold import Thresholds

__all__ = ["check_extent", "check_gates", "gated"]


def gated(prepared: Prepared, org: ReadableOrg, rules: RuleSet) -> Prepared:
    """``prepared`` with the gates that its plan trips under ``rules``.

    Asks the org who uses the app, and of what kind it is; writes nothing.
    """
    plan = prepared.plan
    if plan.is_empty:
        return prepared
    facts = dataclasses.replace(plan.org, is_production=org.is_production())
    found = counted(dataclasses.replace(plan, org=facts), org)
    usage = _usage(found.plan, org)
    plan = with_holders(found.plan, usage)
    tripped = gates(plan, usage, _broken(plan, rules), rules.thresholds, found.newcomers)
    return prepared.with_plan(dataclasses.replace(plan, gates=tripped))


def check_gates(
    plans: Sequence[Plan], allowed: frozenset[GateName], thresholds: Thresholds
) -> None:
    """Raise :class:`GateRefused` unless every gate of the plans is allowed or lifted."""
    changing = [plan for plan in plans if not plan.is_empty]
    apps = {plan.app for plan in changing}
    orgs = {plan.org.instance_url for plan in changing}
    gates = [gate for plan in plans for gate in plan.gates]
    _refuse([*gates, *_over(apps, orgs, thresholds)], allowed)


def check_extent(
    apps: Collection[str],
    orgs: Collection[str],
    allowed: frozenset[GateName],
    thresholds: Thresholds,
) -> None:
    """Raise :class:`GateRefused` if more ``apps``, or ``orgs``, would change than one run may."""
    _refuse(tuple(_over(apps, orgs, thresholds)), allowed)


def _refuse(gates: Sequence[Gate], allowed: frozenset[GateName]) -> None:
    holding = [gate for gate in gates if not _is_lifted(gate, allowed)]
    if holding:
        steps = dict.fromkeys(
            gate.next_step or f"Lift it with {gate.flag}, when that is what you want."
            for gate in holding
        )
        raise GateRefused(
            "\n".join(f"{gate.name} gate: {gate.reason}" for gate in holding),
            next_step=" ".join(steps),
        )


def _over(apps: Collection[str], orgs: Collection[str], thresholds: Thresholds) -> Iterator[Gate]:
    """The thresholds of a whole run: how many apps, and how many orgs, would change."""
    for what, count, most in (
        ("apps", len(apps), thresholds.apps),
        ("orgs", len(orgs), thresholds.orgs),
    ):
        if most is not None and count > most:
            reason = f"{count} {what} would change in one run, more than {most}"
            yield Gate(GateName.THRESHOLD, reason)


def _is_lifted(gate: Gate, allowed: frozenset[GateName]) -> bool:
    return bool(gate.flag) and gate.name in allowed


def _usage(plan: Plan, org: ReadableOrg) -> Usage:
    """Who uses the app: asked only where somebody may lose it, or may be refused."""
    if not plan.actual.exists or not (restricts(plan) or refuses(plan)):
        return Usage(session_client_id=org.session.client_id)
    policy = next((i.component for i in plan.components if i.desired.type is OAUTH_POLICIES), None)
    return org.usage(plan.app, listed_names(policy) if policy else Wanted())


def _broken(plan: Plan, rules: RuleSet) -> Sequence[str]:
    """The rules that an existing app would newly break, or break worse."""
    if not plan.actual.exists:
        return ()
    before = plan.actual.components
    after = {**before, **{i.component.type.name: i.component for i in plan.components}}
    worse = newly_broken(
        broken_rules(rules, tuple(before.values())), broken_rules(rules, tuple(after.values()))
    )
    return [f"{broken.rule.id} ({broken.finding.sentence})" for broken in worse]
