"""Deployment: a plan's components into the org, past the refusals that are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from provision.apply.recovery import RECOVERIES, Attempt, wants_two_phases
from provision.errors import ApplyFailed
from provision.metadata.catalogue import EXTERNAL_CLIENT_APPLICATION
from provision.metadata.component import Component
from provision.metadata.package import Package
from provision.org.deploy import DeployOptions, DeployResult
from provision.org.org import WritableOrg
from provision.plan.plan import Plan

__all__ = ["Deployment"]


@dataclass(slots=True)
class Deployment:
    """The deploys of one plan. ``notices`` are what the org did other than asked."""

    plan: Plan
    org: WritableOrg
    on_written: Callable[[tuple[Component, ...]], None]
    notices: list[str] = field(default_factory=list)

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
            raise _failed(result)

    def _deploy(self, components: tuple[Component, ...], options: DeployOptions) -> None:
        """Deploy, trying each recovery once; what is left is in one piece or in two phases."""
        unused = list(RECOVERIES)
        while True:
            result = self._run(Package(self.org.api_version, components), options)
            if result.success:
                self.notices.extend(str(message) for message in result.warnings)
                self._note_written(components, options)
                return
            if wants_two_phases(components, result) and not options.check_only:
                self._in_two_phases(components, options)
                return
            attempt = Attempt(self.plan, components, result, self.org.metadata.read)
            for recovery in tuple(unused):
                retry = recovery(attempt)
                if retry is not None:
                    unused.remove(recovery)
                    self.notices.append(retry.notice)
                    components = retry.components
                    break
            else:
                raise _failed(result)

    def _in_two_phases(self, components: tuple[Component, ...], options: DeployOptions) -> None:
        """The app first, the rest after it: some orgs want the parent to be there (OBS)."""
        self.notices.append("the org wants the app before the rest: two deploys")
        parent = tuple(c for c in components if c.type is EXTERNAL_CLIENT_APPLICATION)
        self._deploy(parent, options)
        self._deploy(tuple(c for c in components if c not in parent), options)

    def _note_written(self, components: tuple[Component, ...], options: DeployOptions) -> None:
        if not options.check_only:
            self.on_written(components)

    def _run(self, package: Package, options: DeployOptions) -> DeployResult:
        return self.org.deployer.run(package, options)


def _failed(result: DeployResult) -> ApplyFailed:
    reasons = result.reasons or (f"deploy {result.id} ended as {result.status}",)
    return ApplyFailed("the org refused the deploy:\n  " + "\n  ".join(reasons))
