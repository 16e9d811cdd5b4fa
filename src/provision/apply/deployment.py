"""Deployment: deploys a plan's components, and recovers from the refusals that are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from provision.apply.freshness import RecordLearned
from provision.apply.journal import Entry, Journal, LeftAsItIs
from provision.apply.recovery import RECOVERIES, Attempt, Retry, first_phase, learned_records
from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.org.app import app_id_of
from provision.org.deploy import DeployOptions, DeployResult, deploy_failed
from provision.org.org import WritableOrg
from provision.org.written import Outcome, failure_noted
from provision.plan.plan import Plan

__all__ = ["Deployment"]


_MOST_RETRIES: Final = 6


@dataclass(slots=True)
class Deployment:
    """The deploys of one plan. ``notices`` tell what the org did differently than asked.

    Each deploy is noted in the ``journal``. An app that it surely created can be deleted again.
    After an existing app was changed in place, nothing is undone. ``written`` has the components
    that the org took, as they were sent, by metadata type.
    """

    plan: Plan
    org: WritableOrg
    journal: Journal
    notices: list[str] = field(default_factory=list)
    written: dict[str, Component] = field(default_factory=dict)
    _created: str = ""
    _guard: Callable[[], None] | None = None

    def validate(self, components: tuple[Component, ...]) -> None:
        """Have the org check the components without writing. Raises :class:`ApplyFailed`."""
        self._deploy(components, DeployOptions(check_only=True))

    def write(self, components: tuple[Component, ...], guard: Callable[[], None]) -> None:
        """Deploy the components. Raises :class:`ApplyFailed`, or what the deployer raises.

        ``guard`` is called directly before each deploy until the org has taken one: from then on
        this run itself has changed the org.
        """
        self._guard = guard
        self._deploy(components, DeployOptions())

    def check_ours(self) -> None:
        """Raise :class:`LeftAsItIs` if others may rely on the app that this run created.

        Two runs may create one app at the same moment, and the second one finds it and changes it.
        That cannot be ruled out in an org that does not list its deployments.
        """
        if not self._created:
            return
        app_id = app_id_of(self.plan.app, self.org.rest)
        if app_id and app_id[:15] != self._created[:15]:
            raise LeftAsItIs("the org has another app of this name by now")
        if self.org.deployer.deployed_meanwhile():
            raise LeftAsItIs("somebody else began a deploy since this run created it")

    def _delete_app(self) -> None:
        """Delete the app that this run created. Its other components are deleted with it (OBS)."""
        self.check_ours()
        deletions = ((EXTERNAL_CLIENT_APPLICATION.name, self.plan.app),)
        result = self.org.deployer.run(
            Package(self.org.api_version, deletions=deletions), DeployOptions()
        )
        if not result.success:
            raise deploy_failed(result)

    def _deploy(self, components: tuple[Component, ...], options: DeployOptions) -> None:
        """Deploy in one piece or in two phases, and recover from every refusal that is known."""
        for tries in range(1, _MOST_RETRIES + 1):
            result = self._run(Package(self.org.api_version, components), options)
            if result.success:
                if not options.check_only:
                    self._succeeded(components, result)
                return
            first = first_phase(self.plan, components, result, self.org.metadata.read)
            if first and not options.check_only:
                self._in_two_phases(first, components)
                return
            retry = self._retry(components, result, tries)
            if retry is None or retry.components == components:
                raise deploy_failed(result, validates=options.check_only)
            self.notices.append(retry.notice)
            components = retry.components
        raise deploy_failed(result, validates=options.check_only)

    def _retry(
        self, components: tuple[Component, ...], result: DeployResult, tries: int
    ) -> Retry | None:
        # If another run created the app meanwhile, its records are that run's, and stay unchanged.
        created = bool(self._created)
        attempt = Attempt(self.plan, components, result, self.org.metadata.read, tries, created)
        learned = learned_records(attempt)
        if learned:
            for record in learned:
                self.org.learned.add(self.plan.app, record.type, record.full_name)
            raise RecordLearned(self.plan.app, learned)
        found = (recovery(attempt) for recovery in RECOVERIES)
        return next((retry for retry in found if retry is not None), None)

    def _in_two_phases(
        self, first: tuple[Component, ...], components: tuple[Component, ...]
    ) -> None:
        """Deploy ``first`` and then the rest.

        Some orgs need the parent first, and some create its policies themselves (OBS).
        """
        names = ", ".join(component.type.name for component in first)
        self.notices.append(f"the org wants {names} before the rest: two deploys")
        self._deploy(first, DeployOptions())
        rest = tuple(component for component in components if component not in first)
        self._deploy(rest, DeployOptions())

    def _succeeded(self, components: tuple[Component, ...], result: DeployResult) -> None:
        self.notices.extend(str(message) for message in result.warnings)
        self.written |= {component.type.name: component for component in components}
        if self.org.deployer.interrupted:
            raise KeyboardInterrupt

    def _run(self, package: Package, options: DeployOptions) -> DeployResult:
        if options.check_only:
            return self.org.deployer.run(package, options)
        header = any(item.type is EXTERNAL_CLIENT_APPLICATION for item in package.components)
        what = f"app {self.plan.app}" if header else f"the rest of app {self.plan.app}"
        entry = self.journal.intend(what, adds=header and self.plan.creates_app)
        with failure_noted(entry.became):
            result = self.org.deployer.run(package, options, None if self.written else self._guard)
        self._ended(entry, result)
        return result

    def _ended(self, entry: Entry, result: DeployResult) -> None:
        if not result.success:
            entry.became(Outcome.NOT_MADE)
            return
        if not entry.adds:
            entry.made()
        elif not result.surely_ours:
            entry.became(Outcome.FOUND)
        else:
            self._created = _created_app(result)
            entry.adds = bool(self._created)  # else another run made it, and this one changed it
            entry.made(self._delete_app)
        # This run changed an app that it did not surely create: others may rely on what it added.
        if not self._created:
            self.journal.seal()


def _created_app(result: DeployResult) -> str:
    """The id of the app that a deploy surely created; empty if it changed one or does not tell."""
    for message in result.messages:
        if message.component_type == EXTERNAL_CLIENT_APPLICATION.name and message.created:
            return message.id
    return ""
