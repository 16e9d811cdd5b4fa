"""Restoring: the records of types that provision does not manage, back as a snapshot has them.

They are deployed from their files after the app itself, since an org wants the app to be there
(OBS), and are read again: nothing is said to be as before that was not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.catalogue.canonical import fold_name
from provision.catalogue.component import Component
from provision.catalogue.field import unknown_field
from provision.catalogue.package import Package
from provision.errors import ApplyFailed
from provision.org.org import WritableOrg
from provision.org.written import WriteNote, noted_deploy, unnoted
from provision.plan.facts import ActualApp
from provision.plan.fingerprint import field_text

__all__ = ["Restoration", "restoration_of", "restore"]


@dataclass(frozen=True, slots=True)
class Restoration:
    """What of an app's other records is to come back.

    ``missing`` are gone and ``changed`` are there with other values: both are deployed as they
    were. ``left`` are not in the snapshot, and stay as they are.
    """

    app: str
    missing: tuple[Component, ...] = ()
    changed: tuple[Component, ...] = ()
    left: tuple[Component, ...] = ()

    @property
    def deployed(self) -> tuple[Component, ...]:
        """The records to deploy."""
        return (*self.missing, *self.changed)

    def lines(self) -> Iterator[str]:
        """What is done to each record, a line each."""
        for record in self.missing:
            yield f"+ {_named(record)}: not managed; deployed again as it was kept"
        for record in self.changed:
            yield f"~ {_named(record)}: not managed; changed since, deployed as it was kept"
        for record in self.left:
            yield f"  {_named(record)}: not managed; not in the snapshot, left as it is"

    def moved(self) -> Iterator[str]:
        """What became of each record since, in words."""
        for what, records in (
            ("is gone", self.missing),
            ("was changed", self.changed),
            ("was created", self.left),
        ):
            yield from (f"{_named(record)} {what}" for record in records)


def restoration_of(before: tuple[Component, ...], actual: ActualApp) -> Restoration:
    """What it takes to have the records of ``before`` in ``actual``, which was read wholly."""
    now = {_key(record): record for record in actual.dependents}
    then = {_key(record) for record in before}
    return Restoration(
        actual.app,
        tuple(record for record in before if _key(record) not in now),
        tuple(r for r in before if _key(r) in now and not _same(r, now[_key(r)])),
        tuple(record for key, record in now.items() if key not in then),
    )


def restore(restoration: Restoration, org: WritableOrg, note: WriteNote = unnoted) -> None:
    """Deploy the records of ``restoration``, and make sure that they are as they were.

    ``note`` is told of the deploy before it is sent, and of what became of it. Raises
    :class:`ApplyFailed` naming those that are not, and what the deployer raises.
    """
    wanted = restoration.deployed
    if not wanted:
        return
    named = ", ".join(map(_named, wanted))
    what = f"the deploy of {named}"
    result = noted_deploy(org.deployer, Package(org.api_version, wanted), what, note)
    if not result.success:
        reasons = "\n  ".join(result.reasons or (f"deploy {result.id} ended as {result.status}",))
        raise ApplyFailed(
            f"{restoration.app} is back, and the org refused what it had beside it "
            f"({named}):\n  {reasons}",
            next_step="Deploy these files of the run's snapshot folder yourself, without what the "
            "org refuses.",
        )
    org.written.note(f"{named} of {restoration.app} is deployed again.")
    if org.deployer.interrupted:  # which it forgives a deploy that succeeded
        raise KeyboardInterrupt
    again = restoration_of(wanted, org.find_app(restoration.app, wholly=True))
    if again.deployed:
        raise ApplyFailed(
            f"the deploy succeeded, and these are not what they were: "
            f"{', '.join(map(_named, again.deployed))}",
            next_step="Compare them with the files of the run's snapshot folder.",
        )


def _named(record: Component) -> str:
    return f"{record.type.name} {record.full_name}"


def _key(record: Component) -> tuple[str, str]:
    return record.type.name, fold_name(record.full_name)


def _same(one: Component, other: Component) -> bool:
    return all(
        field_text(unknown_field(name), one.fields.get(name))
        == field_text(unknown_field(name), other.fields.get(name))
        for name in one.fields.keys() | other.fields.keys()
    )
