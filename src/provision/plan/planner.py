"""Making a plan: desired components against actual ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from provision.catalogue.catalogue import (
    ADMIN_APPROVED,
    CORE_TYPES,
    GLOBAL_OAUTH_SETTINGS,
    OAUTH_POLICIES,
    OAUTH_SETTINGS,
    POLICIES,
    path_of,
)
from provision.catalogue.component import Component
from provision.catalogue.field import Field, MetadataType, Role
from provision.catalogue.overlay import overlay
from provision.errors import GateName
from provision.plan.change_risk import change_risk
from provision.plan.checks import cautions, check_meaning, check_parents, check_versions
from provision.plan.compare import differences
from provision.plan.facts import Access, ActualApp, OrgFacts
from provision.plan.names import PERMISSION_SETS, PROFILES, access_changes, spelled_as_in_org
from provision.plan.plan import (
    Acceptance,
    AcceptedDifference,
    AccessChange,
    Action,
    Change,
    ComponentPlan,
    CreateProfile,
    Default,
    Gate,
    Plan,
)
from provision.spec.acceptance import fields_named
from provision.spec.combination.judge import found_in_app
from provision.spec.fields import position_of
from provision.spec.spec import Spec

__all__ = ["can_choose_key", "judged_anew", "make_plan"]

_NEW = frozenset({Action.CREATE, Action.UNKNOWN})  # as far as anybody knows, there is no record yet


def make_plan(
    spec: Spec,
    desired: Sequence[Component],
    actual: ActualApp,
    access: Access,
    org: OrgFacts,
    today: date,
) -> Plan:
    """The plan that makes ``actual`` what ``desired`` says, for an org with ``access``.

    Every name that ``desired`` lists must be in ``access``, or be created by the spec. Differences
    that the spec accepts until ``today`` or later are left unchanged. Raises
    :class:`VersionUnsupported` for fields that the org's API version does not have,
    :class:`CannotError` for components that the org cannot have without others.
    """
    spelled = [spelled_as_in_org(component, access) for component in desired]
    check_versions(spec, spelled, org.api_version)
    check_parents(spec, spelled, actual)
    check_meaning(spec, spelled, actual)
    accepted = _acceptances(spec, today, expired=False) if actual.exists else {}
    expired = _acceptances(spec, today, expired=True)
    managed = [
        _without(component, accepted) if component.type.name in actual.components else component
        for component in spelled
    ]
    components = tuple(_component_plan(spec, item, actual) for item in managed)
    changes = tuple(change for item in components for change in item.changes)
    known = tuple(change for item in spelled for change in _changes(spec, item, actual))
    return Plan(
        app=spec.app,
        org=org,
        actual=actual,
        components=components,
        access=_unless_accepted(access_changes(spec, access), accepted),
        defaults=() if actual.exists else tuple(_defaults(spelled, org.api_version)),
        gates=tuple(_key_gates(changes)),
        accepted=_differing(known, accepted),
        expired=_differing(changes, expired),
        advice=(
            *found_in_app(_as_planned(actual, components), spec, org.api_version, access.has),
            *cautions(spec, spelled, actual, org.api_version),
        ),
        tightens=actual.exists and any(map(_restricts, changes)),
        chooses_consumer_key=_wants_chosen_key(spec) and can_choose_key(components),
    )


_Acceptances = Mapping[tuple[str, str], Acceptance]


def _acceptances(spec: Spec, today: date, *, expired: bool) -> _Acceptances:
    """The accepted fields, by type name and field name, that have, or have not, expired."""
    return {
        (metadata_type.name, field): Acceptance(item.reason, item.until)
        for item in spec.document.accept
        if (item.until < today) is expired
        for metadata_type, field in fields_named(item.field)
    }


def _unless_accepted(
    changes: Sequence[AccessChange], accepted: _Acceptances
) -> tuple[AccessChange, ...]:
    """Without the changes that belong to a list of names which the spec accepts as it is."""
    accepted_lists = {field for type_name, field in accepted if type_name == OAUTH_POLICIES.name}
    return tuple(change for change in changes if _list_of(change) not in accepted_lists)


def _list_of(change: AccessChange) -> str:
    return PROFILES if isinstance(change, CreateProfile) else PERMISSION_SETS


def _differing(
    changes: Sequence[Change], acceptances: _Acceptances
) -> tuple[AcceptedDifference, ...]:
    return tuple(
        AcceptedDifference(change, acceptances[key])
        for change in changes
        if (key := (change.component.name, change.field.name)) in acceptances
    )


def _without(component: Component, accepted: _Acceptances) -> Component:
    fields = {n: v for n, v in component.fields.items() if (component.type.name, n) not in accepted}
    return Component(component.type, component.full_name, fields)


def _as_planned(actual: ActualApp, components: Sequence[ComponentPlan]) -> Mapping[str, Component]:
    """The app's components as they are after the plan, by type name."""
    return {**actual.components, **{i.component.type.name: i.component for i in components}}


