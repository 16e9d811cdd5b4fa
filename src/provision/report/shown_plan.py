"""ShownPlan: a plan in the spec's words, without secrets, for any format to lay out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Value
from provision.catalogue.field import MetadataType
from provision.catalogue.risk import Risk, RiskLevel
from provision.findings import Finding
from provision.plan.facts import OrgFacts
from provision.plan.plan import (
    Acceptance,
    AcceptedDifference,
    AccessChange,
    Action,
    Assign,
    ComponentPlan,
    CreatePermissionSet,
    CreateProfile,
    Default,
    Gate,
    Plan,
)
from provision.plan.unmanaged import Unmanaged, unmanaged
from provision.plan.widening import access_risk
from provision.redaction import Redaction
from provision.report.refresh_token import POLICY, REFRESH_TOKEN, refresh_token_policy
from provision.report.row import Row, rows
from provision.report.shown_drift import ShownDrift, shown_drift
from provision.report.value import shown

__all__ = ["AcceptedRow", "Defaults", "Group", "ShownPlan", "shown_plan"]

_NO_FIELDS: Final[Mapping[str, Value]] = {}
_KEY_CHOICE: Final = "a random consumer key, which provision chooses at apply"


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one component, and what happens to it."""

    action: Action
    type_name: str
    full_name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A difference that is, or was, accepted: the row, and who said so."""

    row: Row
    acceptance: Acceptance


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the org chooses for one component of a new app: keys or fields, and values."""

    type_name: str
    chosen: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """What there is to say of a plan.

    ``access_levels`` has the risk of each line of ``access``; its reason is in the line. ``drift``
    is there where the differences are to be told as drift.
    """

    app: str
    org: OrgFacts
    creates_app: bool
    is_empty: bool
    certificate_expired: bool
    tightens: bool
    groups: tuple[Group, ...]
    access: tuple[str, ...]
    access_levels: tuple[RiskLevel, ...]
    gates: tuple[Gate, ...]
    accepted: tuple[AcceptedRow, ...]
    expired: tuple[AcceptedRow, ...]
    advice: tuple[Finding, ...]
    defaults: tuple[Defaults, ...]
    chooses_consumer_key: bool
    unmanaged: tuple[Unmanaged, ...] = ()
    drift: ShownDrift | None = None

    @property
    def key_choice(self) -> str:
        """That provision chooses the consumer key, in words; empty where it does not."""
        return _KEY_CHOICE if self.chooses_consumer_key else ""

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row, component by component."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def differences(self) -> int:
        """How many things are not as the spec says."""
        return len(self.rows) + len(self.access)

    @property
    def risks(self) -> tuple[tuple[RiskLevel, int], ...]:
        """How many changes there are of each risk, the worst first, harmless ones left out.

        One that locks out some and lets in others counts for both.
        """
        levels = [level for row in self.rows for level in row.risk.levels]
        return _counted([*levels, *self.access_levels])

    @property
    def drift_risks(self) -> tuple[tuple[RiskLevel, int], ...]:
        """The same of the drift itself."""
        drifts: list[Risk] = [row.drift for row in self.rows if row.drift]
        drifts += self.drift.access if self.drift else ()
        return _counted([level for risk in drifts for level in risk.levels])

    @property
    def weakening(self) -> int:
        """How many differences let more in, or for longer: the drift's, or else the changes'."""
        return dict(self.drift_risks if self.drift else self.risks).get(RiskLevel.WEAKENS, 0)

    def as_decided(self) -> ShownPlan:
        """The same, less what may change while people decide: numbers of users, and the drift."""
        groups = tuple(
            replace(
                group,
                rows=tuple(
                    replace(row, risk=replace(row.risk, numbers=""), drift=None)
                    for row in group.rows
                ),
            )
            for group in self.groups
        )
        return replace(self, groups=groups, drift=None)

    def count(self, action: Action) -> int:
        """How many components this happens to."""
        return sum(group.action is action for group in self.groups)


def _counted(levels: Sequence[RiskLevel]) -> tuple[tuple[RiskLevel, int], ...]:
    worst_first = sorted(RiskLevel, reverse=True)
    return tuple((lv, levels.count(lv)) for lv in worst_first if lv and lv in levels)


