"""A component in a saved plan's file, and the way to the plan's own value and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, Self

from pydantic import model_validator

from provision.catalogue.component import Component, Value
from provision.catalogue.field import MetadataType, Role
from provision.plan.plan import Action, ComponentPlan
from provision.plan.saved_change import SavedChange, TypeName, type_called
from provision.plan.saved_value import SavedModel, SavedValue, complaint, saved_value, value_of

__all__ = ["SavedComponent"]

_NOT_DEPLOYED: Final = frozenset({Role.PLATFORM, Role.ACTION})


class SavedComponent(SavedModel):
    """One component: what the spec says of it, and the whole record that is deployed."""

    action: Literal["create", "update", "nothing"]
    type: TypeName
    full_name: str
    desired: dict[str, SavedValue]
    """The fields that the spec says."""

    deployed: dict[str, SavedValue]
    """The whole record, as it is sent."""

    changes: tuple[SavedChange, ...]

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        metadata_type = type_called(self.type)
        found = [
            f"{part}.{name}: {said}"
            for part, fields in (("desired", self.desired), ("deployed", self.deployed))
            for name, value in fields.items()
            if (said := _complaint(metadata_type, name, value_of(value)))
        ]
        if found:
            raise ValueError("; ".join(found))
        return self

    @classmethod
    def of(cls, item: ComponentPlan) -> Self:
        """A component's plan as it is saved."""
        return cls.model_validate(
            {
                "action": item.action.value,
                "type": item.component.type.name,
                "full_name": item.component.full_name,
                "desired": _saved_fields(item.desired.fields),
                "deployed": _saved_fields(item.component.fields),
                "changes": tuple(map(SavedChange.of, item.changes)),
            }
        )

    def component_plan(self) -> ComponentPlan:
        """The component's plan."""
        metadata_type = type_called(self.type)
        return ComponentPlan(
            Action(self.action),
            Component(metadata_type, self.full_name, _fields(self.desired)),
            Component(metadata_type, self.full_name, _fields(self.deployed)),
            tuple(change.change() for change in self.changes),
        )


def _complaint(metadata_type: MetadataType, name: str, value: Value) -> str:
    field = metadata_type.field(name)
    if field is not None and field.role in _NOT_DEPLOYED:
        return "it is not deployed: the org generates it, or it is an action"
    if field is not None and field.secret:
        return "it is a secret, and a saved plan holds none"
    return complaint(field, value)


def _saved_fields(fields: Mapping[str, Value]) -> dict[str, SavedValue]:
    return {name: saved_value(value) for name, value in fields.items()}


def _fields(saved: Mapping[str, SavedValue]) -> dict[str, Value]:
    return {name: value_of(value) for name, value in saved.items()}
