"""Steps: the writes of one plan, in an order in which a failure locks nobody out."""

from __future__ import annotations

from collections.abc import Callable

from provision.apply.chosen_key import with_chosen_key
from provision.apply.deployment import Deployment
from provision.apply.granting import Granting
from provision.apply.journal import Journal
from provision.apply.prepare import Prepared
from provision.apply.replanning import RecordLearned
from provision.errors import ApplyFailed, ProvisionError
from provision.metadata.canonical import split_names
from provision.metadata.catalogue import OAUTH_POLICIES
from provision.metadata.component import Component
from provision.org.deployer import DeployUnknown
from provision.org.org import WritableOrg
from provision.plan.names import PERMISSION_SETS, PROFILES
from provision.plan.plan import CreatePermissionSet, CreateProfile

__all__ = ["Say", "Steps"]

Say = Callable[[str], None]


class Steps:
    """One plan's writes, and the undoing of them. ``deployment`` tells what was deployed."""

    def __init__(self, prepared: Prepared, org: WritableOrg, say: Say) -> None:
        self._plan = prepared.plan
        self._org = org
        self._say = say
        self._doing = "what comes after it"
        self._journal = Journal()
        self.deployment = Deployment(self._plan, org, self._note_deployed)
        self._granting = Granting(self._plan, prepared.access, org.access_writer, self._journal)

    def run(self) -> None:
        """Do all the steps.

        When one fails, exactly what this run added is taken away again; but once an existing app
        was changed in place, or a deploy's end is unknown, nothing is, and the error says what is
        there. Raises :class:`ApplyFailed`, or what the org raised when nothing was written.
        """
        try:
            self._create_app() if self._plan.creates_app else self._change_app()
        except DeployUnknown as error:
            raise self._unknown(error) from error
        except RecordLearned as error:
            raise self._stopped(error) from error
        except ProvisionError as error:
            raise self._failed(error) from error
        except KeyboardInterrupt as error:
            raise self._failed(ApplyFailed("interrupted")) from error
        except Exception as error:
            error.add_note(self._failed(ApplyFailed("a bug stopped this run")).message)
            raise

    def validate(self) -> None:
        """Have the org check the deploy, and write nothing. Raises :class:`ApplyFailed`.

        Names that the plan would create are left out: the org does not have them yet. So is a
        chosen consumer key: that of the deploy is another, and a refusal of it stops nothing.
        """
        self.deployment.validate(tuple(map(self._without_new_names, self._plan.deployed)))

    def _create_app(self) -> None:
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
            components = with_chosen_key(components)
        count = len(components)
        self._say(f"deploying {count} component{'s' if count > 1 else ''}")
        self.deployment.write(components)

    def _note_deployed(self, components: tuple[Component, ...]) -> None:
        if not self._plan.creates_app:
            self._journal.seal()
        elif any(component.full_name == self._plan.app for component in components):
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
        return ApplyFailed(f"{error.message}{self._left()}", next_step=error.next_step)

    def _stopped(self, error: RecordLearned) -> ProvisionError:
        """``error`` itself where the org is as before, so that the whole can be planned again."""
        if self._journal.sealed:
            return self._failed(error)
        remains = self._journal.undo().remains
        if not remains:
            return error
        left = f"{error.message}\nRemains in the org: {'; '.join(remains)}."
        return ApplyFailed(left, next_step=error.next_step)

    def _left(self) -> str:
        remains = self._journal.all
        return f"\nThis run added, and left: {', '.join(remains)}." if remains else ""

    def _failed(self, error: ProvisionError) -> ProvisionError:
        if self._journal.sealed:
            return ApplyFailed(
                f"{error.message}\nThe deploy had succeeded, and {self._doing} did not."
                f"{self._left()}",
                next_step=f"{error.next_step} Then apply again: what is done is not done twice.",
            )
        if self._journal.added:
            return self._undone(error)
        if isinstance(error, ApplyFailed):
            error.next_step = error.next_step or "Nothing was written: mend it and apply again."
        return error

    def _undone(self, error: ProvisionError) -> ApplyFailed:
        undone = self._journal.undo()
        lines = [error.message]
        if undone.taken_away:
            lines.append(f"Taken away again: {', '.join(undone.taken_away)}.")
        if undone.remains:
            lines.append(f"Remains in the org: {'; '.join(undone.remains)}.")
        else:
            lines.append("The org is as before.")
        return ApplyFailed("\n".join(lines), next_step=error.next_step or "Mend it, apply again.")
