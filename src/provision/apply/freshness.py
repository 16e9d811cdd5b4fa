"""Freshness: the org still is as it was when a plan was made, or the run ends with a stale gate.

An org may also have a record that no read had shown. OBS: an app has one record of a type. An org
that gets a second one refuses the deploy, and names the first. That record was in no plan, no gate
and no snapshot, so it is not overwritten: it is read, and everything is planned again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

__all__ = ["RecordLearned", "check_fresh", "check_known"]


def check_fresh(plan: Plan, org: ReadableOrg, *, granted: bool = False) -> None:
    """Raise :class:`GateRefused` if the org changed what the plan is about to overwrite.

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
            if item.action is not Action.NOTHING  # one to create may exist by now
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


class RecordLearned(GateRefused):
    """The org named records of the app that the plan does not know. Nothing was overwritten."""

    def __init__(self, app: str, records: Sequence[Component]) -> None:
        self.records = tuple(records)
        super().__init__(
            f"stale gate: {app} has {self.named} in the org, which no read had shown, and which "
            "the plan does not know",
            next_step="Run `provision apply` with the spec and this org alone: it reads what is "
            "there, and plans again.",
        )

    @property
    def notice(self) -> str:
        """What is reported before everything is planned again."""
        verb = "is" if len(self.records) == 1 else "are"
        return f"notice: {self.named} {verb} there already; planning again"

    @property
    def named(self) -> str:
        """The records by type and name."""
        return ", ".join(f"{record.type.name} {record.full_name}" for record in self.records)


def check_known(again: ActualApp, learned: RecordLearned) -> None:
    """Raise ``learned`` unless the app has its records now that it was read ``again``."""
    if any(record.type.name not in again.components for record in learned.records):
        raise learned
