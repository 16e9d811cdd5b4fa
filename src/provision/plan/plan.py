"""Plan: everything that would change in one org for one app, as a value."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, TypeAlias

from provision.catalogue.component import Component, Value
from provision.catalogue.field import Field, MetadataType
from provision.catalogue.json_form import BY_FIELD_NAME, BY_TYPE_NAME
from provision.catalogue.risk import HARMLESS, Risk
from provision.errors import GateName
from provision.findings import Finding, Severity
from provision.plan.certificate_expiry import CertificateExpiry
from provision.plan.drift import Drift
from provision.plan.facts import ActualApp, OrgFacts
from provision.spec.position import Position

__all__ = [
    "Acceptance",
    "AcceptedDifference",
    "AccessChange",
    "Action",
    "Assign",
    "Change",
    "ComponentPlan",
    "CreatePermissionSet",
    "CreateProfile",
    "Default",
    "Gate",
    "Moved",
    "Plan",
]


class Action(Enum):
    """What a plan does to a component.

    ``UNKNOWN`` is for a component that may exist although the org does not show it. An apply finds
    out by a deploy that creates it, and plans again if the org names an existing record.
    """

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class Moved(Enum):
    """Who moved since the last apply, so that the spec and the org differ."""

    SPEC = "spec"
    ORG = "org"
    BOTH = "both"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why the spec accepts a difference, and until which day (inclusive)."""

    reason: str
    until: date


_TypeByName: TypeAlias = Annotated[MetadataType, BY_TYPE_NAME]
_FieldByName: TypeAlias = Annotated[Field, BY_FIELD_NAME]


class _OfField:
    """About one field of one metadata type. A codec writes both by their names."""

    __slots__ = ()
    component: MetadataType
    field: Field

    def __post_init__(self) -> None:
        """Of a field, a codec reads the name alone. Here it becomes the field of its type."""
        found = self.component.field(self.field.name)
        if found is not None:
            object.__setattr__(self, "field", found)


@dataclass(frozen=True, slots=True)
class Change(_OfField):
    """One field of one component, before and after, and where the spec asks for it.

    ``before`` is ``None`` if the org has no value. ``key`` is the spec's path to the field.
    ``risk`` is what the change can do to those who use the app; a new component has no risk.
    """

    component: _TypeByName
    full_name: str
    field: _FieldByName
    before: Value | None
    after: Value
    key: str
    position: Position
    risk: Risk = HARMLESS
    moved: Moved = Moved.UNKNOWN


@dataclass(frozen=True, slots=True)
class AcceptedDifference:
    """A change that is not made, because the spec accepts the difference."""

    change: Change
    acceptance: Acceptance


@dataclass(frozen=True, slots=True)
class ComponentPlan:
    """What happens to one component.

    ``desired`` has the fields that the spec sets, ``component`` the whole record to deploy.
    """

    action: Action
    desired: Component
    component: Component
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Default(_OfField):
    """A field of a new component that the spec does not set, and the value that the org chooses."""

    component: _TypeByName
    field: _FieldByName
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Gate:
    """A reason to refuse the plan, with numbers, in a sentence.

    ``next_step`` says what to do if no flag lifts the gate; otherwise it is empty.
    """

    name: GateName
    reason: str
    next_step: str = ""

    @property
    def flag(self) -> str:
        """The flag that lifts the gate, empty if none does."""
        return "" if self.next_step else f"--allow {self.name}"

    @property
    def finding(self) -> Finding:
        """The gate as a finding."""
        step = self.next_step or f"To go through with it: {self.flag}"
        return Finding(Severity.ERROR, f"gate-{self.name}", self.reason, step, key=self.reason)


@dataclass(frozen=True, slots=True)
class CreatePermissionSet:
    """A permission set that the org does not have and that the spec allows provision to create."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class CreateProfile:
    """A profile that the org does not have, to be created as a clone of ``source``."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Assign:
    """A user who gets a permission set.

    ``is_insider`` is true if the user can use the app without it, or is inactive. ``risk`` is what
    the assignment does to an existing app; it is set when the plan is reported. A saved plan has
    neither: the org is asked again.
    """

    permission_set: str
    username: str
    is_insider: bool = dataclasses.field(default=False, compare=False)
    risk: Risk = dataclasses.field(default=HARMLESS, compare=False)


AccessChange = CreatePermissionSet | CreateProfile | Assign


@dataclass(frozen=True, slots=True)
class Plan:
    """All that ``apply`` would do in one org for one app.

    ``accepted`` differences are left unchanged until they expire; ``expired`` ones are changes
    again. ``advice`` is what no apply can repair; it includes the ``expiring`` certificates, which
    have expired or soon will. ``tightens`` is true if the plan restricts an existing app to
    pre-approved users: then users get access first, and the restriction comes last. If
    ``chooses_consumer_key``, the apply chooses a random key: the plan does not contain it, so that
    equal plans are equal. ``applied_at`` is when the app was last applied to this org, if there is
    a record of it. ``drift`` is what the plan repairs, if the caller asked for it.
    """

    app: str
    org: OrgFacts
    actual: ActualApp
    components: tuple[ComponentPlan, ...]
    access: tuple[AccessChange, ...] = ()
    defaults: tuple[Default, ...] = ()
    gates: tuple[Gate, ...] = ()
    accepted: tuple[AcceptedDifference, ...] = ()
    expired: tuple[AcceptedDifference, ...] = ()
    advice: tuple[Finding, ...] = ()
    tightens: bool = False
    expiring: tuple[CertificateExpiry, ...] = ()
    chooses_consumer_key: bool = False
    applied_at: datetime | None = None
    drift: Drift | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the org is already what the spec says."""
        return not self.access and all(item.action is Action.NOTHING for item in self.components)

    @property
    def is_as_wanted(self) -> bool:
        """Whether there is neither anything to change nor a certificate that has expired."""
        return self.is_empty and not any(found.is_error for found in self.expiring)

    def with_expiring(self, found: tuple[CertificateExpiry, ...]) -> Plan:
        """The same plan, with the certificates in ``found``, which also become advice."""
        advice = (*self.advice, *(each.finding for each in found))
        return dataclasses.replace(self, advice=advice, expiring=found)

    @property
    def risk(self) -> Risk:
        """The worst risk of its changes."""
        return max((c.risk for c in self.changes), key=lambda risk: risk.level, default=HARMLESS)

    @property
    def creates_app(self) -> bool:
        """Whether the org does not have the app yet."""
        return not self.actual.exists

    @property
    def deployed(self) -> tuple[Component, ...]:
        """The components that a deploy would send."""
        return tuple(
            item.component for item in self.components if item.action is not Action.NOTHING
        )

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every changed field, component by component."""
        return tuple(change for item in self.components for change in item.changes)
