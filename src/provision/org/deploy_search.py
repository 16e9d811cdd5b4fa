"""Deploy search: which deploy in the org's list is ours, if the answer to its POST was lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from provision.catalogue.package import Package
from provision.errors import WriteUnknown
from provision.org.clock import Clock
from provision.org.deploy import DeployResult, DeployUnknown
from provision.org.outcome import find_out, not_made
from provision.org.rest import RestReader, quoted

__all__ = ["DeploySearch", "LostDeploySearch", "deploys_what"]

# Seconds by which an org's Date header and its CreatedDate may differ: two machines tell them.
_CLOCKS_APART: Final = 2.0


@dataclass(frozen=True, slots=True)
class DeploySearch:
    """Looks through the org's deployments, which Setup lists under Deployment Status.

    They are read as ``DeployRequest`` of the Tooling API, as other public programs do. Salesforce
    does not document all of its fields (docs/unverified.md). ``username`` is the session's user,
    empty if unknown.
    """

    rest: RestReader
    username: str

    def since(
        self, moment: float, known: Collection[str], *, by_anybody: bool = False
    ) -> tuple[str, ...]:
        """The ids of deploys that the session's user began at ``moment`` or later, newest first.

        With ``by_anybody``, those that other users began as well. ``moment`` is in seconds since
        1970 by the org's clock. Validations and the ids that are ``known`` are left out. Raises
        :class:`OrgError`.
        """
        begun = datetime.fromtimestamp(moment, UTC)
        conditions = ["CheckOnly = false", f"CreatedDate >= {begun:%Y-%m-%dT%H:%M:%SZ}"]
        if self.username and not by_anybody:
            soql = f"SELECT Id FROM User WHERE Username = {quoted(self.username)}"
            users = [str(row["Id"]) for row in self.rest.query(soql)]
            conditions += [f"CreatedById = {quoted(user)}" for user in users[:1]]
        rows = self.rest.tooling_query(
            f"SELECT Id FROM DeployRequest WHERE {' AND '.join(conditions)} "
            "ORDER BY CreatedDate DESC LIMIT 20"
        )
        short = {deploy_id[:15] for deploy_id in known}
        return tuple(str(row["Id"]) for row in rows if str(row["Id"])[:15] not in short)


@dataclass(frozen=True, slots=True)
class LostDeploySearch:
    """Finds out how a deploy ended whose id is not known.

    ``follow`` takes the id of a deploy, a number of seconds and the lost deploy in words. It
    returns the deploy's result when it is done, or how it is doing after that time. The search
    takes ``wait`` seconds at most.
    """

    search: DeploySearch
    follow: Callable[[str, float, str], DeployResult]
    clock: Clock
    wait: float

    def find(
        self, package: Package, lost: WriteUnknown, sent_at: float, known: Collection[str]
    ) -> DeployResult:
        """The end of the deploy of ``package`` that was sent at ``sent_at``, by the org's clock.

        ``known`` are the ids of other deploys. Raises :class:`DeployUnknown` if the end cannot be
        told. That is also so if the only deploy that fits began a moment earlier: it may be ours,
        since the clocks of an org differ, or somebody else's. Raises what :func:`not_made` returns
        if the org does not have the deploy.
        """
        others = set(known)
        deadline = self.clock.monotonic() + self.wait

        def since(moment: float) -> DeployResult | None:
            for deploy_id in self.search.since(moment, others):
                # It is not cancelled: it may be somebody else's.
                left = max(deadline - self.clock.monotonic(), 0.0)
                result = self.follow(deploy_id, left, lost.what)
                if not result.done:
                    raise self._still_running(lost, deploy_id, result.status or "running")
                others.add(deploy_id)
                if deploys_what(result, package):
                    return dataclasses.replace(result, surely_ours=False)
            return None

        try:
            return self._found(lost, since, sent_at)
        except DeployUnknown:
            raise
        except WriteUnknown as error:
            raise DeployUnknown(error.what, error.reason, interrupted=error.interrupted) from error

    def _found(
        self, lost: WriteUnknown, since: Callable[[float], DeployResult | None], sent_at: float
    ) -> DeployResult:
        found = find_out(
            lost, partial(since, sent_at), lambda result: result is not None, self.clock, self.wait
        )
        if found is not None:
            return found
        earlier = find_out(
            lost, partial(since, sent_at - _CLOCKS_APART), lambda _: True, self.clock, self.wait
        )
        if earlier is None:
            raise not_made(lost) from lost
        raise WriteUnknown(
            lost.what,
            f"{lost.reason}; it may be the deploy {earlier.id}, which began a moment before",
            interrupted=lost.interrupted,
        )

    def _still_running(self, lost: WriteUnknown, deploy_id: str, state: str) -> DeployUnknown:
        return DeployUnknown(
            lost.what,
            f"{lost.reason}; it may be the deploy {deploy_id}, which is still {state} after "
            f"{self.wait:g} seconds (--deploy-wait)",
            interrupted=lost.interrupted,
        )


def deploys_what(result: DeployResult, package: Package) -> bool:
    """Whether a deploy that has ended had everything in it that ``package`` has."""
    wanted = {(item.full_name.casefold(), False) for item in package.components}
    wanted |= {(name.casefold(), True) for _, name in package.deletions}
    return wanted <= {(each.full_name.casefold(), each.deleted) for each in result.messages}
