"""Checks: what no org could take of a spec is refused, and what is doubtful becomes advice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    path_of,
)
from provision.catalogue.component import Component, Unset
from provision.catalogue.overlay import overlay
from provision.catalogue.violation import violations
from provision.errors import CannotError, VersionUnsupported
from provision.findings import Finding, Severity
from provision.plan.facts import ActualApp
from provision.spec.fields import position_of
from provision.spec.packaged_app import IN_SETUP, package_apps_message
from provision.spec.spec import Spec

__all__ = [
    "cautions",
    "check_meaning",
    "check_parents",
    "check_versions",
    "disputed_versions",
]

_IF_REFUSED: Final = "If the org refuses it, take the key out until the org has been upgraded."


def check_versions(spec: Spec, desired: Sequence[Component], version: int) -> None:
    """Raise :class:`VersionUnsupported` if API ``version`` lacks a field or a value."""
    found = [
        f"{position_of(spec.positions, component.type, violation.field)}: {violation.message}"
        for component in desired
        for violation in violations(component, version)
        if not violation.disputed  # the org decides about these
    ]
    if found:
        raise VersionUnsupported(
            "\n".join(found),
            next_step="Leave it out for this org. If the org has a newer API than "
            f"{version}, name that version with --api-version.",
        )


def check_parents(spec: Spec, desired: Sequence[Component], actual: ActualApp) -> None:
    """Raise :class:`CannotError` for records that need OAuth settings if the app has none (OBS)."""
    there = {component.type.name for component in desired} | actual.components.keys()
    needing = [
        component.type.name
        for component in desired
        if component.type in {GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES}
    ]
    if needing and OAUTH_SETTINGS.name not in there:
        of_packages = ""
        if actual.packages:
            of_packages = f". The org has {package_apps_message(spec.app, actual.packages)}"
        raise CannotError(
            f"{spec.path}: {', '.join(needing)} need OAuth settings, and {spec.app} has none"
            f"{of_packages}",
            next_step="Add an `oauth:` section with callback URLs and scopes to the spec."
            + (f" {IN_SETUP}" if actual.packages else ""),
        )


def check_meaning(spec: Spec, desired: Sequence[Component], actual: ActualApp) -> None:
    """Raise :class:`CannotError` for a field that has no effect because of another field's value.

    Otherwise the field would silently be left out of the deploy.
    """
    for component in desired:
        merged = overlay(component, actual.components.get(component.type.name))
        for name, value in component.fields.items():
            field = component.type.field(name)
            if field is None or field.only_with is None or isinstance(value, Unset):
                continue
            other, values = field.only_with
            if not field.applies(merged.fields):
                raise CannotError(
                    f"{position_of(spec.positions, component.type, name)}: {name} has no effect "
                    f"while {other} is {merged.fields[other]}",
                    next_step=f"Set {other} to {' or '.join(values)}, or leave {name} out.",
                )


def cautions(
    spec: Spec, desired: Sequence[Component], actual: ActualApp, version: int
) -> Iterator[Finding]:
    """Advice about apps of packages that have the spec's name, and about disputed API versions."""
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
    """Advice about fields that API ``version`` may lack: sources disagree, and the org decides."""
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
