"""Search: which deploy of the org's list was ours, after the answer to its POST was lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from provision.catalogue.package import Package
from provision.org.deploy import DeployResult
from provision.org.rest import RestReader, quoted

__all__ = ["CLOCKS_APART", "DeploySearch", "deploys_what"]

CLOCKS_APART: Final = 2.0
"""Seconds by which an org's Date header and its CreatedDate may differ: two machines tell them."""


@dataclass(frozen=True, slots=True)
class DeploySearch:
    """Looks through the org's deployments, as Setup, Deployment Status, lists them.

    Public code reads ``DeployRequest`` of the Tooling API so; Salesforce does not document all of
    its fields (docs/unverified.md). ``username`` is the session's user, empty if unknown.
    """

    rest: RestReader
    username: str

    def since(
        self, moment: float, known: Collection[str], *, by_anybody: bool = False
    ) -> tuple[str, ...]:
        """The ids of deploys that the session's user began at ``moment`` or later, newest first.

        With ``by_anybody``, those that others began as well.

        ``moment`` is in seconds since 1970 by the org's clock. Validations and the ids that are
        ``known`` are left out. Raises :class:`OrgRefused` and what it extends.
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


def deploys_what(result: DeployResult, package: Package) -> bool:
    """Whether a deploy that has ended was about all that is in ``package``."""
    wanted = {(item.full_name.casefold(), False) for item in package.components}
    wanted |= {(name.casefold(), True) for _, name in package.deletions}
    return wanted <= {(each.full_name.casefold(), each.deleted) for each in result.messages}
