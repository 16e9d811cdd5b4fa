"""Deployment: a plan's components into the org, past the refusals that are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from provision.apply.recovery import RECOVERIES, Attempt, Retry, first_phase, learned_records
from provision.apply.replanning import RecordLearned
from provision.metadata.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.metadata.component import Component
from provision.metadata.package import Package
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.deploy_failure import deploy_failed
from provision.org.org import WritableOrg
from provision.plan.plan import Plan

__all__ = ["Deployment"]


_MOST_RETRIES: Final = 6


@dataclass(slots=True)
class Deployment:
    """The deploys of one plan. ``notices`` are what the org did other than asked.

    ``written`` are the components that the org took, as they were sent, by metadata type.
    """

    plan: Plan
    org: WritableOrg
    on_written: Callable[[tuple[Component, ...]], None]
    notices: list[str] = field(default_factory=list)
    written: dict[str, Component] = field(default_factory=dict)

    def validate(self, components: tuple[Component, ...]) -> None:
        """Have the org check the components and write nothing. Raises :class:`ApplyFailed`."""
        self._deploy(components, DeployOptions(check_only=True))

    def write(self, components: tuple[Component, ...]) -> None:
        """Deploy the components. Raises :class:`ApplyFailed`, or what the deployer raises."""
        self._deploy(components, DeployOptions())

    def delete_app(self) -> None:
        """Delete the app; its other components go with it (OBS). Raises :class:`ApplyFailed`."""
        doomed = ((EXTERNAL_CLIENT_APPLICATION.name, self.plan.app),)
        result = self._run(Package(self.org.api_version, deletions=doomed), DeployOptions())
        if not result.success:
            raise deploy_failed(result)

    def _deploy(self, components: tuple[Component, ...], options: DeployOptions) -> None:
        """Deploy, past every refusal that is known, in one piece or in two phases."""
        for tries in range(1, _MOST_RETRIES + 1):
            result = self._run(Package(self.org.api_version, components), options)
            if result.success:
                self._succeeded(components, result, options)
                return
            first = first_phase(self.plan, components, result, self.org.metadata.read)
            if first and not options.check_only:
                self._in_two_phases(first, components)
                return
            retry = self._retry(components, result, tries)
            if retry is None or retry.components == components:
                raise deploy_failed(result)
            self.notices.append(retry.notice)
            components = retry.components
        raise deploy_failed(result)

    def _retry(
        self, components: tuple[Component, ...], result: DeployResult, tries: int
    ) -> Retry | None:
        created = self.plan.creates_app and EXTERNAL_CLIENT_APPLICATION.name in self.written
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

    def _succeeded(
        self, components: tuple[Component, ...], result: DeployResult, options: DeployOptions
    ) -> None:
        if not options.check_only:
            self.notices.extend(str(message) for message in result.warnings)
            self.written |= {component.type.name: component for component in components}
            self.on_written(components)
        if self.org.deployer.interrupted:
            raise KeyboardInterrupt

    def _run(self, package: Package, options: DeployOptions) -> DeployResult:
        return self.org.deployer.run(package, options)
