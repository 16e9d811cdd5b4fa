"""Prepare: read an org, and make the plan for one spec. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from provision.catalogue.component import Component
from provision.errors import UnknownNames
from provision.org.org import ReadableOrg
from provision.plan.facts import Access
from provision.plan.names import Missing, missing, wanted
from provision.plan.plan import Plan
from provision.plan.planner import make_plan
from provision.render.desired import named_as_in_org, render, without_empty_records
from provision.render.template import Templates
from provision.spec.spec import Spec

__all__ = ["Prepared", "prepare"]

_MOST_NAMES_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what it was made from."""

    spec: Spec
    plan: Plan
    access: Access

    def with_plan(self, plan: Plan) -> Prepared:
        """The same, with ``plan`` in place of the plan."""
        return Prepared(self.spec, plan, self.access)


def prepare(spec: Spec, templates: Templates, org: ReadableOrg, today: date) -> Prepared:
    """The plan that makes ``org``'s app what ``spec`` says; ``today`` is when acceptances end.

    Raises :class:`UnknownNames` with the names that the org does have, and what
    :func:`~provision.plan.planner.make_plan` and the org raise.
    """
    rendered = render(spec, templates)
    # What the spec names does not depend on what the org has: both are asked for at once.
    actual, access = org.pool.both(
        lambda: org.find_app(spec.app), lambda: org.access.find(wanted(spec, rendered))
    )
    _check_names(spec, rendered, access, org)
    said = without_empty_records(rendered, actual.components)
    desired = named_as_in_org(said, actual.components)
    return Prepared(spec, make_plan(spec, desired, actual, access, org.facts, today), access)


def _check_names(
    spec: Spec, desired: Sequence[Component], access: Access, org: ReadableOrg
) -> None:
    lacking = tuple(missing(spec, desired, access))
    if lacking:
        known = {kind: _names(kind, org) for kind in {item.kind for item in lacking}}
        raise UnknownNames(
            "\n".join(_said(item, org.name, known[item.kind]) for item in lacking),
            next_step=" ".join(_next_steps(lacking)),
        )


def _next_steps(lacking: Sequence[Missing]) -> Iterator[str]:
    """What to do, for each kind of name that is missing."""
    listed = {item.kind for item in lacking if item.kind != "user" and not item.is_source}
    if listed:
        also = " (a profile also needs `clone_of`)" if "profile" in listed else ""
        yield (
            "Correct the names, or let provision create them: `{name: ..., create: true}`" + also
        ) + "."
    if any(item.is_source for item in lacking):
        yield "Correct `clone_of`: it names a profile that the org has already."
    if any(item.kind == "user" and not item.inactive for item in lacking):
        yield (
            "Correct the username; provision creates no users. A sandbox appends its name to it, "
            "as in ci@example.com.uat: use a variable, ci@example.com${suffix}."
        )
    if any(item.inactive for item in lacking):
        yield "Activate the user in Setup, or name another one."


def _said(item: Missing, org: str, names: Sequence[str]) -> str:
    if item.inactive:
        return f"{item.position}: the user {item.name} is inactive"
    said = f"{item.position}: {org} has no {item.kind} {item.name!r}"
    if not names:
        return said
    close = get_close_matches(item.name, names, n=3)
    return f"{said}; it has {', '.join(map(repr, close or names[:_MOST_NAMES_SHOWN]))}"


def _names(kind: str, org: ReadableOrg) -> list[str]:
    """The names that the org has. Profiles go by label, in the org's own language (OBS)."""
    if kind == "profile":
        return org.access.profile_names()
    return org.access.permission_set_names() if kind == "permission set" else []
