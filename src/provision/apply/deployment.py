"""Deployment: a plan's components into the org, past the refusals that are known."""

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
    """The deploys of one plan. ``notices`` are what the org did other than asked.

    Each is noted in the ``journal``: an app that it surely made as one to take away again, an app
    that was there as one that was changed in place, after which nothing is undone. ``written`` are
    the components that the org took, as they were sent, by metadata type.
    """

    plan: Plan
    org: WritableOrg
    journal: Journal
    notices: list[str] = field(default_factory=list)
    written: dict[str, Component] = field(default_factory=dict)
    _created: str = ""
    _guard: Callable[[], None] | None = None

    def validate(self, components: tuple[Component, ...]) -> None:
        """Have the org check the components and write nothing. Raises :class:`ApplyFailed`."""
        self._deploy(components, DeployOptions(check_only=True))

    def write(self, components: tuple[Component, ...], guard: Callable[[], None]) -> None:
        """Deploy the components. Raises :class:`ApplyFailed`, or what the deployer raises.

        ``guard`` is called before each deploy, until the org has taken one: from then on it is
        not as it was, by this run.
        """
        self._guard = guard
        self._deploy(components, DeployOptions())

    def check_ours(self) -> None:
        """Raise :class:`LeftAsItIs` if others may rely on the app that this run made.

        Two runs may create one app at the same moment, and the other one takes it as it is. Where
        an org does not list its deployments, that cannot be ruled out.
        """
        if not self._created:
            return
        there = app_id_of(self.plan.app, self.org.rest)
        if there and there[:15] != self._created[:15]:
            raise LeftAsItIs("the org has another app of this name by now")
        if self.org.deployer.deployed_meanwhile():
            raise LeftAsItIs("somebody else began a deploy since this run created it")

    def _delete_app(self) -> None:
        """Delete the app that this run made; its other components go with it (OBS)."""
        self.check_ours()
        doomed = ((EXTERNAL_CLIENT_APPLICATION.name, self.plan.app),)
        result = self.org.deployer.run(
            Package(self.org.api_version, deletions=doomed), DeployOptions()
        )
        if not result.success:
            raise deploy_failed(result)

    def _deploy(self, components: tuple[Component, ...], options: DeployOptions) -> None:
        """Deploy, past every refusal that is known, in one piece or in two phases."""
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
        # An app that another run made meanwhile has records of that run's, which stay as they are.
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
        """Some orgs want the parent to be there before the rest (OBS), or make its policies."""
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
        # What is in place and not surely of this run's making: others may rely on what was added.
        if not self._created:
            self.journal.seal()


def _created_app(result: DeployResult) -> str:
    """The id of the app that a deploy surely made; empty if it changed one, or does not tell."""
    for message in result.messages:
        if message.component_type == EXTERNAL_CLIENT_APPLICATION.name and message.created:
            return message.id
    return ""