def _component_plan(spec: Spec, desired: Component, actual: ActualApp) -> ComponentPlan:
    present = actual.components.get(desired.type.name)
    merged = overlay(desired, present)
    changes = tuple(_changes(spec, desired, actual))
    if present is None:
        is_unknown = desired.type.name in actual.unknown
        action = Action.UNKNOWN if is_unknown else Action.CREATE
        return ComponentPlan(action, desired, merged, changes)
    return ComponentPlan(Action.UPDATE if changes else Action.NOTHING, desired, merged, changes)


def _changes(spec: Spec, desired: Component, actual: ActualApp) -> Iterator[Change]:
    present = actual.components.get(desired.type.name)
    has = overlay(desired, present).fields
    for difference in differences(desired, present):
        field, before, after = difference.field, difference.before, difference.after
        path = path_of(desired.type, field.name)
        yield Change(
            component=desired.type,
            full_name=desired.full_name if present is None else present.full_name,
            field=field,
            before=before,
            after=after,
            key=".".join(path),
            position=position_of(spec.positions, desired.type, field.name),
            risk=change_risk(actual, desired.type, field, before, after, has),
        )


def judged_anew(plan: Plan) -> Plan:
    """``plan`` with every risk, key and gate computed again. Those that it has are ignored."""
    components = tuple(
        dataclasses.replace(
            item,
            changes=tuple(_judged(change, item, plan.actual) for change in item.changes),
        )
        for item in plan.components
    )
    changes = [change for item in components for change in item.changes]
    return dataclasses.replace(
        plan,
        components=components,
        gates=tuple(_key_gates(changes)),
        tightens=plan.actual.exists and any(map(_restricts, changes)),
    )


def _judged(change: Change, item: ComponentPlan, actual: ActualApp) -> Change:
    kind, field = change.component, change.field
    risk = change_risk(actual, kind, field, change.before, change.after, item.component.fields)
    return dataclasses.replace(change, key=".".join(path_of(kind, field.name)), risk=risk)


def _defaults(desired: Sequence[Component], version: int) -> Iterator[Default]:
    """The values that the org chooses for the fields of a new app that the spec does not set."""
    by_type = {component.type.name: component for component in desired}
    has_oauth = OAUTH_SETTINGS.name in by_type
    for metadata_type in CORE_TYPES:
        component = by_type.get(metadata_type.name)
        if component is None and not (has_oauth and metadata_type in {OAUTH_POLICIES, POLICIES}):
            continue
        wanted = component or Component(metadata_type, "")
        merged = overlay(wanted, None)
        for field in metadata_type.fields:
            chosen = field.default
            if chosen is None or not _is_left_to_org(field, metadata_type, wanted, version):
                continue
            if field.applies(merged.fields):
                yield Default(metadata_type, field, chosen)


def _is_left_to_org(
    field: Field, metadata_type: MetadataType, wanted: Component, version: int
) -> bool:
    known = field.known_in(version) and version >= metadata_type.since
    return known and field.role is Role.SPEC and field.name not in wanted.fields


def _key_gates(changes: Sequence[Change]) -> Iterator[Gate]:
    for change in changes:
        if change.field.role is Role.ON_CREATE and change.before is not None:
            yield Gate(
                GateName.IRREVERSIBLE,
                f"{change.field.name} of an existing app cannot be changed; "
                "an org ignores it and still says Succeeded",
                f"Take {change.key} out of the spec. For a new key, use another app.",
            )


def can_choose_key(components: Sequence[ComponentPlan]) -> bool:
    """Whether the apply of ``components`` can choose a consumer key, because none of them has one.

    A key is set when the global settings are created, and can never be changed (OBS).
    """
    return any(
        item.action in _NEW and "consumerKey" not in item.desired.fields
        for item in components
        if item.desired.type is GLOBAL_OAUTH_SETTINGS
    )


def _wants_chosen_key(spec: Spec) -> bool:
    oauth = spec.document.oauth
    return oauth is not None and oauth.consumer_key == "generate"


def _restricts(change: Change) -> bool:
    return change.field.name == "permittedUsersPolicyType" and change.after == ADMIN_APPROVED
