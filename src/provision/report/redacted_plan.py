"""Redacted plan: a plan as a report has it, without anything that must not be shown.

It is a plan like any other: every format takes it, and the record of a fleet's run has it. It lacks
what no report shows: components that do not change, and the fields of records besides the changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Component, RawXml, Record, Unset, Value
from provision.catalogue.field import Field, Kind, MetadataType
from provision.catalogue.risk import Opened, Risk
from provision.findings import Finding
from provision.plan.codec import as_json
from provision.plan.drift import Drift
from provision.plan.facts import ActualApp, OrgFacts
from provision.plan.plan import (
    AcceptedDifference,
    AccessChange,
    Action,
    Assign,
    Change,
    ComponentPlan,
    CreatePermissionSet,
    CreateProfile,
    Default,
    Plan,
)
from provision.plan.widening import access_risk
from provision.redaction import HIDDEN, Redaction, visible
from provision.report.value import (
    REFRESH_TOKEN,
    certificate_digest,
    refresh_token_policy,
    scalar_words,
)

__all__ = ["digest_of", "redacted_plan", "secret_values"]

_SEPARATORS: Final = {Kind.NAMES: ",", Kind.SCOPES: ",", Kind.URLS: "\n"}


def redacted_plan(plan: Plan, redaction: Redaction) -> Plan:
    """``plan`` without what ``redaction`` hides, nor the values of secret fields."""
    return _Redactor(plan, redaction).redacted()


def secret_values(plan: Plan) -> Iterator[str]:
    """Every value of a secret field in ``plan``: a message may quote one."""
    for item in plan.components:
        for component in (item.desired, item.component):
            for field in component.type.fields:
                if field.secret and component.text(field.name):
                    yield component.text(field.name)


def digest_of(plan: Plan) -> str:
    """A digest of what a redacted plan says: equal for two plans that nobody can tell apart.

    Positions do not count: on another machine the same file may have another name. Nor do the date
    of the last apply, who changed the org, and numbers of users: they change while people decide.
    """
    decided = replace(plan, drift=None, applied_at=None, expiring=())
    text = json.dumps(_without({"position", "numbers"}, as_json(decided)), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _without(keys: set[str], value: object) -> object:
    match value:
        case dict():
            return {k: _without(keys, part) for k, part in value.items() if k not in keys}
        case list():
            return [_without(keys, part) for part in value]
        case _:
            return value


class _Redactor:
    """Redacts one plan."""

    def __init__(self, plan: Plan, redaction: Redaction) -> None:
        self._plan = plan
        self._line = redaction.line
        self._lines = redaction.lines
        self._exact = redaction.exact
        self._hides_policy = self._is_policy_hidden()

    def redacted(self) -> Plan:
        plan = self._plan
        changing = (item for item in plan.components if item.action is not Action.NOTHING)
        return replace(
            plan,
            app=self._line(plan.app),
            org=self._org(plan.org),
            actual=self._actual(plan.actual),
            components=tuple(map(self._component_plan, changing)),
            access=tuple(map(self._access, plan.access)),
            defaults=tuple(map(self._default, plan.defaults)),
            gates=tuple(
                replace(
                    gate, reason=self._lines(gate.reason), next_step=self._lines(gate.next_step)
                )
                for gate in plan.gates
            ),
            accepted=tuple(map(self._accepted, plan.accepted)),
            expired=tuple(map(self._accepted, plan.expired)),
            advice=tuple(map(self._advice, plan.advice)),
            expiring=tuple(replace(item, text=self._lines(item.text)) for item in plan.expiring),
            drift=self._drift(plan.drift) if plan.drift else None,
        )

    def _org(self, org: OrgFacts) -> OrgFacts:
        return replace(
            org,
            name=self._line(org.name),
            instance_url=self._line(org.instance_url),
            username=self._line(org.username),
            reached_by=self._line(org.reached_by),
            org_id=self._line(org.org_id),
        )

    def _actual(self, actual: ActualApp) -> ActualApp:
        """The records of the app. Of their fields, reports need the refresh-token policy alone."""
        policy = actual.components.get(OAUTH_POLICIES.name)
        kept = {
            name: self._value(OAUTH_POLICIES, OAUTH_POLICIES.row(name), value)
            for name, value in (policy.fields.items() if policy else ())
            if name in REFRESH_TOKEN
        }
        return replace(
            actual,
            app=self._line(actual.app),
            components={
                name: Component(
                    item.type, self._line(item.full_name), kept if item is policy else {}
                )
                for name, item in actual.components.items()
            },
            dependents=tuple(map(self._named, actual.dependents)),
        )

    def _named(self, component: Component) -> Component:
        return Component(component.type, self._line(component.full_name))

    def _component_plan(self, item: ComponentPlan) -> ComponentPlan:
        return ComponentPlan(
            item.action,
            self._named(item.desired),
            self._named(item.component),
            tuple(map(self._change, item.changes)),
        )

    def _change(self, change: Change) -> Change:
        before = None
        if change.before is not None:
            before = self._value(change.component, change.field, change.before)
        return replace(
            change,
            full_name=self._line(change.full_name),
            before=before,
            after=self._value(change.component, change.field, change.after),
            key=self._line(change.key),
            risk=self._risk(change.risk),
        )

    def _accepted(self, item: AcceptedDifference) -> AcceptedDifference:
        acceptance = replace(item.acceptance, reason=self._lines(item.acceptance.reason))
        return AcceptedDifference(self._change(item.change), acceptance)

    def _default(self, default: Default) -> Default:
        value = default.value
        return replace(default, value=self._exact(value) if isinstance(value, str) else value)

    def _access(self, change: AccessChange) -> AccessChange:
        line = self._line
        match change:
            case CreatePermissionSet():
                return replace(change, name=line(change.name), label=line(change.label))
            case CreateProfile():
                return replace(change, name=line(change.name), source=line(change.source))
            case Assign():
                return replace(
                    change,
                    permission_set=line(change.permission_set),
                    username=line(change.username),
                    risk=self._risk(access_risk(self._plan, change)),
                )

    def _drift(self, drift: Drift) -> Drift:
        return replace(
            drift,
            fields=tuple(replace(item, risk=self._risk(item.risk)) for item in drift.fields),
            access=tuple(map(self._risk, drift.access)),
            changes=tuple(
                replace(change, who=self._line(change.who), what=self._line(change.what))
                for change in drift.changes
            ),
        )

    def _advice(self, advice: Finding) -> Finding:
        return replace(
            advice,
            text=self._lines(advice.text),
            next_step=self._lines(advice.next_step),
            key=self._line(advice.key),
            app=self._line(advice.app),
            org=self._line(advice.org),
        )

    def _risk(self, risk: Risk) -> Risk:
        opened = tuple(
            Opened(each.opening, tuple(map(self._exact, each.names))) for each in risk.opened
        )
        return replace(
            risk,
            reason=self._lines(risk.reason),
            numbers=self._lines(risk.numbers),
            opened=opened,
        )

    def _value(self, kind: MetadataType, field: Field, value: Value) -> Value:
        """``value`` as it may be shown. Lists are sorted, as their order means nothing."""
        is_policy = kind is OAUTH_POLICIES and field.name in REFRESH_TOKEN
        match value:
            case Unset():
                return value
            case _ if field.secret or (is_policy and self._hides_policy):
                return HIDDEN
            case RawXml():
                return RawXml(self._exact(value.text))
            case bool():
                return value
            case str():
                return self._text(field, value)
            case int():
                return HIDDEN if self._is_hidden(field, value) else value
            case tuple():
                return tuple(map(self._record, value))
            case _:
                return self._record(value)

    def _text(self, field: Field, text: str) -> str:
        exact = self._exact(text)
        match field.kind:
            case Kind.CERTIFICATE:
                return certificate_digest(text)
            case Kind.NAMES | Kind.SCOPES:
                return ",".join(sorted(split_names(exact), key=str.casefold))
            case Kind.URLS:
                return "\n".join(sorted(split_urls(exact), key=str.casefold))
            case _:
                return HIDDEN if self._is_hidden(field, text) else exact

    def _is_hidden(self, field: Field, value: str | int) -> bool:
        """Whether the value itself, or the spec's words for it, must be hidden."""
        words = scalar_words(field, value)
        forms = {str(value), words} if isinstance(value, int) else {words} - {value}
        return any(self._exact(form) != form for form in forms)

    def _record(self, record: Record) -> Record:
        return {
            visible(name): self._exact(value) if isinstance(value, str) else value
            for name, value in record.items()
        }

    def _is_policy_hidden(self) -> bool:
        """Whether the phrase for the three fields, such as ``lifetime 90 days``, must be hidden."""
        return any(self._exact(phrase) != phrase for phrase in self._policy_phrases())

    def _policy_phrases(self) -> Iterator[str]:
        plan = self._plan
        accepted = (item.change for item in (*plan.accepted, *plan.expired))
        changes = [
            change
            for change in (*plan.changes, *accepted)
            if change.component is OAUTH_POLICIES and change.field.name in REFRESH_TOKEN
        ]
        if changes:
            policy = plan.actual.components.get(OAUTH_POLICIES.name)
            had = policy.fields if policy else {}
            for side in ("before", "after"):
                values = {change.field.name: getattr(change, side) for change in changes}
                yield refresh_token_policy({**had, **values})
