"""Gating: asks an org what the gates must know, and puts the gates into a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from provision.apply.prepare import Prepared
from provision.catalogue.canonical import fold_name
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.risk import Opening, Risk
from provision.errors import GateName, GateRefused
from provision.org.headcount import Headcount
from provision.org.org import ReadableOrg
from provision.plan.gate import Usage, gates, restricts
from provision.plan.names import Wanted, listed_names
from provision.plan.plan import AccessChange, Assign, Gate, Plan
from provision.plan.tightening import refuses, with_holders
from provision.plan.widening import widening
from provision.rules.threshold import Thresholds

if TYPE_CHECKING:
    from provision.rules.rule import RuleSet

__all__ = ["Counted", "check_extent", "check_gates", "counted", "gated", "refuse_unlifted"]

_EVERYBODY: Final = (Opening.EVERYBODY, Opening.APP)


def gated(prepared: Prepared, org: ReadableOrg, rules: RuleSet) -> Prepared:
    """``prepared`` with the gates that its plan trips under ``rules``.

    Asks the org who uses the app, how many users the plan lets in, and what kind of org it is.
    Writes nothing.
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
    refuse_unlifted([*gates, *_over(apps, orgs, thresholds)], allowed)


def check_extent(
    apps: Collection[str],
    orgs: Collection[str],
    allowed: frozenset[GateName],
    thresholds: Thresholds,
) -> None:
    """Raise :class:`GateRefused` if more ``apps`` or ``orgs`` would change than one run may."""
    refuse_unlifted(tuple(_over(apps, orgs, thresholds)), allowed)


def refuse_unlifted(gates: Sequence[Gate], allowed: frozenset[GateName]) -> None:
    """Raise :class:`GateRefused` if ``allowed`` does not lift one of ``gates``."""
    closed = [gate for gate in gates if not _is_lifted(gate, allowed)]
    if closed:
        steps = dict.fromkeys(
            gate.next_step or f"Lift it with {gate.flag}, when that is what you want."
            for gate in closed
        )
        raise GateRefused(
            "\n".join(f"{gate.name} gate: {gate.reason}" for gate in closed),
            next_step=" ".join(steps),
        )


def _over(apps: Collection[str], orgs: Collection[str], thresholds: Thresholds) -> Iterator[Gate]:
    """A gate for each threshold of a whole run that is passed: changed apps, changed orgs."""
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
    """Who uses the app. The org is asked only if somebody may lose it, or may be refused."""
    if not plan.actual.exists or not (restricts(plan) or refuses(plan)):
        return Usage(session_client_id=org.session.client_id)
    policy = next((i.component for i in plan.components if i.desired.type is OAUTH_POLICIES), None)
    return org.usage(plan.app, listed_names(policy) if policy else Wanted())


def _broken(plan: Plan, rules: RuleSet) -> Sequence[str]:
    """The rules that an existing app would newly break, or break worse."""
    if not plan.actual.exists:
        return ()
    # Late: a diff counts users as a plan does, and is not judged by rules.
    from provision.rules.finding import broken_rules, newly_broken

    before = plan.actual.components
    after = {**before, **{i.component.type.name: i.component for i in plan.components}}
    worse = newly_broken(
        broken_rules(rules, tuple(before.values())), broken_rules(rules, tuple(after.values()))
    )
    return [f"{broken.rule.id} ({broken.finding.sentence})" for broken in worse]


@dataclass(frozen=True, slots=True)
class Counted:
    """A plan whose risks say how many users it lets in.

    ``newcomers`` is how many users may newly use the app, ``None`` if the org does not tell.
    """

    plan: Plan
    newcomers: int | None = 0


def counted(plan: Plan, org: ReadableOrg) -> Counted:
    """``plan`` with the numbers of users that it lets in. Asks the org only if it lets any in."""
    widened = widening(plan)
    if widened.is_empty:
        return Counted(plan)
    numbers = org.headcount(widened)
    components = tuple(
        dataclasses.replace(
            item,
            changes=tuple(
                dataclasses.replace(change, risk=_numbered(change.risk, numbers))
                for change in item.changes
            ),
        )
        for item in plan.components
    )
    access = tuple(_with_insider(change, numbers) for change in plan.access)
    complete = dataclasses.replace(plan, components=components, access=access)
    return Counted(complete, numbers.newcomers)


def _numbered(risk: Risk, numbers: Headcount) -> Risk:
    """``risk`` with the number of active users that each of its names lets in."""
    sentences = [
        f"{name}: {_users(numbers.each[key], 'the')} may use it."
        for opened in risk.opened
        for name in opened.names
        if (key := (opened.opening, fold_name(name))) in numbers.each
    ]
    if any(opened.opening in _EVERYBODY for opened in risk.opened):
        sentences.append(f"{_users(numbers.newly)} may newly use it.")
    return dataclasses.replace(risk, numbers=" ".join(sentences)) if sentences else risk


def _with_insider(change: AccessChange, numbers: Headcount) -> AccessChange:
    """``change`` with whether its user may use the app without it, if it is an assignment."""
    if not isinstance(change, Assign) or numbers.outsiders is None:
        return change
    return dataclasses.replace(
        change, is_insider=fold_name(change.username) not in numbers.outsiders
    )


def _users(count: int | None, the: str = "The") -> str:
    if count is None:
        return f"{the} org does not tell how many users"
    return "1 active user" if count == 1 else f"{count:,} active users"
