"""Change risk: what a change of one field can do to those who use an app of the org."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.catalogue.catalogue import (
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
)
from provision.catalogue.field import Field, MetadataType, Role
from provision.catalogue.judge import judged
from provision.catalogue.risk import HARMLESS, Risk
from provision.catalogue.value import Value
from provision.plan.facts import ActualApp

__all__ = ["change_risk", "lacks_oauth"]

_OAUTH: Final = frozenset({OAUTH_SETTINGS, GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES})


def change_risk(
    actual: ActualApp,
    kind: MetadataType,
    field: Field,
    before: Value | None,
    after: Value | None,
    has: Mapping[str, Value],
) -> Risk:
    """What a change of ``field`` in the app's record of type ``kind`` can do.

    ``has`` are the record's fields after the change. A new app has no users, so no change harms
    anybody. If an existing app lacks the record, the values before are the org's defaults. The
    first OAuth records of an app can let somebody in, but refuse nobody. If nobody knows whether
    the record exists, the change is judged later: see
    :attr:`~provision.plan.plan.Action.UNKNOWN`.
    """
    if not actual.exists or kind.name in actual.unknown:
        return HARMLESS
    present = actual.components.get(kind.name)
    if present is not None:
        return judged(field, before, after, had=present.fields, has=has)
    if field.role is not Role.SPEC:
        return HARMLESS  # a key or a secret is chosen when its record is created
    if kind in _OAUTH and lacks_oauth(actual):
        risk = judged(field, before, after, has=has)
        return risk if risk.opened else HARMLESS
    had = {each.name: each.default for each in kind.fields if each.default is not None}
    return judged(field, before, after, had=had, has=has)


def lacks_oauth(actual: ActualApp) -> bool:
    """Whether it is certain that the app has no OAuth settings. Then nobody can log in with it."""
    return OAUTH_SETTINGS.name not in {*actual.components, *actual.unknown}
