"""Widening: who can newly use an existing app after a plan, and what else the plan opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import fold_name, split_names
from provision.catalogue.catalogue import OAUTH_POLICIES, POLICIES, is_admin_approved
from provision.catalogue.component import Component
from provision.catalogue.risk import HARMLESS, Opening, Risk, weakens
from provision.catalogue.scope import granted, scope_of
from provision.plan.change_risk import lacks_oauth
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import AccessChange, Assign, CreatePermissionSet, CreateProfile, Plan
from provision.rules.threshold import Thresholds

__all__ = [
    "Admission",
    "Widening",
    "access_risk",
    "lets_in",
    "opened_too_far",
    "widening",
]

_COUNTED: Final = (
    (Opening.CALLBACK_HOST, "callback_hosts", "new callback hosts"),
    (Opening.FLOW, "flows", "new flows"),
    (Opening.IP_RANGE, "ip_ranges", "wider IP ranges"),
    (Opening.CONTROL, "controls", "loosened controls"),
)


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may use an app: everybody in the org, or the users of these names."""

    everybody: bool = False
    profiles: tuple[str, ...] = ()
    permission_sets: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it admits nobody."""
        return not (self.everybody or self.profiles or self.permission_sets)

    def joined(self, other: Admission) -> Admission:
        """Whom either admits."""
        return Admission(
            self.everybody or other.everybody,
            (*self.profiles, *other.profiles),
            (*self.permission_sets, *other.permission_sets),
        )


@dataclass(frozen=True, slots=True)
class Widening:
    """Who can newly use an app: all of ``admitted`` whom ``before`` did not admit.

    ``assigned`` are users to whom the plan assigns a permission set of the app's list. Only the
    org knows which of them can use the app already.
    """

    admitted: Admission
    before: Admission
    assigned: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is newly admitted."""
        return self.admitted.is_empty and not self.assigned


def widening(plan: Plan) -> Widening:
    """Who can newly use the app after ``plan``. For a new app the result is empty."""
    if not plan.actual.exists:
        return Widening(Admission(), Admission())
    before, after = _before(plan), _admission(_after(plan))
    if before.everybody:
        return Widening(Admission(), before)
    if after.everybody:
        return Widening(Admission(everybody=True), before)
    made = {fold_name(c.name) for c in plan.access if not isinstance(c, Assign)}
    admitted = Admission(
        profiles=_added(before.profiles, after.profiles, made),
        permission_sets=_added(before.permission_sets, after.permission_sets, made),
    )
    assigned = {
        fold_name(change.username): change.username
        for change in plan.access
        if isinstance(change, Assign) and _lets_in(change, after)
    }
    return Widening(admitted, before, tuple(assigned.values()))


def access_risk(plan: Plan, change: AccessChange) -> Risk:
    """The risk of an access change for an existing app."""
    match change:
        case Assign() if lets_in(plan, change):
            return weakens(f"{change.username} may then use {plan.app}", Opening.PERMISSION_SET)
        case Assign() | CreatePermissionSet() | CreateProfile():
            return HARMLESS


def lets_in(plan: Plan, change: Assign) -> bool:
    """Whether an assignment lets a user use an existing app who could not use it before."""
    if not plan.actual.exists or change.is_insider or _before(plan).everybody:
        return False
    return _lets_in(change, _admission(_after(plan)))


def opened_too_far(plan: Plan, newcomers: int | None, thresholds: Thresholds) -> Iterator[str]:
    """What ``plan`` opens beyond the thresholds, in sentences.

    ``newcomers`` is the number of newly admitted users, ``None`` if the org does not report it.
    """
    for opening, key, words in _COUNTED:
        most: int | None = getattr(thresholds, key)
        opened = list(_opened(plan, opening))
        if most is not None and len(opened) > most:
            yield f"{plan.app} would get {words} ({', '.join(opened)}){_beyond(most)}"
    kept = _tokens(thresholds.scopes) & _tokens(_opened(plan, Opening.SCOPE))
    if scopes := sorted(map(_scope_name, kept)):
        yield f"{plan.app} would get the scope{'s' * (len(scopes) > 1)} {', '.join(scopes)}"
    if thresholds.users is None:
        return
    if newcomers is None:
        yield f"more users may use {plan.app}, and the org does not tell how many"
    elif newcomers > thresholds.users:
        yield (
            f"{newcomers:,} active user{'s' * (newcomers != 1)} who may not use {plan.app} now "
            "could use it"
            f"{_beyond(thresholds.users)}"
        )


def _beyond(most: int) -> str:
    return f", more than {most}" if most else ""


def _opened(plan: Plan, opening: Opening) -> Iterator[str]:
    """The names of what the plan opens in one way; the field's where a change names nothing."""
    if not plan.actual.exists:
        return
    found = (
        name
        for change in plan.changes
        for opened in change.risk.opened
        if opened.opening is opening
        for name in opened.names or (change.field.name,)
    )
    yield from dict.fromkeys(found)  # a flow has a field in two records


def _tokens(names: Iterable[str]) -> frozenset[str]:
    """The metadata tokens that scopes grant. A custom scope of the org grants itself."""
    return granted(scope.token if (scope := scope_of(name)) else name for name in names)


def _scope_name(token: str) -> str:
    scope = scope_of(token)
    return scope.names[0] if scope else token


def _before(plan: Plan) -> Admission:
    """Who can log in to the app now. Without OAuth settings nobody can."""
    return Admission() if lacks_oauth(plan.actual) else _admission(plan.actual.components)


def _after(plan: Plan) -> Mapping[str, Component]:
    planned = {item.component.type.name: item.component for item in plan.components}
    return {**plan.actual.components, **planned}


def _admission(components: Mapping[str, Component]) -> Admission:
    """Who can log in to an app of these components. An app that is switched off admits nobody."""
    switches = components.get(POLICIES.name)
    if switches and False in (
        switches.fields.get("isEnabled"),
        switches.fields.get("isOauthPluginEnabled"),
    ):
        return Admission()
    policy = components.get(OAUTH_POLICIES.name)
    if policy is None or not is_admin_approved(policy):
        return Admission(everybody=True)
    return Admission(
        profiles=split_names(policy.text(PROFILES)),
        permission_sets=split_names(policy.text(PERMISSION_SETS)),
    )


def _added(
    before: Collection[str], after: Collection[str], made: Collection[str]
) -> tuple[str, ...]:
    """The added names, without those that the plan creates: no user has these yet."""
    had = {*map(fold_name, before), *made}
    return tuple(name for name in after if fold_name(name) not in had)


def _lets_in(change: Assign, after: Admission) -> bool:
    """Whether a user gets a permission set of the app's list."""
    return fold_name(change.permission_set) in map(fold_name, after.permission_sets)
