"""Freshness: whether the org still is as it was when a plan was made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION, OAUTH_POLICIES
from provision.catalogue.component import Component
from provision.catalogue.field import MetadataType
from provision.errors import GateRefused
from provision.org.org import ReadableOrg
from provision.plan.facts import ActualApp
from provision.plan.fingerprint import fingerprint, moved_components
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import Action, Plan

__all__ = ["check_fresh"]


def check_fresh(plan: Plan, org: ReadableOrg, *, granted: bool = False) -> None:
    """Raise :class:`GateRefused` if what is about to be written is not what was planned on.

    Call it last, directly before the write that it guards: whoever changes the app after it loses
    that change. With ``granted``, the run has granted the app already, and the lists of names in
    the policy are not compared: an org may show grants there at once.
    """
    if plan.creates_app:
        names = {EXTERNAL_CLIENT_APPLICATION: plan.app}
    else:
        names = {
            item.component.type: item.component.full_name
            for item in plan.components
            if item.action is not Action.NOTHING  # one to create may be there by now
        }
    _check(plan.actual, names, org, granted=granted)


def _check(
    actual: ActualApp, names: Mapping[MetadataType, str], org: ReadableOrg, *, granted: bool
) -> None:
    read = org.pool.run([partial(org.metadata.read, kind, [name]) for kind, name in names.items()])
    found = {record.type.name: record for records in read for record in records}
    known = {kind.name for kind in names}
    planned = {name: item for name, item in actual.components.items() if name in known}
    if granted:
        found, planned = _without_lists(found), _without_lists(planned)
    moved = moved_components(
        fingerprint(ActualApp(actual.app, planned)), fingerprint(ActualApp(actual.app, found))
    )
    reasons = [f"stale gate: {what} in the org since the plan was made" for what in moved]
    if reasons:
        raise GateRefused("\n".join(reasons), next_step="Run it again, and look at the new plan.")


def _without_lists(components: Mapping[str, Component]) -> dict[str, Component]:
    return {
        name: Component(
            item.type,
            item.full_name,
            {k: v for k, v in item.fields.items() if k not in {PERMISSION_SETS, PROFILES}},
        )
        if item.type is OAUTH_POLICIES
        else item
        for name, item in components.items()
    }
