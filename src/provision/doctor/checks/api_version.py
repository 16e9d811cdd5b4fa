"""Whether the org's API version knows what the specs say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from provision.catalogue.catalogue import path_of
from provision.catalogue.violation import violations
from provision.doctor.check import Context, Subject
from provision.findings import Finding, Severity
from provision.spec.position import dotted

__all__ = ["ApiVersion"]


class ApiVersion:
    """Every field that a spec asks for, held against the field catalogue."""

    id: ClassVar = "api-version"
    title: ClassVar = "The API version has every field and value that the specs ask for."
    fix: ClassVar = (
        "Leave --api-version out to use the newest; else take the key out of the spec until the "
        "org has been upgraded. `provision explain FIELD` says which versions know it."
    )
    needs_session: ClassVar = False

    def run(self, context: Context) -> Iterator[Finding]:
        """An error for each field or value that another version would know.

        A warning where sources disagree on the version.
        """
        for subject in context.subjects:
            yield from self._of(subject, context.org.api_version)

    def _of(self, subject: Subject, version: int) -> Iterator[Finding]:
        for component in subject.desired:
            for violation in violations(component, version):
                if not violation.version_bound:
                    continue
                path = path_of(component.type, violation.field) if violation.field else ()
                yield Finding(
                    Severity.WARNING if violation.disputed else Severity.ERROR,
                    self.id,
                    violation.message,
                    self.fix,
                    app=subject.spec.app,
                    position=subject.spec.positions.of(path),
                    key=dotted(path),
                )
