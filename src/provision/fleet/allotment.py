"""Allotment: the specs that an org gets, and whether they can stand beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from provision.findings import Finding
from provision.fleet.fleet import FleetOrg
from provision.spec.spec import Spec

__all__ = ["misfits", "near"]


def misfits(org: FleetOrg, specs: Sequence[Spec]) -> Iterator[Finding]:
    """What is wrong with the specs of ``org`` together: none at all, or two for one app."""
    if not org.specs:
        yield org.position.problem(
            f"{org.name} has no spec: name its specs, or those of a group or of all: "
            "`defaults: {specs: [...]}`"
        )
    places: dict[str, Spec] = {}
    for spec in specs:
        other = places.setdefault(spec.app.casefold(), spec)
        if other is not spec:
            yield org.position.problem(
                f"{org.name}: {other.path} and {spec.path} are both for {spec.app}; give it one "
                "spec an app"
            )


def near(path: Path) -> Path:
    """A path as a person in this folder would write it: positions are to be read."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
