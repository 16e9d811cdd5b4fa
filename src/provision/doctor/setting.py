"""The org's own switches for external client apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provision.catalogue.component import Component
from provision.catalogue.org_settings import APP_SETTINGS, member_of
from provision.errors import CannotError, VersionUnsupported, WriteUnknown
from provision.org.deploy import deploy_failed
from provision.org.org import ReadableOrg, WritableOrg
from provision.org.org_settings import (
    SETTINGS_SINCE,
    SettingsPackage,
)
from provision.org.written import WriteNote, noted_deploy, unnoted

__all__ = ["Setting", "read_settings", "write_settings"]

_LOOK: Final = (
    "Watch it under Setup, Deployment Status. When it has ended, run the same command again: it "
    "switches only what is still wrong."
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A switch by its metadata name, and whether it is on, or should be."""

    name: str
    on: bool

    def __str__(self) -> str:
        return f"{self.name} {'on' if self.on else 'off'}"


def read_settings(org: ReadableOrg) -> frozenset[str] | None:
    """The names of the switches that are on; ``None`` if the org shows no such settings.

    Raises :class:`VersionUnsupported` below API 62, and what the org raises.
    """
    if org.api_version < SETTINGS_SINCE:
        raise VersionUnsupported(
            f"the settings of external client apps came with API {SETTINGS_SINCE}; "
            f"this is {org.api_version}",
            next_step="Leave --api-version out.",
        )
    records = org.metadata.read(APP_SETTINGS, [member_of(APP_SETTINGS)])
    if not records:
        return None
    return frozenset(
        field.name
        for field in APP_SETTINGS.fields
        if any(record.fields.get(field.name) is True for record in records)
    )


def write_settings(
    org: WritableOrg, settings: Sequence[Setting], note: WriteNote = unnoted
) -> None:
    """Switch ``settings``, in one deploy. Raises :class:`CannotError` if the org refuses.

    ``note`` is called before the deploy is sent, and with its outcome.
    """
    listed = ", ".join(map(str, settings))
    component = Component(
        APP_SETTINGS, member_of(APP_SETTINGS), {each.name: each.on for each in settings}
    )
    package = SettingsPackage(org.api_version, (component,))
    try:
        result = noted_deploy(org.deployer, package, f"the switching of {listed}", note)
    except WriteUnknown as error:
        error.next_step = _LOOK
        raise
    if result.success:
        org.written.note(f"The settings of {org.name} were switched: {listed}.")
    elif result.status == "Canceled":
        raise deploy_failed(result, f"switch {listed}")
    else:
        raise CannotError(
            f"{org.name} did not accept {listed}: {'; '.join(result.reasons)}",
            next_step="The user needs Customize Application and Modify Metadata; or set it in "
            "Setup, External Client App Settings.",
        )
    if org.deployer.interrupted:  # the deployer does not raise it for a deploy that succeeded
        raise KeyboardInterrupt
