"""Metadata components, as an org stores them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provision.catalogue.component import Component, RawXml, Value
from provision.catalogue.field import MetadataType
from provision.localorg.store.database import Database, SqlValue

__all__ = ["Components", "Stored"]

_RAW = "$xml"
_COLUMNS = "full_name, parent, id, body, created, created_by, modified, modified_by"


@dataclass(frozen=True, slots=True)
class Stored:
    """A component, its record id, and who created and changed it when (seconds since 1970)."""

    component: Component
    id: str
    created: float
    created_by: str
    modified: float
    modified_by: str


class Components:
    """The components of one org. Names are compared without regard to case."""

    def __init__(self, database: Database, org: str) -> None:
        self._database = database
        self._org = org

    def get(self, metadata_type: MetadataType, full_name: str) -> Stored | None:
        """The component of this name, or ``None``."""
        found = self._rows(metadata_type, "full_name = ?", full_name)
        return found[0] if found else None

    def of_app(self, metadata_type: MetadataType, app: str) -> Stored | None:
        """The component of this type that belongs to an app, or ``None``."""
        found = self._rows(metadata_type, "parent = ?", app)
        return found[0] if found else None

    def all(self, metadata_type: MetadataType) -> list[Stored]:
        """Every component of a type, by name."""
        return self._rows(metadata_type, "1 = 1")

    def by_id(self, metadata_type: MetadataType, record_id: str) -> Stored | None:
        """The component with this record id, or ``None``."""
        found = self._rows(metadata_type, "id = ?", record_id)
        return found[0] if found else None

    def fields_at(
        self, metadata_type: MetadataType, app: str, moment: float
    ) -> Mapping[str, Value]:
        """The fields that an app's component of this type had at a moment (seconds since 1970).

        Before the component existed, they are its first ones. Empty without such a component.
        """
        rows = self._database.rows(
            "SELECT body FROM superseded WHERE org = ? AND type = ? AND parent = ? AND until > ?"
            " ORDER BY until LIMIT 1",
            (self._org, metadata_type.name, app, moment),
        )
        if rows:
            return _fields(str(rows[0][0]))
        stored = self.of_app(metadata_type, app)
        return stored.component.fields if stored else {}

    def put(self, stored: Stored) -> None:
        """Write a component, new or not. Its old fields stay for logins (``fields_at``)."""
        component = stored.component
        self._supersede(stored)
        self._database.execute(
            "INSERT OR REPLACE INTO component VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._org,
                component.type.name,
                component.full_name,
                component.parent,
                stored.id,
                json.dumps(_as_json(component.fields)),
                stored.created,
                stored.created_by,
                stored.modified,
                stored.modified_by,
            ),
        )

    def delete(self, stored: Stored) -> None:
        """Delete one component, and its old fields."""
        self._database.execute(
            "DELETE FROM superseded WHERE org = ? AND type = ? AND parent = ?",
            (self._org, stored.component.type.name, stored.component.parent),
        )
        self._database.execute(
            "DELETE FROM component WHERE org = ? AND type = ? AND full_name = ?",
            (self._org, stored.component.type.name, stored.component.full_name),
        )

    def _supersede(self, stored: Stored) -> None:
        component = stored.component
        self._database.execute(
            "INSERT INTO superseded SELECT org, type, parent, body, ? FROM component"
            " WHERE org = ? AND type = ? AND full_name = ? AND body <> ?",
            (
                stored.modified,
                self._org,
                component.type.name,
                component.full_name,
                json.dumps(_as_json(component.fields)),
            ),
        )

    def _rows(self, metadata_type: MetadataType, condition: str, *values: SqlValue) -> list[Stored]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM component"  # the conditions are literals
            f" WHERE org = ? AND type = ? AND {condition} ORDER BY full_name",
            (self._org, metadata_type.name, *values),
        )
        return [_stored(metadata_type, row) for row in rows]


def _stored(metadata_type: MetadataType, row: tuple[SqlValue, ...]) -> Stored:
    full_name, _parent, record_id, body, created, created_by, modified, modified_by = row
    return Stored(
        Component(metadata_type, str(full_name), _fields(str(body))),
        str(record_id),
        float(created or 0),
        str(created_by),
        float(modified or 0),
        str(modified_by),
    )


def _fields(body: str) -> dict[str, Value]:
    return {name: _value(value) for name, value in json.loads(body).items()}


def _as_json(fields: Mapping[str, Value]) -> dict[str, object]:
    return {name: _encoded(value) for name, value in fields.items()}


def _encoded(value: Value) -> object:
    match value:
        case RawXml():
            return {_RAW: value.text}
        case tuple():
            return [dict(record) for record in value]
        case str() | int():
            return value
        case Mapping():
            return dict(value)
        case _:
            raise TypeError("an org stores no unset values")


def _value(value: Any) -> Value:  # noqa: ANN401  # any JSON value
    match value:
        case {"$xml": str(text)}:
            return RawXml(text)
        case list():
            return tuple(value)
        case str() | int() | dict():
            return value
        case _:
            raise TypeError(f"{value!r} is not the value of a field")
