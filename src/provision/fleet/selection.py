"""Selection: which orgs of a fleet are meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from provision.errors import CannotError
from provision.fleet.fleet import Fleet, FleetOrg
from provision.spec.hint import did_you_mean

__all__ = ["Changed", "select"]

Changed = Callable[[Fleet, str], frozenset[str]]
"""The names of the orgs that are not what they were at a revision."""

_PATTERN: Final = frozenset("*?[")
_NEXT: Final = (
    "Select by NAME, by pattern (uat-*), by tag:NAME, group:NAME, spec:FILE or changed:REVISION; "
    "a comma means both, a ! before one leaves out."
)


def select(fleet: Fleet, selectors: Sequence[str], changed: Changed) -> tuple[FleetOrg, ...]:
    """The orgs that any of the ``selectors`` means, all without one, in the file's order.

    Raises :class:`CannotError` for a selector that fits none, as what is misspelled does, and
    where no org is left.
    """
    wanted = [_Selector.of(text) for text in selectors]
    taking = [each for each in wanted if not each.leaves_out]
    leaving = [each for each in wanted if each.leaves_out]
    names = set() if taking else set(fleet.orgs)
    for each in taking:
        names |= each.names(fleet, changed)
    for each in leaving:
        names -= each.names(fleet, changed)
    if not names:
        selection = " ".join(selectors) or "the whole fleet"
        raise CannotError(f"{fleet.path}: {selection} selects no org", next_step=_NEXT)
    return tuple(org for name, org in fleet.orgs.items() if name in names)


@dataclass(frozen=True, slots=True)
class _Selector:
    """Terms that an org must all fit."""

    text: str
    terms: tuple[str, ...]
    leaves_out: bool

    @classmethod
    def of(cls, text: str) -> _Selector:
        body = text.removeprefix("!")
        terms = tuple(term.strip() for term in body.split(","))
        if not all(terms):
            raise CannotError(f"{text!r} selects nothing: a term is empty", next_step=_NEXT)
        return cls(text, terms, body != text)

    def names(self, fleet: Fleet, changed: Changed) -> frozenset[str]:
        found = frozenset(fleet.orgs)
        for term in self.terms:
            found &= _fitting(fleet, term, changed)
        if not found and not any(term.startswith("changed:") for term in self.terms):
            raise CannotError(f"{fleet.path}: no org fits {self.text!r}", next_step=_NEXT)
        return found


def _fitting(fleet: Fleet, term: str, changed: Changed) -> frozenset[str]:
    kind, colon, value = term.partition(":")
    orgs = fleet.orgs.values()
    match kind if colon else "":
        case "tag":
            tags = {tag for org in orgs for tag in org.tags}
            _known(fleet, "tag", value, tags)
            return frozenset(org.name for org in orgs if value in org.tags)
        case "group":
            _known(fleet, "group", value, set(fleet.document.groups))
            return frozenset(org.name for org in orgs if value in org.groups)
        case "spec":
            specs = {spec for org in orgs for spec in org.specs}
            wanted = Path(value).resolve()
            meant = {spec for spec in specs if spec.resolve() == wanted}
            return frozenset(org.name for org in orgs if not meant.isdisjoint(org.specs))
        case "changed":
            return changed(fleet, value)
        case "":
            if _PATTERN.isdisjoint(term):
                return frozenset({fleet.org(term).name})
            return frozenset(org.name for org in orgs if fnmatchcase(org.name, term))
        case _:
            raise CannotError(f"{term!r}: there is no selection by {kind}", next_step=_NEXT)


def _known(fleet: Fleet, what: str, name: str, known: set[str]) -> None:
    if name not in known:
        there = did_you_mean(name, known) or f"; there are {', '.join(sorted(known)) or 'none'}"
        raise CannotError(f"{fleet.path} has no {what} {name!r}{there}", next_step=_NEXT)
