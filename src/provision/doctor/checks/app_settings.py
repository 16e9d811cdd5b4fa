"""Whether the org's own switches for external client apps are as they should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.doctor.check import Context
from provision.doctor.finding import CheckFinding, Severity
from provision.doctor.setting import Setting, read_settings
from provision.org.org_settings import PACKAGED_OAUTH, SECRETS_OVER_REST

__all__ = ["AppSettings"]


class AppSettings:
    """A read of ExternalClientAppSettings. What it finds, a deploy can mend."""

    id: ClassVar = "app-settings"
    title: ClassVar = (
        "The org's External Client App Settings can be read, keep secrets off the REST API, and "
        "allow OAuth settings in packages where a spec is packaged."
    )
    mending: ClassVar = "Run `provision doctor --fix`, or Setup, External Client App Settings."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[CheckFinding]:
        """A warning for each switch that stands wrong, or if the org shows none."""
        switched_on = read_settings(context.org)
        if switched_on is None:
            yield CheckFinding(
                self.id,
                Severity.WARNING,
                "the org shows no External Client App Settings",
                "Look for External Client Apps in Setup: an org of before Spring '24 must opt in.",
            )
            return
        if SECRETS_OVER_REST in switched_on:
            yield self._finding(
                "users with View Client Secret can read consumer secrets over REST; a run that "
                "was cut short may have left it so",
                Setting(SECRETS_OVER_REST, on=False),
            )
        packaged = [
            subject.spec.app
            for subject in context.subjects
            if subject.spec.document.distribution_state == "packaged"
        ]
        if packaged and PACKAGED_OAUTH not in switched_on:
            yield self._finding(
                f"{', '.join(packaged)} is packaged, and an org that is no Dev Hub does not "
                "package OAuth settings",
                Setting(PACKAGED_OAUTH, on=True),
            )

    def _finding(self, said: str, setting: Setting) -> CheckFinding:
        message = f"{setting.name} is {'off' if setting.on else 'on'}: {said}"
        return CheckFinding(self.id, Severity.WARNING, message, self.mending, setting=setting)
