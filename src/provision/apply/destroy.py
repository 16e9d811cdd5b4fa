"""Destroy: deletes an app from an org, after a plan of what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from provision.apply.gating import refuse_unlifted
from provision.apply.prepare import identified
from provision.apply.restoring import restoration_of
from provision.catalogue.catalogue import EXTERNAL_CLIENT_APPLICATION, NEWEST_API
from provision.catalogue.component import Component
from provision.catalogue.package import Package
from provision.errors import ApplyFailed, GateName, GateRefused, OrgError, OrgRefused
from provision.org.deploy import deploy_failed
from provision.org.org import ReadableOrg, WritableOrg
from provision.org.rest import quoted_list
from provision.org.written import WriteNote, noted_deploy, unnoted
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.fingerprint import fingerprint, moved_components
from provision.plan.names import Wanted
from provision.plan.plan import Gate
from provision.spec.spec import Spec

__all__ = ["Removal", "check_removals", "destroy_app", "prepare_removal"]


@dataclass(frozen=True, slots=True)
class Removal:
    """Everything that goes with an app, and what stays.

    ``tokens`` and ``users`` are how many tokens end, and of how many users, ``None`` if the org
    does not tell. ``stays`` are the permission sets and profiles that the spec may have created.
    """

    spec: Spec
    org: OrgFacts
    actual: ActualApp
    profiles: tuple[str, ...] = ()
    permission_sets: tuple[str, ...] = ()
    tokens: int | None = None
    users: int | None = None
    stays: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to delete: the org does not have the app."""
        return not self.actual.exists

    @property
    def consumer_key(self) -> str:
        """The consumer key that ends with the app, empty if it has none."""
        return self.actual.consumer_key


def prepare_removal(spec: Spec, org: ReadableOrg) -> Removal:
    """What the deletion of the app of ``spec`` from ``org`` would do. Writes nothing."""
    actual = org.find_app(spec.app, wholly=True)
    facts = identified(org.facts, org)
    if not actual.exists:
        return Removal(spec, facts, actual)
    app_id = org.app_id(spec.app)
    grants = org.access.grants(app_id)
    removal = Removal(
        spec=spec,
        org=facts,
        actual=actual,
        profiles=tuple(sorted(grant.name for grant in grants if grant.is_profile)),
        permission_sets=tuple(sorted(grant.name for grant in grants if not grant.is_profile)),
        tokens=_tokens(actual, org),
        users=_users(spec.app, org),
        stays=tuple(_created(spec)),
    )
    return replace(removal, gates=tuple(_gates(removal, org)))


def check_removals(removals: Sequence[Removal], allowed: frozenset[GateName]) -> None:
    """Raise :class:`GateRefused` unless every gate of ``removals`` is allowed."""
    refuse_unlifted([gate for removal in removals for gate in removal.gates], allowed)


def destroy_app(
    removal: Removal, org: WritableOrg, say: Callable[[str], None], note: WriteNote = unnoted
) -> None:
    """Delete the app, and make sure by query and by metadata that it is gone.

    Its settings, policies and grants go with it (OBS). ``note`` is called before the deletion is
    sent, and with what became of it. Raises :class:`GateRefused` if the app has changed since
    ``removal`` was made, :class:`ApplyFailed`, what the org raises if nothing was written, and
    KeyboardInterrupt if somebody interrupted a deletion that succeeded.
    """
    app = removal.actual.app
    header = removal.actual.components[EXTERNAL_CLIENT_APPLICATION.name]
    deletions = ((EXTERNAL_CLIENT_APPLICATION.name, header.full_name),)
    org.check_quota()
    say(f"deleting {header.full_name}")
    package = Package(org.api_version, deletions=deletions)
    what = f"the deletion of app {app}"
    result = noted_deploy(org.deployer, package, what, note, lambda: _check_fresh(removal, org))
    if not result.success:
        failed = deploy_failed(result, f"delete {app}")
        failed.next_step = (
            failed.next_step or "Remove the cause that the org names, then destroy again."
        )
        failed.message += "\nThe app is as before."
        raise failed
    org.written.note(f"{app} is deleted from {org.name}.")
    say("reading back")
    _check_gone(app, org)
    if org.deployer.interrupted:  # no further app is deleted
        raise KeyboardInterrupt


