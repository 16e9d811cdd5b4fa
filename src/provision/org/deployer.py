"""Deployer: sends a package, waits for the deploy to end, and finds out how it ended."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from provision.catalogue.package import Package
from provision.errors import OrgRefused, OrgUnreachable, ProvisionError, WriteUnknown
from provision.org.clock import Clock
from provision.org.deploy import DeployOptions, DeployResult, DeployUnknown, DeployWire, described
from provision.org.deploy_rest import is_rest_refusal
from provision.org.deploy_search import DeploySearch, LostDeploySearch
from provision.org.outcome import InterruptedBefore, answered
from provision.org.retry import Retry, Waits, retried
from provision.org.write import INTERRUPTED

__all__ = ["Deployer", "deploy_lock_of"]

_CANCEL_WAIT: Final = 60.0
_VALIDATION_WAITS: Final = Waits(1.0)
_VALIDATIONS: Final = 3

_guard: Final = threading.Lock()
_locks: Final[dict[str, threading.Lock]] = {}


def deploy_lock_of(instance_url: str) -> AbstractContextManager[object]:
    """The deploy lock of the org at ``instance_url``: the same one for every caller.

    An org queues deploys anyway. A deploy of ours that waits for the lock has not begun, so that
    the time it waits does not count towards ``--deploy-wait``.
    """
    with _guard:
        return _locks.setdefault(instance_url.lower(), threading.Lock())


@dataclass(slots=True)
class Deployer:
    """Deploys to one org: over REST, and over SOAP once the org has refused REST.

    ``wait`` is how long, in seconds, a deploy may take before it is cancelled, and how long the org
    is asked after one whose end is not known. ``lock`` is held while a deploy is under way, so that
    other deploys wait. ``org_time`` is the time by the org's clock, in seconds since 1970.
    ``interrupted`` becomes true if somebody interrupts the wait for a deploy that then succeeds
    all the same.
    """

    rest: DeployWire
    soap: DeployWire
    search: DeploySearch
    clock: Clock
    wait: float
    lock: AbstractContextManager[object]
    org_time: Callable[[], float]
    interrupted: bool = False
    _rest_refused: bool = False
    _known: set[str] = field(default_factory=set)
    _begun: float | None = None

    def run(
        self, package: Package, options: DeployOptions, guard: Callable[[], None] | None = None
    ) -> DeployResult:
        """Deploy, and wait for the end. A failed deploy is a result, not an error.

        ``guard`` is called directly before a deploy is sent, when this process has no other one
        under way in the org. If it raises an error, nothing is sent.

        A deploy whose answer is lost is looked for in the org's list of deployments. Raises
        :class:`DeployUnknown` if the deploy was sent and nobody can tell how it ended,
        :class:`OrgRefused` or another :class:`OrgError` if the org did not accept it, and
        :class:`InterruptedBefore` if somebody interrupted it and nothing of it was written. A
        validation writes nothing: it is repeated if its answer is lost, and fails with an
        :class:`OrgError` if its end is not known.
        """
        what = described(package, options)
        with ExitStack() as stack:
            try:
                stack.enter_context(self.lock)
                if guard is not None and not options.check_only:
                    guard()
            except KeyboardInterrupt as error:  # nothing was sent yet
                raise InterruptedBefore from error
            doing = self._validate if options.check_only else self._write
            return doing(package, options, what)

    def deployed_meanwhile(self) -> bool:
        """Whether anybody else began a deploy since this deployer began its first one.

        Raises :class:`OrgError` if the org does not list its deployments.
        """
        begun = self.org_time() if self._begun is None else self._begun
        return bool(self.search.since(begun, self._known, by_anybody=True))

    def _write(self, package: Package, options: DeployOptions, what: str) -> DeployResult:
        moment = self.org_time()
        self._begun = moment if self._begun is None else self._begun
        try:
            wire, deploy_id = self._start(package.zip(), options, what)
            result, cut_short = self._followed(wire, deploy_id, what)
        except DeployUnknown:
            raise
        except WriteUnknown as error:
            result, cut_short = self._searched(package, error, moment), error.interrupted
        except KeyboardInterrupt:  # between two calls: the deploy may have been sent
            lost = WriteUnknown(what, INTERRUPTED, interrupted=True)
            result, cut_short = self._searched(package, lost, moment), True
        self._known.add(result.id)
        if cut_short and not result.success:  # it was rolled back
            raise InterruptedBefore
        self.interrupted = self.interrupted or cut_short
        return result

    def _validate(self, package: Package, options: DeployOptions, what: str) -> DeployResult:
        def validate() -> tuple[DeployResult, bool]:
            wire, deploy_id = self._start(package.zip(), options, what)
            return self._followed(wire, deploy_id, what)

        try:
            result, cut_short = retried(
                validate,
                Retry(self.clock, _VALIDATION_WAITS, attempts=_VALIDATIONS),
                # The end of a deploy that was followed was asked for long enough.
                lambda error: (
                    isinstance(error, WriteUnknown)
                    and not isinstance(error, DeployUnknown)
                    and not error.interrupted
                ),
            )
        except WriteUnknown as lost:
            if lost.interrupted:
                raise InterruptedBefore from lost
            raise OrgUnreachable(
                f"{lost.what} got no answer: {lost.reason}",
                next_step="Check the org's status page, and run it again.",
            ) from lost
        if cut_short:
            raise InterruptedBefore
        return result

    def _followed(self, wire: DeployWire, deploy_id: str, what: str) -> tuple[DeployResult, bool]:
        """The end of a deploy that is under way, and whether somebody interrupted it.

        It is cancelled if it is interrupted or takes longer than ``wait``.
        """
        try:
            result = self._await(wire, deploy_id, self.wait, what)
            if result.done:
                return result, False
        except KeyboardInterrupt:
            try:
                return self._stopped(wire, deploy_id, what, interrupted=True), True
            except DeployUnknown as error:
                error.interrupted = True
                raise
        stopped = self._stopped(wire, deploy_id, what, interrupted=False)
        return dataclasses.replace(stopped, waited=self.wait), False

    def _stopped(
        self, wire: DeployWire, deploy_id: str, what: str, *, interrupted: bool
    ) -> DeployResult:
        """Cancel a running deploy, and see how it ends: it may succeed all the same."""
        slow = (
            "" if interrupted else f"it was not done after {self.wait:g} seconds (--deploy-wait); "
        )
        try:
            with suppress(Exception):  # refused when the deploy has just ended; it is asked below
                wire.cancel(deploy_id)
            result = self._await(wire, deploy_id, _CANCEL_WAIT, what)
        except KeyboardInterrupt as error:
            reason = (
                f"{slow}the org was asked to cancel it, and the waiting for that was interrupted"
            )
            raise DeployUnknown(what, reason, deploy_id=deploy_id, interrupted=True) from error
        if not result.done:
            state = result.status or "running"
            reason = f"{slow}the org was asked to cancel it, and it is still {state}"
            raise DeployUnknown(what, reason, deploy_id=deploy_id, interrupted=interrupted)
        return result

    def _start(self, zipped: bytes, options: DeployOptions, what: str) -> tuple[DeployWire, str]:
        try:
            if not self._rest_refused:
                return self.rest, self.rest.start(zipped, options, what)
        except OrgRefused as error:
            if not is_rest_refusal(error):
                raise
            self._rest_refused = True
        return self.soap, self.soap.start(zipped, options, what)

    def _await(self, wire: DeployWire, deploy_id: str, seconds: float, what: str) -> DeployResult:
        """The deploy's result when it is done, or how it is doing after ``seconds``.

        An answer that is lost or not understood says nothing about the deploy, so the org is asked
        again. Raises :class:`DeployUnknown` if it does not answer in that time, or keeps refusing.
        """
        try:
            return answered(
                lambda: _understood(wire.status(deploy_id)),
                lambda result: result.done,
                self.clock,
                seconds,
            )
        except Exception as error:  # whatever it is, the deploy still runs
            raise DeployUnknown(what, _reason(error), deploy_id=deploy_id) from error

    def _searched(self, package: Package, lost: WriteUnknown, sent_at: float) -> DeployResult:
        """The end of a deploy that may be under way and whose id is not known."""
        wire = self.soap if self._rest_refused else self.rest
        search = LostDeploySearch(self.search, partial(self._await, wire), self.clock, self.wait)
        return search.find(package, lost, sent_at, self._known)


def _understood(result: DeployResult) -> DeployResult:
    if not result.is_understood:
        raise OrgUnreachable(f"the status {result.status!r} is not understood")
    return result


def _reason(error: Exception) -> str:
    if isinstance(error, ProvisionError):
        return error.message
    return f"{type(error).__name__}: {error}"
