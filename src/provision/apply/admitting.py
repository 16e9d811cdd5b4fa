"""Admitting: asks an org how many users a plan newly lets use an app, and says so in the plan."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.risk import Opening, Risk
from provision.org.headcount import Headcount
from provision.org.org import ReadableOrg
from provision.plan.plan import AccessChange, Assign, Plan
from provision.plan.widening import widening

__all__ = ["Counted", "counted"]

_EVERYBODY: Final = (Opening.EVERYBODY, Opening.APP)


@dataclass(frozen=True, slots=True)
class Counted:
    """A plan whose risks say how many users are let in.

    ``newcomers`` is how many users are newly admitted, ``None`` where the org does not tell.
    """

    plan: Plan
    newcomers: int | None = 0


def counted(plan: Plan, org: ReadableOrg) -> Counted:
    """``plan`` with the numbers of users that it lets in. Asks the org only if it lets any in."""
    found = widening(plan)
    if found.is_empty:
        return Counted(plan)
    numbers = org.headcount(found)
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
    access = tuple(_told(change, numbers) for change in plan.access)
    said = dataclasses.replace(plan, components=components, access=access)
    return Counted(said, numbers.newcomers)


def _numbered(risk: Risk, numbers: Headcount) -> Risk:
    """A risk that says how many active users each of its names lets in."""
    said = [
        f"{name}: {_users(numbers.each[key], 'the')} may use it."
        for opened in risk.opened
        for name in opened.names
        if (key := (opened.opening, fold_name(name))) in numbers.each
    ]
    if any(opened.opening in _EVERYBODY for opened in risk.opened):
        said.append(f"{_users(numbers.newly)} may newly use it.")
    return dataclasses.replace(risk, numbers=" ".join(said)) if said else risk


def _told(change: AccessChange, numbers: Headcount) -> AccessChange:
    """An assignment that says whether its user is let in by nothing else."""
    if not isinstance(change, Assign) or numbers.outsiders is None:
        return change
    return dataclasses.replace(
        change, is_insider=fold_name(change.username) not in numbers.outsiders
    )


def _users(count: int | None, the: str = "The") -> str:
    if count is None:
        return f"{the} org does not tell how many users"
    return "1 active user" if count == 1 else f"{count:,} active users"
