"""Cautions: what a plan should be read with, though nothing of it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.catalogue.catalogue import path_of
from provision.catalogue.component import Component
from provision.catalogue.violation import violations
from provision.findings import Finding, Severity
from provision.plan.facts import ActualApp
from provision.spec.packaged_app import package_apps_message
from provision.spec.spec import Spec

__all__ = ["cautions", "disputed_versions"]

_IF_REFUSED: Final = "If the org refuses it, take the key out until the org has been upgraded."


def cautions(
    spec: Spec, desired: Sequence[Component], actual: ActualApp, version: int
) -> Iterator[Finding]:
    """Apps of packages with the spec's name; fields on whose API version sources disagree."""
    if actual.packages and not actual.exists:
        stays = "It stays as it is" if len(actual.packages) == 1 else "They stay as they are"
        yield Finding(
            Severity.NOTE,
            "packaged-app",
            f"the org has {package_apps_message(spec.app, actual.packages)}. {stays}; this spec is "
            "about an app of your own",
            position=spec.positions.of(("app",)),
        )
    yield from disputed_versions(spec, desired, version)


def disputed_versions(spec: Spec, desired: Sequence[Component], version: int) -> Iterator[Finding]:
    """Fields of which sources disagree on whether API ``version`` has them: the org decides."""
    for component in desired:
        for violation in violations(component, version):
            if violation.disputed:
                path = path_of(component.type, violation.field)
                yield Finding(
                    Severity.WARNING,
                    "disputed-version",
                    violation.message,
                    _IF_REFUSED,
                    spec.positions.of(path),
                )
