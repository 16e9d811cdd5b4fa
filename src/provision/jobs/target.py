"""Target: the orgs that a job is for. One org with its specs, or the orgs of a fleet file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from provision.errors import CannotError
from provision.fleet.file_kind import is_fleet

__all__ = [
    "FilesTarget",
    "FleetTarget",
    "OrgTarget",
    "Target",
    "is_saved_plan",
    "org_target",
    "target_of",
]

_PLAN_SIGN = '"provision/plan/'
_PLAN_HEAD = 4096


@dataclass(frozen=True, slots=True)
class FleetTarget:
    """The orgs of a fleet file."""

    path: Path


@dataclass(frozen=True, slots=True)
class OrgTarget:
    """One org, by a name that ``--org`` takes, and the specs that go there.

    Without a name, it is the org of the session in the environment, else the `sf` CLI's default.
    """

    name: str = ""
    specs: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FilesTarget:
    """Specs without an org."""

    specs: tuple[Path, ...]


Target: TypeAlias = FleetTarget | OrgTarget | FilesTarget


def target_of(paths: Sequence[Path], orgs: Sequence[str]) -> Target:
    """The target that the files and the ``--org`` options of a command line name.

    Raises :class:`CannotError` for a fleet among other files, and for specs and several orgs.
    """
    fleets = [path for path in paths if is_fleet(path)]
    if fleets and len(paths) > 1:
        raise CannotError(
            f"{fleets[0]} is a fleet, and stands alone: it says itself which specs go where",
            next_step=f"Select with --org, as in --org spec:FILE of {fleets[0]}.",
        )
    if fleets:
        return FleetTarget(fleets[0].absolute())
    return org_target(paths, orgs)


def org_target(specs: Sequence[Path], orgs: Sequence[str]) -> OrgTarget:
    """The one org that the ``--org`` options name. Raises :class:`CannotError` for several."""
    if len(orgs) > 1:
        raise CannotError(
            "specs are for one --org at a time",
            next_step="Write a fleet file, and name that: docs/fleet.md.",
        )
    return OrgTarget(orgs[0] if orgs else "", tuple(specs))


def is_saved_plan(path: Path) -> bool:
    """Whether a file is a saved plan, by what it says of itself; JSON may be a spec as well."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _PLAN_SIGN in file.read(_PLAN_HEAD)
    except OSError:
        return False
