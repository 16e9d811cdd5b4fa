"""Whether the values of each app go together, as the org will have the app."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from provision.catalogue.overlay import overlay
from provision.doctor.check import Context, Subject
from provision.errors import OrgRefused, ProvisionError
from provision.findings import Finding
from provision.org.org import ReadableOrg
from provision.org.quota import QuotaTooLow
from provision.plan.names import wanted as names_wanted
from provision.spec.combination.judge import found_in_app, found_in_spec

__all__ = ["Combinations"]

_NOBODY_ASSIGNED: Final = "nobody-assigned"


class Combinations:
    """Each spec laid over what the org has of its app, as an apply would leave it.

    Where the org does not show its app, the spec is judged alone; where it refuses the session,
    `provision validate` and `provision lint` find the same.
    """

    id: ClassVar = "combinations"
    title: ClassVar = "The values of each app go together: somebody can use it, and it works."
    fix: ClassVar = "Each finding says what to change in the spec."
    needs_session: ClassVar = True

    def run(self, context: Context) -> Iterator[Finding]:
        """A finding for each combination that does not work or has no effect."""
        for subject in context.subjects:
            for found in _found(subject, context.org):
                yield replace(found, app=subject.spec.app)


def _found(subject: Subject, org: ReadableOrg) -> Sequence[Finding]:
    try:
        actual = org.find_app(subject.spec.app).components
    except QuotaTooLow:
        raise
    except ProvisionError:  # other checks say what is wrong with the session
        return found_in_spec(subject.spec, subject.desired)
    wanted = {item.type.name: overlay(item, actual.get(item.type.name)) for item in subject.desired}
    components = {**actual, **wanted}
    found = found_in_app(components, subject.spec, org.api_version)
    if _NOBODY_ASSIGNED not in {each.rule for each in found}:
        return found
    try:  # only then are the names looked up: whoever is named may be there already
        access = org.access.find(names_wanted(subject.spec, subject.desired))
    except OrgRefused:
        return found
    return found_in_app(components, subject.spec, org.api_version, access.has)
