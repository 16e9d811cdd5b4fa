"""Whether a connected app stands in the way of a new app's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from provision.catalogue.canonical import fold_name
from provision.catalogue.field import MetadataType
from provision.doctor.check import Context, Subject
from provision.findings import Finding, Severity
from provision.org.app_names import apps_called
from provision.org.org import ReadableOrg
from provision.org.rest import quoted
from provision.spec.packaged_app import IN_SETUP, package_apps_message

__all__ = ["NameClash"]

_CONNECTED_APP: Final = MetadataType("ConnectedApp", "connectedApps", "connectedApp", 29, ())


class NameClash:
    """Connected apps by developer name (a listing) and by label (a query).

    OBS: connected apps and external client apps share one name space, whatever the case. An app
    that is there already has won its name.
    """

    id: ClassVar = "name-clash"
    title: ClassVar = "No connected app has the name of an app that is to be created."
    fix: ClassVar = (
        "Choose another name, or remove the connected app first. To carry it over with its "
        "consumer key, use Migrate to External Client App in its page in Setup."
    )
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for the same developer name, a warning for the same label."""
        called = [(s, apps_called(s.spec.app, context.org.rest)) for s in context.subjects]
        new = [subject for subject, apps in called if not apps.own_id]
        if not new:
            return
        for subject, apps in called:
            if not apps.own_id and apps.packages:
                app = subject.spec.app
                said = f"the org has {package_apps_message(app, apps.packages)}"
                yield self._finding(subject, Severity.WARNING, said, "app", fix=IN_SETUP)
        listed = context.org.metadata.names([_CONNECTED_APP])[_CONNECTED_APP.name]
        taken = {fold_name(name) for name in listed}
        for subject in new:
            app = subject.spec.app
            if fold_name(app) in taken:
                said = f"the org has a connected app {app}"
                yield self._finding(subject, Severity.ERROR, said, "app")
            elif _has_label(context.org, subject.spec.document.label or app):
                said = f"the org has a connected app labelled {subject.spec.document.label or app}"
                yield self._finding(subject, Severity.WARNING, said, "label")

    def _finding(
        self, subject: Subject, severity: Severity, said: str, key: str, fix: str = fix
    ) -> Finding:
        return Finding(
            severity,
            self.id,
            said,
            fix,
            app=subject.spec.app,
            position=subject.spec.positions.of((key,)),
            key=key,
        )


def _has_label(org: ReadableOrg, label: str) -> bool:
    return bool(org.rest.query(f"SELECT Id FROM ConnectedApplication WHERE Name = {quoted(label)}"))
