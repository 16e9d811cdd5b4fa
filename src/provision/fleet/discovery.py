"""Discovery: the orgs that the `sf` CLI knows and a fleet does not have."""

from __future__ import annotations

from collections.abc import Sequence

from provision.errors import CannotError
from provision.fleet.edit import NewOrg
from provision.fleet.fleet import Fleet
from provision.fleet.model import is_name
from provision.org.login.sf_cli import KnownOrg
from provision.spec.hint import did_you_mean

__all__ = ["missing_orgs"]


def missing_orgs(
    known: Sequence[KnownOrg], fleet: Fleet | None, groups: Sequence[str], tags: Sequence[str]
) -> tuple[NewOrg, ...]:
    """Those of ``known`` that ``fleet`` has not, as entries with these groups and tags.

    A fleet has an org that is called, or reached, by its alias or its username. One whose alias can
    be no name is called by its username. Raises :class:`CannotError` for a group that the fleet
    does not have, for what is no tag, and for an org that can have no name.
    """
    for group in groups:
        there = fleet.document.groups if fleet else {}
        if group not in there:
            raise CannotError(
                f"there is no group {group!r} to add orgs to{did_you_mean(group, there)}",
                next_step=f"Write it into the fleet file first: groups: {{{group}: {{}}}}",
            )
    for tag in tags:
        if not is_name(tag):
            raise CannotError(f"{tag!r} cannot be a tag", next_step="Write --tag sandbox.")
    there_already = _ways(fleet) if fleet else frozenset()
    return tuple(
        _entry(org, groups, tags)
        for org in known
        if there_already.isdisjoint({org.name, org.username})
    )


def _ways(fleet: Fleet) -> frozenset[str]:
    """The names of a fleet's orgs, and the aliases and usernames by which they are reached."""
    logins = (entry.login for entry in fleet.document.orgs.values())
    return frozenset(fleet.orgs) | {login.sf for login in logins if login and login.sf}


def _entry(org: KnownOrg, groups: Sequence[str], tags: Sequence[str]) -> NewOrg:
    name = next((each for each in (org.name, org.username) if is_name(each)), "")
    if not name:
        raise CannotError(
            f"the org {org.name!r} of the sf CLI can have no such name in a fleet",
            next_step=f"Give it another alias: sf alias set NAME={org.username}",
        )
    said = {tag.casefold(): tag for tag in (org.kind, *tags) if tag}
    return NewOrg(name, org.name, tuple(dict.fromkeys(groups)), tuple(said.values()))
