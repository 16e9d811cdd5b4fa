"""What stands beside the components in a saved plan's file, with the ways there and back."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self, TypeAlias

from pydantic import model_validator

from provision.catalogue.field import unknown_field
from provision.errors import GateName
from provision.plan.plan import (
    Acceptance,
    AcceptedDifference,
    AccessChange,
    Assign,
    CreatePermissionSet,
    CreateProfile,
    Default,
    Gate,
)
from provision.plan.saved_change import SavedChange, TypeName, type_called
from provision.plan.saved_value import SavedModel, SavedScalar

__all__ = [
    "SavedAcceptance",
    "SavedAccess",
    "SavedDefault",
    "SavedGate",
    "access_change",
    "saved_access",
]


class SavedPermissionSet(SavedModel):
    """A permission set that is created."""

    create_permission_set: str
    label: str


class SavedProfile(SavedModel):
    """A profile that is created as a clone."""

    create_profile: str
    clone_of: str


class SavedAssignment(SavedModel):
    """A user who gets a permission set."""

    assign: str
    to: str


SavedAccess: TypeAlias = SavedPermissionSet | SavedProfile | SavedAssignment


def saved_access(change: AccessChange) -> SavedAccess:
    """An access change as it is saved."""
    match change:
        case CreatePermissionSet():
            return SavedPermissionSet(create_permission_set=change.name, label=change.label)
        case CreateProfile():
            return SavedProfile(create_profile=change.name, clone_of=change.source)
        case Assign():
            return SavedAssignment(assign=change.permission_set, to=change.username)


def access_change(saved: SavedAccess) -> AccessChange:
    """The access change."""
    match saved:
        case SavedPermissionSet():
            return CreatePermissionSet(saved.create_permission_set, saved.label)
        case SavedProfile():
            return CreateProfile(saved.create_profile, saved.clone_of)
        case SavedAssignment():
            return Assign(saved.assign, saved.to)


class SavedDefault(SavedModel):
    """A field that the spec leaves to the org."""

    type: TypeName
    field: str
    value: SavedScalar

    @model_validator(mode="after")
    def _field_known(self) -> Self:
        if type_called(self.type).field(self.field) is None:
            raise ValueError(f"{self.type} has no field {self.field}")
        return self

    @classmethod
    def of(cls, default: Default) -> Self:
        """A default as it is saved."""
        return cls(type=default.component.name, field=default.field.name, value=default.value)

    def default(self) -> Default:
        """The default."""
        metadata_type = type_called(self.type)
        return Default(
            metadata_type, metadata_type.field(self.field) or unknown_field(self.field), self.value
        )


class SavedGate(SavedModel):
    """A gate that the plan tripped when it was made."""

    name: Literal["irreversible", "lockout", "weakening", "threshold", "production", "stale"]
    reason: str
    next_step: str

    @classmethod
    def of(cls, gate: Gate) -> Self:
        """A gate as it is saved."""
        return cls.model_validate(
            {"name": gate.name.value, "reason": gate.reason, "next_step": gate.next_step}
        )

    def gate(self) -> Gate:
        """The gate."""
        return Gate(GateName(self.name), self.reason, self.next_step)


class SavedAcceptance(SavedModel):
    """A difference that the spec accepts."""

    change: SavedChange
    reason: str
    until: date

    @classmethod
    def of(cls, item: AcceptedDifference) -> Self:
        """An accepted difference as it is saved."""
        acceptance = item.acceptance
        return cls(
            change=SavedChange.of(item.change), reason=acceptance.reason, until=acceptance.until
        )

    def accepted(self) -> AcceptedDifference:
        """The accepted difference."""
        return AcceptedDifference(self.change.change(), Acceptance(self.reason, self.until))
