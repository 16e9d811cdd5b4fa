"""Apply: a plan onto an org, in an order in which a failure locks nobody out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provision.apply.deployment import Deployment
from provision.apply.granting import Granting
from provision.apply.journal import Journal
from provision.apply.prepare import Prepared
from provision.errors import ApplyFailed, GateRefused, ProvisionError
from provision.metadata.canonical import split_names
from provision.metadata.catalogue import GLOBAL_OAUTH_SETTINGS, OAUTH_POLICIES
from provision.metadata.component import Component, Unset
from provision.metadata.field import Role
from provision.org.deployer import DeployUnknown
from provision.org.org import WritableOrg
from provision.plan.compare import Difference, differences
from provision.plan.facts import ActualApp
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import CreatePermissionSet, CreateProfile, Plan
from provision.spec.word import path_of

__all__ = ["Applied", "apply_plan"]

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a plan: the app as read back, and what the org did other than asked."""

    plan: Plan
    actual: ActualApp
    notices: tuple[str, ...] = ()

    @property
    def consumer_key(self) -> str:
        """The app's consumer key, as the org returned it; empty if it has none."""
        settings = self.actual.components.get(GLOBAL_OAUTH_SETTINGS.name)
        return settings.text("consumerKey") if settings else ""


def apply_plan(prepared: Prepared, org: WritableOrg, say: Say) -> Applied:
    """Do what the plan says, and read it back. ``say`` is told of each step.

    A new app is one deploy, restriction included, then assignments. An app that gets restricted
    is validated first, then granted to those who may use it, and restricted last. When a step
    fails, exactly what this run added is taken away again. Raises :class:`GateRefused` for a gate
    that nothing lifts (those with a flag are the caller's to check), :class:`ApplyFailed` when a
    write failed or the org did not take a field, and what the org raises when nothing was written.
    """
    plan = prepared.plan
    hopeless = [gate for gate in plan.gates if not gate.flag]
    if hopeless:
        raise GateRefused(
            "\n".join(gate.reason for gate in hopeless),
            next_step=" ".join(gate.next_step for gate in hopeless),
        )
    if plan.is_empty:
        return Applied(plan, plan.actual)
    run = _Run(prepared, org, say)
    run.write()
    say("reading back")
    actual = org.read_back(plan.actual)
    notices = [*run.deployment.notices, *_check_taken(plan, actual)]
    return Applied(plan, actual, tuple(notices))


class _Run:
    """One apply: its steps, and the undoing of them."""

    def __init__(self, prepared: Prepared, org: WritableOrg, say: Say) -> None:
        self._plan = prepared.plan
        self._org = org
        self._say = say
        self._journal = Journal()
        self.deployment = Deployment(self._plan, org, self._note_deployed)
        self._granting = Granting(self._plan, prepared.access, org.access_writer, self._journal)

    def write(self) -> None:
        try:
            self._create_app() if self._plan.creates_app else self._change_app()
        except DeployUnknown as error:
            raise self._unknown(error) from error
        except ProvisionError as error:
            raise self._undone(error) from error
        except KeyboardInterrupt as error:
            raise self._undone(ApplyFailed("interrupted")) from error

    def _create_app(self) -> None:
        self._granting.create()
        self._deploy()
        self._granting.assign()

    def _change_app(self) -> None:
        plan = self._plan
        if plan.tightens:
            self._say("validating the whole deploy (nothing is written)")
            self.deployment.validate(tuple(map(self._without_new_names, plan.deployed)))
        self._granting.create()
        self._granting.assign()
        if plan.tightens:
            self._say("granting the app to those who may use it")
            self._granting.grant(self._org.app_id(plan.app))
        if plan.deployed:
            self._deploy()
        if self._granting.removes_names:
            for name in self._granting.withdraw(self._org.app_id(plan.app)):
                self._say(f"withdrew the app from {name}")

    def _deploy(self) -> None:
        count = len(self._plan.deployed)
        self._say(f"deploying {count} component{'s' if count > 1 else ''}")
        self.deployment.write(self._plan.deployed)

    def _note_deployed(self, components: tuple[Component, ...]) -> None:
        self._journal.written = True
        if self._plan.creates_app and any(c.full_name == self._plan.app for c in components):
            self._journal.add(f"app {self._plan.app}", self.deployment.delete_app)

    def _without_new_names(self, component: Component) -> Component:
        """A policy without the names that do not exist yet: a validation would refuse them."""
        if component.type is not OAUTH_POLICIES:
            return component
        new = {
            change.name
            for change in self._plan.access
            if isinstance(change, (CreatePermissionSet, CreateProfile))
        }
        fields = dict(component.fields)
        for field in (PERMISSION_SETS, PROFILES):
            if field in fields:
                known = [n for n in split_names(component.text(field)) if n not in new]
                fields[field] = ",".join(known)
        kept = {name: value for name, value in fields.items() if value != ""}
        return Component(component.type, component.full_name, kept)

    def _unknown(self, error: DeployUnknown) -> ApplyFailed:
        """Nothing is undone: the deploy may yet restrict the app to what was granted."""
        remains = self._journal.all
        said = f"\nThis run added, and left: {', '.join(remains)}." if remains else ""
        return ApplyFailed(error.message + said, next_step=error.next_step)

    def _undone(self, error: ProvisionError) -> ProvisionError:
        if not self._journal.written:
            if isinstance(error, ApplyFailed):
                error.next_step = error.next_step or "Nothing was written: mend it and apply again."
            return error
        changed_in_place = not self._journal.added
        undone = self._journal.undo()
        lines = [error.message]
        if undone.taken_away:
            lines.append(f"Taken away again: {', '.join(undone.taken_away)}.")
        if undone.remains:
            lines.append(f"Remains in the org: {'; '.join(undone.remains)}.")
        elif changed_in_place:
            lines.append("The fields that were deployed before it failed remain changed.")
        else:
            lines.append("The org is as before.")
        return ApplyFailed("\n".join(lines), next_step=error.next_step or "Mend it, apply again.")


def _check_taken(plan: Plan, actual: ActualApp) -> list[str]:
    """Raise :class:`ApplyFailed` naming each field that the org did not take.

    A consumer key that the org minted in place of the chosen one is a notice: the app works.
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
            "the deploy succeeded, and the org did not take:\n  " + "\n  ".join(refused),
            next_step="The org decides these itself, or they were changed at the same time. Take "
            "them out of the spec, or apply again.",
        )
    return notices


def _compared(difference: Difference) -> str:
    wanted = "unset" if isinstance(difference.after, Unset) else repr(difference.after)
    has = "nothing" if difference.before is None else repr(difference.before)
    return f"wanted {wanted}, the org has {has}"
