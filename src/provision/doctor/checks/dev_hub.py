"""Whether the org is a Dev Hub, from which scratch orgs cannot be made with such an app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from provision.doctor.check import Context
from provision.errors import OrgRefused
from provision.findings import Finding, Severity
from provision.org.org import ReadableOrg

__all__ = ["DevHub"]

_HUB_OBJECTS: Final = ("ScratchOrgInfo", "ActiveScratchOrg")  # DOC: Dev Hubs alone have them
_NO_SUCH_OBJECT: Final = "INVALID_TYPE"


class DevHub:
    """A query of what only a Dev Hub has.

    DOC: for a Dev Hub Salesforce says to create a connected app instead. OBS (cli#3515): with an
    external client app the creation of a scratch org ends in RemoteOrgSignupFailed, C-1016.
    """

    id: ClassVar = "dev-hub"
    title: ClassVar = "The org is no Dev Hub that creates scratch orgs with this app."
    fix: ClassVar = (
        "Create scratch orgs with a connected app: run `sf org create scratch` from a login "
        "without --client-id, or set SF_SCRATCH_SIGNUP_CONNECTED_APP=PlatformCLI."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for a Dev Hub. An org that knows neither object is none."""
        if any(_answers(context.org, name) for name in _HUB_OBJECTS):
            yield Finding(
                Severity.WARNING,
                self.id,
                "the org is a Dev Hub: logged in with an external client app, the creation of a "
                "scratch org fails with RemoteOrgSignupFailed, C-1016",
                self.fix,
            )


def _answers(org: ReadableOrg, sobject: str) -> bool:
    try:
        org.rest.query(f"SELECT Id FROM {sobject} LIMIT 1")
    except OrgRefused as error:
        if error.code != _NO_SUCH_OBJECT:
            raise
        return False
    return True
