"""Rollback: an app back to what it was before a run, by a plan of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from provision.apply.prepare import Prepared, bare_spec, identified
from provision.apply.restoring import Restoration, restoration_of
from provision.apply.run import Applied
from provision.catalogue.catalogue import CORE_TYPES, path_of
from provision.catalogue.component import UNSET, Component, Unset, Value
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.field import Kind, MetadataType, Role, unknown_field
from provision.catalogue.judge import judged
from provision.catalogue.risk import HARMLESS
from provision.errors import ApplyFailed, GateRefused, UnknownNames
from provision.org.org import ReadableOrg
from provision.plan.facts import ActualApp
from provision.plan.fingerprint import field_text
from provision.plan.names import missing, wanted
from provision.plan.plan import Action, Change, ComponentPlan, Plan
from provision.plan.planner import make_plan
from provision.runs.app_record import RunRecord, read_record
from provision.runs.run_directory import RunDirectory
from provision.runs.snapshot import Snapshot, places_in, read_snapshot
from provision.spec.position import Positions

__all__ = [
    "KeptRun",
    "check_restored",
    "check_run_org",
    "learn_names",
    "prepare_rollback",
    "read_run",
    "rollback_exceptions",
    "rollback_notices",
]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run as it was kept: its record, and the app as it was before it."""

    directory: RunDirectory
    record: RunRecord
    snapshot: Snapshot


def read_run(directory: RunDirectory) -> KeptRun:
    """The run in ``directory``. Raises :class:`~provision.errors.CannotError`."""
    record = read_record(directory)
    return KeptRun(directory, record, read_snapshot(directory, record.app))


def learn_names(run: KeptRun, org: ReadableOrg) -> None:
    """Have ``org`` look for the app's records under the names that they had before ``run``.

    Whether or not a listing shows them: what is there is not taken for gone.
    """
    snapshot = run.snapshot
    for record in (*snapshot.components.values(), *snapshot.dependents):
        org.learned.add(run.record.app, record.type, record.full_name)


def check_run_org(run: KeptRun, org: ReadableOrg) -> None:
    """Raise :class:`GateRefused` unless ``org`` is the one that ``run`` was in."""
    facts = identified(org.facts, org)
    if facts.org_id != run.record.org.id:
        raise GateRefused(
            f"run {run.directory.run_id} was in the org {run.record.org.id} "
            f"({run.record.org.instance_url}), and this is {facts.org_id} ({facts.instance_url})",
            next_step="Name the run's own org with --org. To carry an app to another org, deploy "
            "the run's snapshot folder, or apply a spec.",
        )


def prepare_rollback(run: KeptRun, actual: ActualApp, org: ReadableOrg, today: date) -> Prepared:
    """The plan that makes ``actual`` what it was before ``run``, whose app was there then.

    Every field of the snapshot is wanted, and every other one that the app has now is to be
    cleared. A record that the org did not show then is left alone: nobody knows what it was.
    Raises :class:`UnknownNames` for profiles and permission sets that are gone, and what
    the planner raises.
    """
    spec = bare_spec(
        run.record.app,
        run.directory.path,
        places=places_in(run.directory, run.snapshot),
    )
    desired = tuple(_desired(run, actual))
    access = org.access.find(wanted(spec, desired))
    lacking = [f"{item.kind} {item.name}" for item in missing(spec, desired, access)]
    if lacking:
        raise UnknownNames(
            f"{org.name} does not have any more what the app was granted to: {', '.join(lacking)}",
            next_step="Create them again, then roll back.",
        )
    plan = make_plan(spec, desired, actual, access, identified(org.facts, org), today)
    return Prepared(spec, _with_whole_fields(plan, spec.positions), access)


def rollback_notices(run: KeptRun, actual: ActualApp) -> Iterator[str]:
    """What a rollback does not, or cannot, bring back."""
    record = run.record
    if not actual.exists:
        key = f" It was {record.consumer_key}." if record.consumer_key else ""
        yield (
            f"{record.app} was deleted since: it is created anew, with another consumer key and "
            f"secret, and every token is gone.{key}"
        )
    for name in actual.components.keys() - run.snapshot.components.keys():
        full_name = actual.components[name].full_name
        if name in _unseen_then(run):
            yield (
                f"{full_name} ({name}) is left as it is: the org did not show it when the run began"
            )
        else:
            yield (
                f"{full_name} ({name}) was not there before the run: an org deletes it with the "
                "app alone, so its fields go back to their defaults"
            )
    if record.adds:
        yield f"left as they are, where the run added them: {', '.join(record.adds)}"


