"""Apply: carries out a plan in an org, in an order in which no failure locks anybody out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.apply.prepare import Prepared
from provision.apply.steps import Say, Steps
from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS, path_of
from provision.catalogue.component import Component, Unset
from provision.catalogue.field import Role
from provision.errors import ApplyFailed, GateRefused, ProvisionError
from provision.org.org import ReadableOrg, WritableOrg
from provision.org.written import WriteNote, unnoted
from provision.plan.compare import Difference, differences
from provision.plan.facts import ActualApp
from provision.plan.plan import Plan

__all__ = ["Applied", "apply_plan", "deployed"]


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of a plan: the app as read back, and what the org did differently than asked."""

    plan: Plan
    actual: ActualApp
    notices: tuple[str, ...] = ()

    @property
    def consumer_key(self) -> str:
        """The app's consumer key, as the org returned it; empty if it has none."""
        return self.actual.consumer_key


def apply_plan(
    prepared: Prepared, org: WritableOrg, say: Say, note: WriteNote = unnoted
) -> Applied:
    """Do what the plan says, and read it back.

    ``say`` is called with each step. ``note`` is called before each write is sent, and with what
    became of it.

    A new app takes one deploy, its restriction included, and then assignments. For an app that
    gets restricted, the deploy is validated first, then the app is granted to those who may use it,
    and the restriction comes last. Raises :class:`GateRefused` for a gate that no flag lifts (the
    caller checks the others) and if the org has changed since the plan was made,
    :class:`ApplyFailed` if a write failed or the org did not take a field, :class:`WriteUnknown` if
    nobody knows what became of a write, and what the org raises if nothing was written.
    """
    plan = prepared.plan
    final = [gate for gate in plan.gates if not gate.flag]
    if final:
        raise GateRefused(
            "\n".join(gate.reason for gate in final),
            next_step=" ".join(gate.next_step for gate in final),
        )
    if plan.is_empty:
        return Applied(plan, plan.actual)
    org.check_quota()
    steps = Steps(prepared, org, say, note)
    steps.run()
    org.written.note(deployed(plan.app, org.name))
    say("reading back")
    written = steps.deployment.written
    actual = _read_back(plan, org, written, steps.left)
    notices = [*steps.deployment.notices, *_check_taken(plan, actual, steps.left)]
    if plan.chooses_consumer_key:
        notices += _key_notices(written.get(GLOBAL_OAUTH_SETTINGS.name), actual)
    return Applied(plan, actual, tuple(notices))


def deployed(app: str, org: str) -> str:
    """The sentence about an app that was written and is not read back yet."""
    return f"{app} is deployed to {org}."


def _read_back(
    plan: Plan, org: ReadableOrg, written: Mapping[str, Component], left: str
) -> ActualApp:
    done = "the deploy succeeded" if written else "who may use the app was changed"
    try:
        return org.read_back(plan.actual, {name: item.full_name for name, item in written.items()})
    except (ProvisionError, KeyboardInterrupt) as error:
        reason = error.message if isinstance(error, ProvisionError) else "interrupted"
        raise ApplyFailed(
            f"{done}, and the app could not be read back: {reason}{left}",
            next_step="Run `provision diff` when the org answers again.",
        ) from error


def _check_taken(plan: Plan, actual: ActualApp, left: str) -> list[str]:
    """Raise :class:`ApplyFailed` with each field that the org did not take, and with ``left``.

    If the org minted its own consumer key, there is only a notice: the app works.
    """
    refused: list[str] = []
    notices: list[str] = []
    for item in plan.components:
        kind = item.desired.type
        for difference in differences(item.desired, actual.components.get(kind.name)):
            if difference.field.role is Role.ON_CREATE:
                key = ".".join(path_of(kind, difference.field.name))
                notices.append(f"the org minted its own consumer key: take {key} out of the spec")
            else:
                refused.append(f"{kind.name}.{difference.field.name}: {_compared(difference)}")
    if refused:
        raise ApplyFailed(
            "the deploy succeeded, and the org did not take:\n  " + "\n  ".join(refused) + left,
            next_step="The org decides these itself, or they were changed at the same time. Remove "
            "them from the spec, or apply again.",
        )
    return notices


def _key_notices(sent: Component | None, actual: ActualApp) -> list[str]:
    """A notice if the org took another consumer key than the random one that was sent.

    If the org refused the key, there was a notice then, and no key was sent afterwards.
    """
    chosen = sent.text("consumerKey") if sent else ""
    if chosen in {"", actual.consumer_key}:
        return []
    notice = (
        "the org ignored the consumer key that was chosen, and minted its own, which was read "
        "back: oauth.consumer_key has no effect in this org"
    )
    return [notice]


def _compared(difference: Difference) -> str:
    wanted = "unset" if isinstance(difference.after, Unset) else repr(difference.after)
    has = "nothing" if difference.before is None else repr(difference.before)
    return f"wanted {wanted}, the org has {has}"
