"""Admitting: asks an org how many users a plan newly lets use an app, and says so in the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from provision.metadata.risk import Opening, Risk
from provision.org.org import ReadableOrg
from provision.plan.plan import Plan
from provision.plan.widening import Admission, Widening, widening

__all__ = ["Counted", "counted"]

_EVERYBODY: Final = (Opening.EVERYBODY, Opening.APP)
_NOBODY: Final = Admission()


@dataclass(frozen=True, slots=True)
class Counted:
    """A plan whose risks say how many users are let in.

    ``newcomers`` is how many users are newly admitted, ``None`` where the org does not tell.
    """

    plan: Plan
    newcomers: int | None = 0


def counted(plan: Plan, org: ReadableOrg) -> Counted:
    """``plan`` with the numbers of users that it lets in. Asks the org only if it lets any in.

    All questions are asked at once: it is one round trip.
    """
    found = widening(plan)
    if found.is_empty:
        return Counted(plan)
    singles = _singles(found)
    calls: list[Callable[[], int | None]] = [
        lambda: org.headcount(found.admitted, found.before),
        *(lambda one=one: org.headcount(one, _NOBODY) for one in singles.values()),
    ]
    total, *each = org.lanes.run(calls)
    numbers = dict(zip(singles, each, strict=True))
    newcomers = None if total is None else total + len(found.assigned)
    return Counted(_with_numbers(plan, numbers, total), newcomers)


def _singles(found: Widening) -> Mapping[str, Admission]:
    """Each name that lets somebody in, by itself."""
    admitted = found.admitted
    return {name: Admission(profiles=(name,)) for name in admitted.profiles} | {
        name: Admission(permission_sets=(name,)) for name in admitted.permission_sets
    }


def _with_numbers(plan: Plan, numbers: Mapping[str, int | None], total: int | None) -> Plan:
    components = tuple(
        dataclasses.replace(
            item,
            changes=tuple(
                dataclasses.replace(change, risk=_numbered(change.risk, numbers, total))
                for change in item.changes
            ),
        )
        for item in plan.components
    )
    return dataclasses.replace(plan, components=components)


def _numbered(risk: Risk, numbers: Mapping[str, int | None], total: int | None) -> Risk:
    """A risk that says how many active users each of its names lets in."""
    said = [
        f"{name}: {_users(numbers[name])} may use it."
        for opened in risk.opened
        for name in opened.names
        if opened.opening in {Opening.PROFILE, Opening.PERMISSION_SET} and name in numbers
    ]
    if any(opened.opening in _EVERYBODY for opened in risk.opened):
        said.append(f"{_users(total)} may newly use it.")
    return dataclasses.replace(risk, reason=" ".join([risk.reason, *said])) if said else risk


def _users(count: int | None) -> str:
    if count is None:
        return "The org does not tell how many users"
    return "1 active user" if count == 1 else f"{count:,} active users"
