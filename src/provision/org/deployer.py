"""Deployer: sends a package, waits for its end, and never loses sight of a running deploy."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Final

from provision.errors import OrgError, OrgRefused, OrgUnreachable
from provision.metadata.package import Package
from provision.org.clock import Clock
from provision.org.deploy import DeployOptions, DeployResult, DeployWire
from provision.org.deploy_rest import is_rest_refusal
from provision.org.patience import OrgBusy

__all__ = ["DeployUnknown", "Deployer"]

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 5.0
_CANCEL_WAIT: Final = 60.0


class DeployUnknown(OrgUnreachable):
    """A deploy was sent, and nobody knows how it ended. ``deploy_id`` is empty if it has none."""

    def __init__(self, message: str, *, deploy_id: str = "", next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.deploy_id = deploy_id


@dataclass(slots=True)
class Deployer:
    """Deploys to one org: over REST, and over SOAP once the org has refused REST.

    ``wait`` is how long, in seconds, a deploy may take before it is cancelled. ``turn`` is held
    from its start to its end: other deploys to the org wait. ``interrupted`` becomes true when
    somebody interrupts the waiting for a deploy that then succeeds all the same.
    """

    rest: DeployWire
    soap: DeployWire
    clock: Clock
    wait: float
    turn: AbstractContextManager[object]
    interrupted: bool = False
    _rest_refused: bool = False

    def run(self, package: Package, options: DeployOptions) -> DeployResult:
        """Deploy, and wait for the end. A failed deploy is a result, not an error.

        Raises :class:`DeployUnknown` when it was sent and its end cannot be told,
        :class:`OrgRefused` or another :class:`OrgError` when the org did not take it.
        """
        with self.turn:
            return self._run(package, options)

    def _run(self, package: Package, options: DeployOptions) -> DeployResult:
        wire, deploy_id = self._start(package.zip(), options)
        try:
            result = self._await(wire, deploy_id, self.wait)
        except KeyboardInterrupt:
            result = self._stopped(wire, deploy_id)
            if not result.success:
                raise
            self.interrupted = True
            return result
        return result if result.done else self._stopped(wire, deploy_id)

    def _stopped(self, wire: DeployWire, deploy_id: str) -> DeployResult:
        """Cancel a running deploy, and see how it ends: it may succeed all the same."""
        try:
            with suppress(OrgError):  # refused when the deploy has just ended
                wire.cancel(deploy_id)
            result = self._await(wire, deploy_id, _CANCEL_WAIT)
        except KeyboardInterrupt as error:
            raise _still_running(deploy_id, "running") from error
        if not result.done:
            raise _still_running(deploy_id, result.status)
        return result

    def _start(self, zipped: bytes, options: DeployOptions) -> tuple[DeployWire, str]:
        try:
            if not self._rest_refused:
                return self.rest, self.rest.start(zipped, options)
        except OrgRefused as error:
            if not is_rest_refusal(error):
                raise
            self._rest_refused = True
        except OrgUnreachable as error:
            raise _unanswered(error) from error
        try:
            return self.soap, self.soap.start(zipped, options)
        except OrgUnreachable as error:
            raise _unanswered(error) from error

    def _await(self, wire: DeployWire, deploy_id: str, seconds: float) -> DeployResult:
        """The deploy's result when it is done, or how it is doing after ``seconds``."""
        deadline = self.clock.monotonic() + seconds
        pause = _FIRST_WAIT
        while True:
            try:
                result = wire.status(deploy_id)
            except OrgError as error:
                patient = isinstance(error, (OrgUnreachable, OrgBusy))
                if not patient or self.clock.monotonic() >= deadline:
                    raise DeployUnknown(
                        f"deploy {deploy_id} was sent; then: {error.message}",
                        deploy_id=deploy_id,
                        next_step="When the org answers again, run `provision diff`.",
                    ) from error
                if isinstance(error, OrgBusy):
                    pause = max(pause, min(error.pause, deadline - self.clock.monotonic()))
            else:
                if result.done or self.clock.monotonic() >= deadline:
                    return result
            self.clock.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_WAIT)


def _unanswered(error: OrgUnreachable) -> DeployUnknown:
    return DeployUnknown(
        f"the deploy got no answer: {error.message}",
        next_step="Run `provision diff` to see whether the org has it, then apply again.",
    )


def _still_running(deploy_id: str, status: str) -> DeployUnknown:
    return DeployUnknown(
        f"deploy {deploy_id} is still {status}, and was not cancelled in time",
        deploy_id=deploy_id,
        next_step="Watch it under Setup, Deployment Status; then run `provision diff`.",
    )
