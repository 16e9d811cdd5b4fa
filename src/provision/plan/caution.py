"""Cautions: what a plan should be read with, though nothing of it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.catalogue.catalogue import path_of
from provision.catalogue.component import Component
from provision.catalogue.rule import violations
from provision.plan.facts import ActualApp
from provision.plan.plan import Advice
from provision.spec.combination.combination import FoundSeverity
from provision.spec.packaged_app import said_of_packages
from provision.spec.spec import Spec

__all__ = ["cautions", "disputed_versions"]

_IF_REFUSED: Final = "If the org refuses it, take the key out until the org has been upgraded."


def cautions(
    spec: Spec, desired: Sequence[Component], actual: ActualApp, version: int
) -> Iterator[Advice]:
    """Apps of packages with the spec's name; fields on whose API version sources disagree."""
    if actual.packages and not actual.exists:
        stays = "It stays as it is" if len(actual.packages) == 1 else "They stay as they are"
        yield Advice(
            f"the org has {said_of_packages(spec.app, actual.packages)}. {stays}; this spec is "
            "about an app of your own",
            spec.positions.of(("app",)),
            "packaged-app",
        )
    yield from disputed_versions(spec, desired, version)


def disputed_versions(spec: Spec, desired: Sequence[Component], version: int) -> Iterator[Advice]:
    """Fields of which sources disagree on whether API ``version`` has them: the org decides."""
    for component in desired:
        for violation in violations(component, version):
            if violation.disputed:
                path = path_of(component.type, violation.field)
                yield Advice(
                    violation.message,
                    spec.positions.of(path),
                    "disputed-version",
                    FoundSeverity.WARNING,
                    _IF_REFUSED,
                )
