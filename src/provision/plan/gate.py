"""Gates: the reasons to refuse a plan, with numbers, and the flags that lift them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import OAUTH_POLICIES, POLICIES, is_admin_approved
from provision.catalogue.component import Component
from provision.catalogue.risk import RiskLevel
from provision.errors import GateName
from provision.plan.facts import Access
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import Action, Assign, Change, Gate, Plan
from provision.plan.widening import opened_too_far
from provision.rules.threshold import Thresholds

__all__ = ["AppUser", "Usage", "gates", "restricts"]

_MOST_NAMES: Final = 5
_FOR_EVERYBODY: Final = frozenset({"isDPopEnabled", "isMtlsEnabled", "refreshTokenPolicyType"})


@dataclass(frozen=True, slots=True)
class AppUser:
    """A user who has a token of the app, with the ids of the permission sets and the profile.

    ``uses_any_client`` is true for a user with the permission Use Any API Client, who needs no
    approval by an admin (DOC).
    """

    username: str
    permission_set_ids: frozenset[str]
    profile_id: str
    uses_any_client: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Who uses an app. ``known`` is false if the org does not report it.

    ``access`` has the profiles and permission sets of the app's lists after the plan.
    ``session_client_id`` is the consumer key of the app that this session came from, empty if it
    is not known.
    """

    users: tuple[AppUser, ...] = ()
    known: bool = False
    access: Access = field(default_factory=Access)
    session_client_id: str = ""


def restricts(plan: Plan) -> bool:
    """Whether somebody who uses the app now may lose it by the plan."""
    return any(change.risk.level is RiskLevel.LOCKS_OUT for change in plan.changes)


def gates(
    plan: Plan,
    usage: Usage,
    broken_rules: Sequence[str],
    thresholds: Thresholds,
    newcomers: int | None = 0,
) -> tuple[Gate, ...]:
    """The gates that ``plan`` trips.

    ``broken_rules`` describe the rules that an existing app would newly break. ``newcomers`` is
    the number of users whom the plan newly admits, ``None`` if the org does not report it.
    """
    return (
        *plan.gates,
        *_irreversible(plan),
        *_lock_out(plan, usage),
        *_weakening(plan, broken_rules),
        *(
            Gate(GateName.WEAKENING, reason)
            for reason in opened_too_far(plan, newcomers, thresholds)
        ),
        *_thresholds(plan, thresholds),
        *_production(plan),
    )


def _irreversible(plan: Plan) -> Iterator[Gate]:
    already = {gate.name for gate in plan.gates}
    for change in plan.changes:
        if change.risk.level is RiskLevel.IRREVERSIBLE and GateName.IRREVERSIBLE not in already:
            yield Gate(GateName.IRREVERSIBLE, f"{change.key}: {change.risk.reason}")


def _lock_out(plan: Plan, usage: Usage) -> Iterator[Gate]:
    dangers = [change for change in plan.changes if change.risk.level is RiskLevel.LOCKS_OUT]
    if not dangers:
        return
    if usage.session_client_id and usage.session_client_id == plan.actual.consumer_key:
        keys = ", ".join(dict.fromkeys(change.key for change in dangers))
        yield Gate(
            GateName.LOCKOUT,
            f"this session came from {plan.app} itself, and changing {keys} can end it half-way: "
            "log in another way",
        )
    # These affect every user: an org does not report who uses which flow, every request then needs
    # DPoP or mTLS (facts 13.1, A13), or refresh tokens end at once (A17).
    closed = [c for c in dangers if c.component is POLICIES or c.field.name in _FOR_EVERYBODY]
    if closed and (usage.users or not usage.known):
        reasons = " ".join(dict.fromkeys(change.risk.reason for change in closed))
        users = f"{_counted(usage.users)} may" if usage.known else "Nobody knows how many"
        yield Gate(GateName.LOCKOUT, f"{reasons} {users} use {plan.app} now.")
    lost = tuple(_losing(plan, usage)) if _is_restricted(plan) else ()
    if lost:
        yield Gate(
            GateName.LOCKOUT,
            f"{_counted(lost)} of {len(usage.users)} who use {plan.app} would lose it: "
            f"{_named(lost)}",
        )
    if _is_restricted(plan) and not usage.known and any(_is_about_people(c) for c in dangers):
        yield Gate(
            GateName.LOCKOUT,
            f"the org does not say who uses {plan.app}, so nobody knows who would lose it",
        )


def _is_about_people(change: Change) -> bool:
    return change.field.name in {"permittedUsersPolicyType", PERMISSION_SETS, PROFILES}


def _is_restricted(plan: Plan) -> bool:
    changed = any(_is_about_people(change) for change in plan.changes)
    return changed and is_admin_approved(_policy(plan))


def _losing(plan: Plan, usage: Usage) -> Iterator[AppUser]:
    """Users of the app who have none of the profiles and permission sets that the plan keeps."""
    policy = _policy(plan)
    if policy is None:
        return
    sets = map(usage.access.permission_set, split_names(policy.text(PERMISSION_SETS)))
    profiles = map(usage.access.profile, split_names(policy.text(PROFILES)))
    set_ids = {found.id for found in sets if found}
    profile_ids = {found.id for found in profiles if found}
    for user in usage.users:
        if user.uses_any_client:
            continue
        stays = user.permission_set_ids & set_ids or user.profile_id in profile_ids
        if not stays and not _gets_in(plan, policy, user):
            yield user


def _gets_in(plan: Plan, policy: Component, user: AppUser) -> bool:
    """Whether the plan assigns a permission set of the app's list to the user."""
    listed = set(map(fold_name, split_names(policy.text(PERMISSION_SETS))))
    return any(
        isinstance(change, Assign)
        and fold_name(change.username) == fold_name(user.username)
        and fold_name(change.permission_set) in listed
        for change in plan.access
    )


def _weakening(plan: Plan, broken_rules: Sequence[str]) -> Iterator[Gate]:
    if broken_rules:
        rules = "1 rule" if len(broken_rules) == 1 else f"{len(broken_rules)} rules"
        yield Gate(
            GateName.WEAKENING,
            f"{plan.app} would newly break {rules}: {'; '.join(broken_rules)}",
        )


def _thresholds(plan: Plan, thresholds: Thresholds) -> Iterator[Gate]:
    changed = sum(len(i.changes) for i in plan.components if i.action is Action.UPDATE)
    if thresholds.fields is not None and changed > thresholds.fields:
        yield Gate(
            GateName.THRESHOLD,
            f"{changed} fields of {plan.app} would change, more than {thresholds.fields}",
        )


def _production(plan: Plan) -> Iterator[Gate]:
    if plan.org.is_production is False or plan.is_empty:
        return
    count = len(plan.changes) + len(plan.access)
    kind = "is" if plan.org.is_production else "may be"
    yield Gate(
        GateName.PRODUCTION,
        f"{plan.org.name} {kind} a production org, and {count} changes would be made to it",
    )


def _policy(plan: Plan) -> Component | None:
    return next((i.component for i in plan.components if i.desired.type is OAUTH_POLICIES), None)


def _counted(users: Sequence[AppUser]) -> str:
    return "1 user" if len(users) == 1 else f"{len(users)} users"


def _named(users: Sequence[AppUser]) -> str:
    names = sorted(user.username for user in users)
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