def _check_fresh(removal: Removal, org: ReadableOrg) -> None:
    """Raise :class:`GateRefused` if the app is not as it was when its removal was shown.

    The snapshot and the gates are of what was read then. Call it directly before the deploy is
    sent: what anybody does to the app after it is lost.
    """
    actual = removal.actual
    found = org.find_app(actual.app, wholly=True)
    moved = [
        *moved_components(fingerprint(actual), fingerprint(found)),
        *restoration_of(actual.dependents, found).moved(),
    ]
    if moved:
        raise GateRefused(
            "\n".join(f"stale gate: {what} in the org since it was read" for what in moved),
            next_step="Run it again, and look at what would be destroyed.",
        )


def _check_gone(app: str, org: ReadableOrg) -> None:
    """Raise :class:`ApplyFailed` unless a query and the metadata both show no such app."""
    try:
        found = org.find_app(app)
    except (OrgError, KeyboardInterrupt) as error:
        reason = error.message if isinstance(error, OrgError) else "interrupted"
        raise ApplyFailed(
            f"{app} is deleted, as the org answered; it could not be read back: {reason}",
            next_step="When the org answers again, run `provision diff` to see that the app is "
            "gone.",
        ) from error
    if found.exists:
        raise ApplyFailed(
            f"the org answered that {app} is deleted, and still shows it",
            next_step="Look under Setup, External Client App Manager; then destroy again.",
        )


def _gates(removal: Removal, org: ReadableOrg) -> Iterator[Gate]:
    app = removal.actual.app
    yield Gate(
        GateName.IRREVERSIBLE,
        f"{app} goes for good, with its consumer key, its secret and every token: an app that is "
        "created again has new ones",
    )
    dependents = removal.actual.dependents
    if dependents:
        yield Gate(
            GateName.IRREVERSIBLE,
            f"{_listed(dependents)} go with it. They are kept as files, and a rollback deploys "
            "them again; what the org generated in them, or did not return, does not come back",
        )
    if removal.actual.unseen:
        version = org.api_version
        newer = ""
        if version < NEWEST_API:
            newer = (
                f". API {version} shows neither types nor fields that are newer: leave "
                "--api-version out to see them"
            )
        yield Gate(
            GateName.IRREVERSIBLE,
            f"the org does not show whether {app} has {', '.join(removal.actual.unseen)}: what it "
            f"has of them goes with it, is not kept, and no rollback brings it back{newer}",
        )
    if removal.consumer_key and removal.consumer_key == org.session.client_id:
        yield Gate(
            GateName.LOCKOUT,
            f"this session came from {app} itself and ends with it, before provision can make sure "
            "that the app is gone: log in another way",
        )
    if org.is_production():
        yield Gate(GateName.PRODUCTION, f"{removal.org.name} is a production org")


def _listed(records: Sequence[Component]) -> str:
    return ", ".join(f"{record.type.name} {record.full_name}" for record in records)


def _tokens(actual: ActualApp, org: ReadableOrg) -> int | None:
    """How many tokens the app has. OBS: tokens name the app by label; not every user may ask."""
    header = actual.components[EXTERNAL_CLIENT_APPLICATION.name]
    names = quoted_list(dict.fromkeys([header.text("label") or actual.app, actual.app]))
    try:
        return len(org.rest.query(f"SELECT Id FROM OauthToken WHERE AppName IN {names}"))
    except OrgRefused:
        return None


def _users(app: str, org: ReadableOrg) -> int | None:
    usage = org.usage(app, Wanted())
    return len(usage.users) if usage.known else None


def _created(spec: Spec) -> Iterator[str]:
    policies = spec.document.policies
    for profile in policies.profiles or ():
        if profile.create:
            yield f"profile {profile.name}"
    for permission_set in policies.permission_sets or ():
        if permission_set.create:
            yield f"permission set {permission_set.name}"