def shown_plan(plan: Plan, redaction: Redaction) -> ShownPlan:
    """``plan`` without what ``redaction`` hides, nor the values of secret fields."""
    return ShownPlan(
        app=redaction.line(plan.app),
        org=_org(plan.org, redaction),
        creates_app=plan.creates_app,
        is_empty=plan.is_empty,
        certificate_expired=plan.is_empty and not plan.is_as_wanted,
        tightens=plan.tightens,
        groups=tuple(
            _group(item, plan, redaction)
            for item in plan.components
            if item.action is not Action.NOTHING
        ),
        access=tuple(redaction.line(_access(change, plan)) for change in plan.access),
        access_levels=tuple(access_risk(plan, change).level for change in plan.access),
        gates=tuple(_gate(gate, redaction) for gate in plan.gates),
        accepted=tuple(_accepted(plan.accepted, plan, redaction)),
        expired=tuple(_accepted(plan.expired, plan, redaction)),
        advice=tuple(
            replace(
                advice,
                text=redaction.lines(advice.text),
                next_step=redaction.lines(advice.next_step),
            )
            for advice in plan.advice
        ),
        defaults=tuple(_defaults(plan.defaults, redaction)),
        chooses_consumer_key=plan.chooses_consumer_key,
        unmanaged=tuple(_unmanaged(plan, redaction)),
        drift=_drift(plan, redaction),
    )


def _drift(plan: Plan, redaction: Redaction) -> ShownDrift | None:
    if plan.drift is None:
        return None
    return shown_drift(plan.drift, redaction, is_final=any(not gate.flag for gate in plan.gates))


def _unmanaged(plan: Plan, redaction: Redaction) -> Iterator[Unmanaged]:
    for record in unmanaged(plan.actual, {item.desired.type.name for item in plan.components}):
        yield Unmanaged(record.type_name, redaction.line(record.full_name))


def _org(org: OrgFacts, redaction: Redaction) -> OrgFacts:
    return replace(
        org,
        name=redaction.line(org.name),
        instance_url=redaction.line(org.instance_url),
        username=redaction.line(org.username),
        reached_by=redaction.line(org.reached_by),
        org_id=redaction.line(org.org_id),
    )


def _group(item: ComponentPlan, plan: Plan, redaction: Redaction) -> Group:
    component = item.component
    return Group(
        action=item.action,
        type_name=component.type.name,
        full_name=redaction.line(component.full_name),
        rows=rows(item.changes, _had(plan, component.type), redaction, plan.drift),
    )


def _had(plan: Plan, metadata_type: MetadataType) -> Mapping[str, Value]:
    component = plan.actual.components.get(metadata_type.name)
    return component.fields if component else _NO_FIELDS


def _gate(gate: Gate, redaction: Redaction) -> Gate:
    return replace(
        gate, reason=redaction.lines(gate.reason), next_step=redaction.lines(gate.next_step)
    )


def _accepted(
    differences: Iterable[AcceptedDifference], plan: Plan, redaction: Redaction
) -> Iterator[AcceptedRow]:
    together = groupby(differences, lambda item: (item.change.component.name, item.acceptance))
    for (_, acceptance), group in together:
        changes = [item.change for item in group]
        said = replace(acceptance, reason=redaction.lines(acceptance.reason))
        for row in rows(changes, _had(plan, changes[0].component), redaction):
            yield AcceptedRow(row, said)


def _access(change: AccessChange, plan: Plan) -> str:
    risk = access_risk(plan, change)
    return f"{_made(change)} ({risk.words}: {risk.reason})" if risk.reason else _made(change)


def _made(change: AccessChange) -> str:
    match change:
        case CreatePermissionSet():
            return f"permission set {change.name}"
        case CreateProfile():
            return f"profile {change.name}, a clone of {change.source}"
        case Assign():
            return f"permission set {change.permission_set} for {change.username}"


def _defaults(defaults: Iterable[Default], redaction: Redaction) -> Iterator[Defaults]:
    for kind, group in groupby(defaults, lambda default: default.component):
        yield Defaults(kind.name, tuple(_chosen(kind, tuple(group), redaction)))


def _chosen(
    kind: MetadataType, defaults: tuple[Default, ...], redaction: Redaction
) -> Iterator[tuple[str, str]]:
    """Keys with their values. The spec may say one field of a refresh-token policy, not all."""
    values = {default.field.name: default.value for default in defaults}
    whole_policy = kind is OAUTH_POLICIES and values.keys() >= REFRESH_TOKEN
    for default in defaults:
        name = default.field.name
        key = default.field.key
        if whole_policy and name in REFRESH_TOKEN:
            if name == POLICY and key:
                yield key.name, refresh_token_policy(values)
        else:
            shown_name = key.name if key and name not in REFRESH_TOKEN else name
            yield shown_name, shown(default.field, default.value, redaction)
