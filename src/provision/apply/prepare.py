"""Prepare: reads an org, and makes the plan for one spec. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from provision.catalogue.component import Component
from provision.errors import OrgRefused, UnknownNames
from provision.keys.private_key import PrivateKey
from provision.org.org import ReadableOrg
from provision.plan.facts import Access, OrgFacts
from provision.plan.names import Missing, missing, wanted
from provision.plan.plan import Plan
from provision.plan.planner import make_plan
from provision.render.desired import named_as_in_org, render, without_empty_records
from provision.render.template import Templates
from provision.spec.model import Oauth, SpecDocument
from provision.spec.position import KeyPath, Place, Position, Positions
from provision.spec.spec import Spec

__all__ = ["Prepared", "bare_spec", "identified", "prepare"]

_MOST_NAMES_SHOWN: Final = 12
_ID_LENGTH: Final = 15  # the other three of 18 characters are a checksum of these


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and what it was made from."""

    spec: Spec
    plan: Plan
    access: Access

    def with_plan(self, plan: Plan) -> Prepared:
        """The same with ``plan`` as its plan."""
        return Prepared(self.spec, plan, self.access)


def prepare(spec: Spec, templates: Templates, org: ReadableOrg, today: date) -> Prepared:
    """The plan that makes ``org``'s app what ``spec`` says. ``today`` decides what has expired.

    Raises :class:`UnknownNames`, which lists the names that the org does have, and what
    :func:`~provision.plan.planner.make_plan` and the org raise.
    """
    # The names in the spec do not depend on what the org has: both are asked for at once. The
    # spec is rendered, for its names, while the org looks for the app.
    actual, access = org.pool.both(
        lambda: org.find_app(spec.app),
        lambda: org.access.find(wanted(spec, render(spec, templates))),
    )
    rendered = render(spec, templates)
    _check_names(spec, rendered, access, org)
    filled = without_empty_records(rendered, actual.components)
    desired = named_as_in_org(filled, actual.components)
    return Prepared(spec, make_plan(spec, desired, actual, access, org.facts, today), access)


def bare_spec(
    app: str,
    origin: Path,
    places: Mapping[KeyPath, Position] | None = None,
    oauth: Oauth | None = None,
    private_key: PrivateKey | None = None,
) -> Spec:
    """A spec that manages nothing: a plan that was made without a spec file has one.

    The plan's fields come from ``origin``, and ``places`` are where in it each field stands.
    ``oauth`` and ``private_key`` are for the proof alone.
    """
    start = Position(str(origin), 1, 1)
    known = {(): start, **(places or {})}
    document = SpecDocument(app=app) if oauth is None else SpecDocument(app=app, oauth=oauth)
    return Spec(
        path=origin,
        document=document,
        positions=Positions({path: Place(at, at) for path, at in known.items()}),
        private_key=private_key,
    )


def identified(facts: OrgFacts, org: ReadableOrg) -> OrgFacts:
    """``facts`` of ``org`` with the org's id. A JWT-format access token does not name it.

    Raises :class:`OrgRefused` if the org does not tell it either.
    """
    if facts.org_id:
        return facts
    rows = org.rest.query("SELECT Id FROM Organization")
    if not rows:
        raise OrgRefused(f"{facts.name} does not tell its own id", code="NO_ORGANIZATION")
    return replace(facts, org_id=str(rows[0]["Id"])[:_ID_LENGTH])


def _check_names(
    spec: Spec, desired: Sequence[Component], access: Access, org: ReadableOrg
) -> None:
    lacking = tuple(missing(spec, desired, access))
    if lacking:
        known = {kind: _names(kind, org) for kind in {item.kind for item in lacking}}
        raise UnknownNames(
            "\n".join(_sentence(item, org.name, known[item.kind]) for item in lacking),
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


def _sentence(item: Missing, org: str, names: Sequence[str]) -> str:
    if item.inactive:
        return f"{item.position}: the user {item.name} is inactive"
    problem = f"{item.position}: {org} has no {item.kind} {item.name!r}"
    if not names:
        return problem
    close = get_close_matches(item.name, names, n=3)
    return f"{problem}; it has {', '.join(map(repr, close or names[:_MOST_NAMES_SHOWN]))}"


def _names(kind: str, org: ReadableOrg) -> list[str]:
    """The names that the org has. Profiles go by label, in the org's own language (OBS)."""
    if kind == "profile":
        return org.access.profile_names()
    return org.access.permission_set_names() if kind == "permission set" else []
