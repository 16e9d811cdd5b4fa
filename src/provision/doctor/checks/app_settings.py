"""Whether the org's own switches for external client apps are as they should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.doctor.check import Context
from provision.doctor.setting import Setting, read_settings
from provision.findings import Finding, Severity
from provision.org.org_settings import PACKAGED_OAUTH, SECRETS_OVER_REST

__all__ = ["AppSettings", "settings_to_fix"]


class AppSettings:
    """A read of ExternalClientAppSettings. A deploy can fix what it finds."""

    id: ClassVar = "app-settings"
    title: ClassVar = (
        "The org's External Client App Settings can be read, keep secrets off the REST API, and "
        "allow OAuth settings in packages where a spec is packaged."
    )
    fix: ClassVar = "Run `provision doctor --fix`, or Setup, External Client App Settings."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A warning for each wrong switch, or if the org shows no switches."""
        switched_on = read_settings(context.org)
        if switched_on is None:
            yield Finding(
                Severity.WARNING,
                self.id,
                "the org shows no External Client App Settings",
                "Look for External Client Apps in Setup: an org of before Spring '24 must opt in.",
            )
            return
        for setting, reason in _wrong(context, switched_on):
            text = f"{setting.name} is {'off' if setting.on else 'on'}: {reason}"
            yield Finding(Severity.WARNING, self.id, text, self.fix)


def settings_to_fix(context: Context) -> tuple[Setting, ...]:
    """What the switches that :class:`AppSettings` finds wrong should be set to."""
    switched_on = read_settings(context.org)
    if switched_on is None:
        return ()
    return tuple(setting for setting, _ in _wrong(context, switched_on))


def _wrong(context: Context, switched_on: frozenset[str]) -> Iterator[tuple[Setting, str]]:
    """Each wrong switch as it should be, and why."""
    if SECRETS_OVER_REST in switched_on:
        reason = (
            "users with View Client Secret can read consumer secrets over REST; a run that was cut "
            "short may have left it so"
        )
        yield Setting(SECRETS_OVER_REST, on=False), reason
    packaged = [
        subject.spec.app
        for subject in context.subjects
        if subject.spec.document.distribution_state == "packaged"
    ]
    if packaged and PACKAGED_OAUTH not in switched_on:
        reason = (
            f"{', '.join(packaged)} is packaged, and an org that is no Dev Hub does not package "
            "OAuth settings"
        )
        yield Setting(PACKAGED_OAUTH, on=True), reason
