"""Steps: the writes of one plan, in an order in which a failure locks nobody out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from provision.apply.deployment import Deployment
from provision.apply.freshness import RecordLearned, check_fresh
from provision.apply.granting import Granting
from provision.apply.journal import Journal, LeftAsItIs
from provision.apply.making import Making
from provision.apply.prepare import Prepared
from provision.apply.recovery import with_random_key
from provision.catalogue.canonical import split_names
from provision.catalogue.catalogue import OAUTH_POLICIES, is_admin_approved
from provision.catalogue.component import Component
from provision.errors import ApplyFailed, GateRefused, ProvisionError, WriteUnknown
from provision.org.org import WritableOrg
from provision.org.written import WriteNote, unnoted
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import CreatePermissionSet, CreateProfile

__all__ = ["Say", "Steps"]

_AGAIN: Final = "Apply again: what is done is not done twice."
_CHANGE: Final = "Change what the message names, and apply again."
_REPORT: Final = "Run `provision diff` to see what the org has, and report the bug."

Say = Callable[[str], None]


class Steps:
    """The writes of one plan, and their undoing. ``deployment`` tells what was deployed."""

    def __init__(
        self, prepared: Prepared, org: WritableOrg, say: Say, note: WriteNote = unnoted
    ) -> None:
        self._plan = prepared.plan
        self._org = org
        self._say = say
        self._doing = ""
        self._journal = Journal(note)
        self.deployment = Deployment(self._plan, org, self._journal)
        making = Making(org.access_writer, self._journal, org.clock, org.deploy_wait)
        self._granting = Granting(self._plan, prepared.access, making)

    def run(self) -> None:
        """Do all the steps.

        If one fails, exactly what this run added is removed again. Nothing is removed once an
        existing app was changed in place, or if others may rely on what was added; the error then
        says what was added. Raises :class:`ApplyFailed`, :class:`WriteUnknown` if nobody knows what
        became of a write (nothing is removed then either), or what the org raised if nothing was
        written.
        """
        try:
            self._create_app() if self._plan.creates_app else self._change_app()
        except ProvisionError as error:
            if isinstance(error, RecordLearned):
                complete = self._stopped(error)
            else:
                complete = self._failed(error)
            if complete is error:  # an error that is its own cause is a chain without an end
                raise
            raise complete from error
        except KeyboardInterrupt as error:
            raise self._failed(ApplyFailed("interrupted"), otherwise=_AGAIN) from error
        except Exception as error:
            if not self._journal.written:
                raise
            failure = f"a bug in provision stopped this run: {type(error).__name__}: {error}"
            raise self._failed(ApplyFailed(failure, next_step=_REPORT)) from error

    def validate(self) -> None:
        """Have the org check the deploy without writing. Raises :class:`ApplyFailed`.

        Names that the plan would create are left out, since the org does not have them yet. A
        chosen consumer key is left out too: the deploy will have another one, and no key at all if
        the org refuses it.
        """
        self.deployment.validate(tuple(map(self._without_new_names, self._plan.deployed)))

    def _create_app(self) -> None:
        if self._granting.creates:
            check_fresh(self._plan, self._org)
        self._granting.create()
        self._deploy()
        self._doing = "assigning permission sets"
        self._granting.assign()

    def _change_app(self) -> None:
        plan = self._plan
        withdraws = self._granting.removes_names
        app_id = self._org.app_id(plan.app) if plan.tightens or withdraws else ""
        if plan.tightens:
            self._say("validating the whole deploy (nothing is written)")
            self.validate()
        if plan.access or plan.tightens or not plan.deployed:
            check_fresh(plan, self._org)
        self._granting.create()
        self._granting.assign()
        if plan.tightens:
            self._say("granting the app to those who may use it")
            self._granting.grant(app_id)
        if plan.deployed:
            self._deploy()
        if withdraws:
            self._doing = "withdrawing the app from those whose names were removed"
            for name in self._granting.withdraw(app_id):
                self._say(f"withdrew the app from {name}")

    def _deploy(self) -> None:
        components = self._plan.deployed
        if self._plan.chooses_consumer_key:
            components = with_random_key(components)
        count = len(components)
        self._say(f"deploying {count} component{'s' if count > 1 else ''}")
        granted = bool(self._journal.entries)
        self.deployment.write(
            components, lambda: check_fresh(self._plan, self._org, granted=granted)
        )

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

    def _stopped(self, error: RecordLearned) -> ProvisionError:
        """``error`` itself if the org is as before, so that everything can be planned again."""
        if self._journal.unknown or self._journal.sealed or self._relied_on():
            return self._failed(error)
        remains = self._journal.undo().remains
        if not remains:
            return error
        return ApplyFailed(
            f"Remains in the org: {'; '.join(remains)}.\n{error.message}", next_step=error.next_step
        )

    def _failed(self, error: ProvisionError, *, otherwise: str = _CHANGE) -> ProvisionError:
        """The error to raise for ``error``, with what was undone or what remains in the org.

        ``otherwise`` is the next step if the error has none.
        """
        if self._journal.unknown:
            return self._unknown(error)
        if self._journal.sealed:
            return ApplyFailed(
                f"{self._done()}: {error.message}{self.left}",
                next_step=f"{error.next_step} {_AGAIN}".lstrip(),
            )
        if self._journal.written:
            return self._undone(error, otherwise)
        if isinstance(error, ApplyFailed) and not error.next_step:
            return ApplyFailed(f"{error.message}\nNothing was written.", next_step=otherwise)
        return error

    def _unknown(self, error: ProvisionError) -> WriteUnknown:
        """Nothing is undone: the org may yet make what was sent, which may need what was added."""
        what = ", ".join(self._journal.unknown)
        reason = error.message
        if isinstance(error, WriteUnknown):
            what, reason = error.what, error.reason
        return WriteUnknown(
            what,
            f"{reason}{self.left}",
            interrupted=isinstance(error, WriteUnknown) and error.interrupted,
            next_step=error.next_step,
        )

    def _done(self) -> str:
        """How far the writes had come when an error ended them and nothing could be undone."""
        written = self.deployment.written
        if any(item.type.name not in written for item in self._plan.deployed):
            return f"The org took {', '.join(written) or 'a part of it'}, and not the rest"
        if self._doing:
            return f"The deploy had succeeded, and {self._doing} did not"
        return "The deploy had succeeded, and the run ended after it"

    @property
    def left(self) -> str:
        """What this run added and what it removed, as lines of a message; empty if nothing."""
        lines = [
            f"\n{verb}: {', '.join(names)}."
            for verb, names in (
                ("This run added, and left", self._journal.added),
                ("This run removed", self._journal.removed),
            )
            if names
        ]
        return "".join(lines)

    def _undone(self, error: ProvisionError, otherwise: str) -> ApplyFailed:
        kept_for = self._relied_on()
        if kept_for:
            return ApplyFailed(
                f"{self.left.lstrip()}\nIt is not taken away: {kept_for}.\n{error.message}",
                next_step=f"{error.next_step} Run `provision diff`. {_AGAIN}".lstrip(),
            )
        undone = self._journal.undo()
        lines = [error.message]
        if undone.remains:
            lines.insert(0, f"Remains in the org: {'; '.join(undone.remains)}.")
        if undone.taken_away:
            lines.append(f"Taken away again: {', '.join(undone.taken_away)}.")
        if not undone.remains:
            lines.append("The org is as before.")
        return ApplyFailed(
            "\n".join(lines),
            next_step=error.next_step or otherwise,
        )

    def _relied_on(self) -> str:
        """Why others may rely on what this run added; empty if they surely do not.

        Another run may have found what this run added, and have restricted the app to it since.
        """
        try:
            if self._plan.creates_app:
                self.deployment.check_ours()
            elif self._is_restricted_anew():
                return "somebody restricted the app since the plan was made, and may rely on it"
        except LeftAsItIs as error:
            return f"others may rely on it, since {error.message}"
        except ProvisionError as error:
            return f"others may rely on it, and the check for that failed: {error.message}"
        except KeyboardInterrupt:
            return "others may rely on it, and the check for that was interrupted"
        return ""

    def _is_restricted_anew(self) -> bool:
        try:
            check_fresh(self._plan, self._org, granted=True)
        except GateRefused:
            found = self._org.find_app(self._plan.app)
            return is_admin_approved(found.components.get(OAUTH_POLICIES.name))
        return False
