"""A change in a saved plan's file, and the way to the plan's own value and back."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator
from pydantic import Field as Described

from provision.catalogue.catalogue import type_named
from provision.catalogue.field import MetadataType, unknown_field
from provision.catalogue.risk import Risk, RiskLevel
from provision.plan.plan import Change
from provision.plan.saved_value import SavedModel, SavedValue, saved_value, value_of
from provision.spec.position import Position

__all__ = ["SavedChange", "SavedPosition", "TypeName", "type_called"]


def _known_type(name: str) -> str:
    if type_named(name) is None:
        raise ValueError(f"there is no metadata type {name}")
    return name


TypeName: TypeAlias = Annotated[str, AfterValidator(_known_type)]


def type_called(name: str) -> MetadataType:
    """The type with a name that was checked when the file was read."""
    found = type_named(name)
    if found is None:
        raise ValueError(name)
    return found


class SavedPosition(SavedModel):
    """Where the spec asks for something."""

    file: str
    line: Annotated[int, Described(ge=1)]
    column: Annotated[int, Described(ge=1)]

    @classmethod
    def of(cls, position: Position) -> Self:
        """A position as it is saved."""
        return cls(file=position.file, line=position.line, column=position.column)

    def position(self) -> Position:
        """The position."""
        return Position(self.file, self.line, self.column)


class SavedChange(SavedModel):
    """One field that changes.

    Who moved is not kept: who has a last-applied record and who has not make the same plan.
    """

    type: TypeName
    full_name: str
    field: str
    before: SavedValue | None
    """What the org had; null for nothing."""

    after: SavedValue
    key: str
    """The spec's path to the field."""

    position: SavedPosition
    risk: Literal["harmless", "disruptive", "weakens", "locks out", "irreversible"]
    reason: str
    """Why the risk is what it is."""

    @classmethod
    def of(cls, change: Change) -> Self:
        """A change as it is saved."""
        return cls.model_validate(
            {
                "type": change.component.name,
                "full_name": change.full_name,
                "field": change.field.name,
                "before": None if change.before is None else saved_value(change.before),
                "after": saved_value(change.after),
                "key": change.key,
                "position": SavedPosition.of(change.position),
                "risk": change.risk.level.words,
                "reason": change.risk.reason,
            }
        )

    def change(self) -> Change:
        """The change."""
        metadata_type = type_called(self.type)
        return Change(
            component=metadata_type,
            full_name=self.full_name,
            field=metadata_type.field(self.field) or unknown_field(self.field),
            before=None if self.before is None else value_of(self.before),
            after=value_of(self.after),
            key=self.key,
            position=self.position.position(),
            risk=Risk(RiskLevel[self.risk.upper().replace(" ", "_")], self.reason),
        )
