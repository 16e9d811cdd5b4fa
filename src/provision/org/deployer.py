"""Deployer: sends a package, waits for its end, and never loses sight of a running deploy."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from provision.catalogue.package import Package
from provision.errors import OrgRefused, OrgUnreachable, ProvisionError, WriteUnknown
from provision.org.clock import Clock
from provision.org.deploy import DeployOptions, DeployResult, DeployWire
from provision.org.deploy_rest import is_rest_refusal
from provision.org.deploy_search import CLOCKS_APART, DeploySearch, deploys_what
from provision.org.org_settings import SettingsPackage
from provision.org.outcome import (
    InterruptedBefore,
    answered,
    find_out,
    not_made,
)
from provision.org.retry import Retry, Waits, retried
from provision.org.write import INTERRUPTED

__all__ = ["DeployUnknown", "Deployer", "described"]

_CANCEL_WAIT: Final = 60.0
_VALIDATION_WAITS: Final = Waits(1.0)
_VALIDATIONS: Final = 3


class DeployUnknown(WriteUnknown):
    """A deploy was sent, and nobody knows how it ended. ``deploy_id`` is empty if it has none."""

    def __init__(
        self,
        what: str,
        reason: str,
        *,
        deploy_id: str = "",
        interrupted: bool = False,
        next_step: str = "",
    ) -> None:
        named = f"{what} ({deploy_id})" if deploy_id else what
        super().__init__(
            named,
            reason,
            interrupted=interrupted,
            next_step=next_step
            or "Watch it under Setup, Deployment Status. When it has ended, run `provision diff` "
            "to see what the org has, then run the same command again.",
        )
        self.deploy_id = deploy_id


@dataclass(slots=True)
class Deployer:
    """Deploys to one org: over REST, and over SOAP once the org has refused REST.

    ``wait`` is how long, in seconds, a deploy may take before it is cancelled, and how long the org
    is asked after one whose end is not known. ``lock`` is held from its start to its end: other
    deploys to the org wait. ``org_time`` is the time by the org's clock, in seconds since 1970.
    ``interrupted`` becomes true when somebody interrupts the waiting for a deploy that then
    succeeds all the same.
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

        ``guard`` is called last before a deploy is sent, when no other one of this process is under
        way to the org; what it raises is raised, and nothing is sent.

        A deploy whose answer is lost is looked for in the org's list of deployments. Raises
        :class:`DeployUnknown` when it was sent and its end cannot be told, :class:`OrgRefused` or
        another :class:`OrgError` when the org did not take it, :class:`InterruptedBefore` when
        somebody interrupted it and nothing of it was written. A validation writes nothing: it is
        repeated when its answer is lost, and its end is never unknown, but an :class:`OrgError`.
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

        Raises what the org raises when it does not list its deployments.
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

        It is cancelled when it is interrupted or takes long.
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

        An answer that is lost or not understood says nothing of the deploy, so that the org is
        asked again. Only a refusal that stays ends the asking earlier.
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

    def _searched(self, package: Package, lost: WriteUnknown, moment: float) -> DeployResult:
        """The end of a deploy that may be under way and whose id is not known.

        Where there is only one that the org began a moment earlier, the end stays unknown: it may
        be ours, since an org's clocks differ, or one that was there before.
        """
        others = set(self._known)
        wire = self.soap if self._rest_refused else self.rest
        deadline = self.clock.monotonic() + self.wait

        def find(since: float) -> DeployResult | None:
            for deploy_id in self.search.since(since, others):
                # It is not cancelled: it may be somebody else's.
                left = max(deadline - self.clock.monotonic(), 0.0)
                result = self._await(wire, deploy_id, left, lost.what)
                if not result.done:
                    state = result.status or "running"
                    raise DeployUnknown(
                        lost.what,
                        f"{lost.reason}; it may be the deploy {deploy_id}, which is still {state} "
                        f"after {self.wait:g} seconds (--deploy-wait)",
                        interrupted=lost.interrupted,
                    )
                others.add(deploy_id)
                if deploys_what(result, package):
                    return dataclasses.replace(result, surely_ours=False)
            return None

        try:
            return _told(lost, find, moment, self.clock, self.wait)
        except DeployUnknown:
            raise
        except WriteUnknown as error:
            raise DeployUnknown(error.what, error.reason, interrupted=error.interrupted) from error


def _told(
    lost: WriteUnknown,
    find: Callable[[float], DeployResult | None],
    moment: float,
    clock: Clock,
    wait: float,
) -> DeployResult:
    """What ``find`` finds of a lost deploy, sent at ``moment``. Raises what the search raises."""
    found = find_out(lost, partial(find, moment), lambda found: found is not None, clock, wait)
    if found is not None:
        return found
    earlier = find_out(lost, partial(find, moment - CLOCKS_APART), lambda _: True, clock, wait)
    if earlier is None:
        raise not_made(lost) from lost
    raise WriteUnknown(
        lost.what,
        f"{lost.reason}; it may be the deploy {earlier.id}, which began a moment before",
        interrupted=lost.interrupted,
    )


def described(package: Package, options: DeployOptions) -> str:
    """A deploy in words, as in "the deploy of Robot (3 components)"."""
    if package.deletions:
        return f"the deletion of {', '.join(name for _, name in package.deletions)}"
    if isinstance(package, SettingsPackage):
        return f"the switching of {package.switched}"
    doing = "the validation" if options.check_only else "the deploy"
    count = len(package.components)
    named = min((item.full_name for item in package.components), key=len, default="nothing")
    return f"{doing} of {named} ({count} component{'s' if count > 1 else ''})"


def _understood(result: DeployResult) -> DeployResult:
    if not result.is_understood:
        raise OrgUnreachable(f"the status {result.status!r} is not understood")
    return result


def _reason(error: Exception) -> str:
    if isinstance(error, ProvisionError):
        return error.message
    return f"{type(error).__name__}: {error}"
