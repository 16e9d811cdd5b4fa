"""What an org stores as JSON: sObject records, and asynchronous jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from provision.localorg.store.database import Database
from provision.localorg.store.ids import long_id

__all__ = [
    "JobBody",
    "Jobs",
    "Json",
    "Records",
    "Row",
]

Json: TypeAlias = str | int | float | bool | None
Row: TypeAlias = dict[str, Json]


class Records:
    """The records of one org."""

    def __init__(self, database: Database, org: str) -> None:
        self._database = database
        self._org = org

    def all(self, name: str) -> list[Row]:
        """Every record of an object, by id."""
        found = self._database.rows(
            "SELECT body FROM record WHERE org = ? AND object = ?", (self._org, name)
        )
        return [json.loads(str(body)) for (body,) in found]

    def get(self, name: str, record_id: str) -> Row | None:
        """One record by its id (15 or 18 characters), or ``None``."""
        found = self._database.rows(
            "SELECT body FROM record WHERE org = ? AND object = ? AND id = ?",
            (self._org, name, long_id(record_id)),
        )
        row: Row | None = json.loads(str(found[0][0])) if found else None
        return row

    def where(self, name: str, equal: Mapping[str, Json]) -> list[Row]:
        """The records of an object whose fields equal the given values."""
        return [
            row
            for row in self.all(name)
            if all(row.get(field) == value for field, value in equal.items())
        ]

    def put(self, name: str, row: Mapping[str, Json]) -> None:
        """Write a record, new or not, under its ``Id``."""
        self._database.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
            (self._org, name, str(row["Id"]), json.dumps(row)),
        )

    def delete(self, name: str, record_id: str) -> bool:
        """Delete a record. Returns whether it existed."""
        changed = self._database.execute(
            "DELETE FROM record WHERE org = ? AND object = ? AND id = ?",
            (self._org, name, long_id(record_id)),
        )
        return changed > 0


JobBody: TypeAlias = dict[str, Any]


class Jobs:
    """The jobs of one org."""

    def __init__(self, database: Database, org: str) -> None:
        self._database = database
        self._org = org

    def put(self, job_id: str, kind: str, body: JobBody, archive: bytes) -> None:
        """Write a new job and its zip."""
        self._database.execute(
            "INSERT INTO job VALUES (?, ?, ?, ?, ?)",
            (job_id, self._org, kind, json.dumps(body), archive),
        )

    def get(self, job_id: str, kind: str) -> JobBody | None:
        """A job by its id (15 or 18 characters), or ``None``."""
        found = self._database.rows(
            "SELECT body FROM job WHERE id = ? AND org = ? AND kind = ?",
            (long_id(job_id), self._org, kind),
        )
        body: JobBody | None = json.loads(str(found[0][0])) if found else None
        return body

    def all(self, kind: str) -> list[JobBody]:
        """Every job of a kind."""
        found = self._database.rows(
            "SELECT body FROM job WHERE org = ? AND kind = ?", (self._org, kind)
        )
        return [json.loads(str(body)) for (body,) in found]

    def archive(self, job_id: str) -> bytes:
        """The zip of a job, empty after :meth:`drop_archive`."""
        return self._database.blob("SELECT zip FROM job WHERE id = ?", (long_id(job_id),))

    def update(self, job_id: str, body: JobBody) -> None:
        """Write a job's new state."""
        self._database.execute(
            "UPDATE job SET body = ? WHERE id = ?", (json.dumps(body), long_id(job_id))
        )

    def drop_archive(self, job_id: str) -> None:
        """Delete a job's zip. It is not needed any more, and may contain certificates."""
        self._database.execute("UPDATE job SET zip = NULL WHERE id = ?", (long_id(job_id),))
