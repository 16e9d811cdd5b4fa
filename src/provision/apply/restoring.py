"""Restoring: deploys records of types that provision does not manage, as a snapshot has them.

They are deployed from their files after the app itself, since an org needs the app first (OBS).
Afterwards they are read and compared.
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
    """What has to be done to an app's other records.

    ``missing`` records are gone, and ``changed`` ones have other values: both are deployed as they
    were. ``left`` records are not in the snapshot, and are left unchanged.
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
        """A line for each record: what is done to it."""
        for record in self.missing:
            yield f"+ {_named(record)}: not managed; deployed again as it was kept"
        for record in self.changed:
            yield f"~ {_named(record)}: not managed; changed since, deployed as it was kept"
        for record in self.left:
            yield f"  {_named(record)}: not managed; not in the snapshot, left as it is"

    def moved(self) -> Iterator[str]:
        """What happened to each record since, in words."""
        for what, records in (
            ("is gone", self.missing),
            ("was changed", self.changed),
            ("was created", self.left),
        ):
            yield from (f"{_named(record)} {what}" for record in records)


def restoration_of(before: tuple[Component, ...], actual: ActualApp) -> Restoration:
    """What makes the records of ``actual``, which was read wholly, those of ``before``."""
    now = {_key(record): record for record in actual.dependents}
    then = {_key(record) for record in before}
    return Restoration(
        actual.app,
        tuple(record for record in before if _key(record) not in now),
        tuple(r for r in before if _key(r) in now and not _same(r, now[_key(r)])),
        tuple(record for key, record in now.items() if key not in then),
    )


def restore(restoration: Restoration, org: WritableOrg, note: WriteNote = unnoted) -> None:
    """Deploy the records of ``restoration``, and check that they are as they were.

    ``note`` is called before the deploy is sent, and with what became of it. Raises
    :class:`ApplyFailed`, which names the records that differ, and what the deployer raises.
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
            f"{restoration.app} is back, and the org refused its other records "
            f"({named}):\n  {reasons}",
            next_step="Remove what the org refuses from the files in the run's snapshot folder, "
            "and deploy them yourself.",
        )
    org.written.note(f"{named} of {restoration.app} is deployed again.")
    if org.deployer.interrupted:  # the deployer raises nothing if the deploy succeeded
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