def rollback_exceptions(
    run: KeptRun, before: ActualApp, after: ActualApp, restoration: Restoration
) -> Iterator[str]:
    """In what the app, ``before`` and ``after`` the rollback, is not what it was before ``run``."""
    if not before.exists:
        yield "its consumer key and secret"
    unseen_then = _unseen_then(run)
    for name in after.components.keys() - run.snapshot.components.keys() - unseen_then:
        yield f"{name} {after.components[name].full_name}, which was not there"
    for record in restoration.left:
        yield f"{record.type.name} {record.full_name}, which is not in the snapshot"
    unseen = dict.fromkeys((*sorted(unseen_then), *before.hidden, *after.unknown))
    for name in unseen:
        yield f"{name}, which the org did not show"
    if run.record.not_kept is None and not restoration.left:
        yield "records of types that provision does not manage, which that run did not keep"


def check_restored(applied: Applied) -> None:
    """Raise :class:`ApplyFailed` naming the fields that are not wholly what they were.

    What a spec can say is checked by every apply; this is for the rest.
    """
    refused = [
        f"{change.component.name}.{change.field.name}"
        for change in applied.plan.changes
        if _is_restored_whole(change.component, change.field.name)
        and not _is_as(change, applied.actual.components.get(change.component.name))
    ]
    if refused:
        raise ApplyFailed(
            f"the deploy succeeded, and the org did not take: {', '.join(refused)}",
            next_step="The org decides these itself, or a newer version of provision knows them.",
        )


def _is_as(change: Change, component: Component | None) -> bool:
    found = component.fields.get(change.field.name) if component else None
    return field_text(change.field, found) == field_text(change.field, change.after)


def _unseen_then(run: KeptRun) -> frozenset[str]:
    """The types of which the app may have had a record that is not in the snapshot."""
    return frozenset(run.record.not_kept or ())


def _desired(run: KeptRun, actual: ActualApp) -> Iterator[Component]:
    """The app's components with every field that is to have a value, or to lose it."""
    snapshot, unseen = run.snapshot, _unseen_then(run)
    added = {record.type.name for record in restoration_of(snapshot.dependents, actual).left}
    flags = {each.plugin_flag for each in DEPENDENT_TYPES if each.name in added}
    for metadata_type in CORE_TYPES:
        before = snapshot.components.get(metadata_type.name)
        now = actual.components.get(metadata_type.name)
        named = now or before
        if named is None or (before is None and metadata_type.name in unseen):
            continue
        fields: dict[str, Value] = dict(before.fields) if before else {}
        # A field that nobody manages but the org, or that cannot be unset, is left alone. So is
        # the flag of a record that was added since: it is on as long as that is there (OBS).
        for name in now.fields if now else ():
            if name not in fields and name not in flags and _can_be_unset(metadata_type, name):
                fields[name] = UNSET
        yield Component(metadata_type, named.full_name, fields)


def _can_be_unset(metadata_type: MetadataType, name: str) -> bool:
    field = metadata_type.field(name)
    return field is None or (field.role is Role.SPEC and not field.required)


def _is_restored_whole(metadata_type: MetadataType, name: str) -> bool:
    """Whether a spec can say a field in part, or not at all.

    Of a record, a spec manages the fields that it says, and the others survive; what the catalogue
    does not know survives as a whole. A rollback brings both back as they were.
    """
    field = metadata_type.field(name)
    return field is None or field.kind is Kind.RECORD


def _with_whole_fields(plan: Plan, positions: Positions) -> Plan:
    """``plan`` with the fields that a spec cannot say, or not wholly, as they were."""
    components = tuple(
        _with_whole(item, plan.actual.components.get(item.desired.type.name), positions)
        for item in plan.components
    )
    return dataclasses.replace(plan, components=components)


def _with_whole(
    item: ComponentPlan, present: Component | None, positions: Positions
) -> ComponentPlan:
    found = tuple(_whole_changes(item, present, positions))
    if not found:
        return item
    whole = {change.field.name: change.after for change in found}
    fields = {**item.component.fields, **whole}
    sent = {name: value for name, value in fields.items() if not isinstance(value, Unset)}
    return ComponentPlan(
        Action.UPDATE if item.action is Action.NOTHING else item.action,
        item.desired,
        Component(item.component.type, item.component.full_name, sent),
        (*(change for change in item.changes if change.field.name not in whole), *found),
    )


def _whole_changes(
    item: ComponentPlan, present: Component | None, positions: Positions
) -> Iterator[Change]:
    kind = item.desired.type
    has = {**item.component.fields, **item.desired.fields}
    for name, after in item.desired.fields.items():
        field = kind.field(name) or unknown_field(name)
        before = present.fields.get(name) if present else None
        differs = field_text(field, before) != field_text(field, after)
        if differs and _is_restored_whole(kind, name):
            path = path_of(kind, name)
            yield Change(
                component=kind,
                full_name=item.component.full_name,
                field=field,
                before=before,
                after=after,
                key=".".join(path),
                position=positions.of(path),
                risk=HARMLESS
                if present is None
                else judged(field, before, after, had=present.fields, has=has),
            )
