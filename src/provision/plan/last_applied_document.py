"""The file of a last-applied record: its form, and how a text is held to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from provision.errors import CannotError
from provision.plan.last_applied import FieldTrace, LastApplied
from provision.plan.saved_document import Moment, Sha256, object_of, problems_of
from provision.plan.saved_value import SavedModel

__all__ = ["last_applied_json", "last_applied_of"]

_SCHEMA: Final = "provision/last-applied/1"
_NEXT: Final = "The next apply writes it anew."


class _Trace(SavedModel):
    wanted: Sha256
    found: Sha256


class _Document(SavedModel):
    document_schema: Literal["provision/last-applied/1"] = Field(alias="schema")
    org_id: Annotated[str, Field(pattern=r"^00D[A-Za-z0-9]{12}$")]
    host: str
    app: str
    applied_at: Moment
    run_id: str
    salt: Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$")]
    fields: dict[str, _Trace | None]


def last_applied_json(record: LastApplied) -> str:
    """The record as the text of its file."""
    document = _Document(
        schema="provision/last-applied/1",
        org_id=record.org_id,
        host=record.host,
        app=record.app,
        applied_at=record.applied_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        run_id=record.run_id,
        salt=record.salt.hex(),
        fields={
            name: None if trace is None else _Trace(wanted=trace.wanted, found=trace.found)
            for name, trace in record.fields.items()
        },
    )
    return json.dumps(document.model_dump(mode="json", by_alias=True), indent=2) + "\n"


def last_applied_of(text: str, name: str) -> LastApplied:
    """The record in ``text``, of the file ``name``. Raises :class:`CannotError`."""
    schema = object_of(text, f"{name} is not a last-applied record", _NEXT).get("schema")
    if schema != _SCHEMA:
        raise CannotError(f"{name} has the schema {schema!r}, not {_SCHEMA!r}", next_step=_NEXT)
    try:
        document = _Document.model_validate_json(text)
    except ValidationError as error:
        said = "\n".join(f"{name}: {problem}" for problem in problems_of(error))
        raise CannotError(said, next_step=_NEXT) from None
    return LastApplied(
        org_id=document.org_id,
        host=document.host,
        app=document.app,
        applied_at=datetime.fromisoformat(document.applied_at),
        run_id=document.run_id,
        salt=bytes.fromhex(document.salt),
        fields={
            name: None if trace is None else FieldTrace(trace.wanted, trace.found)
            for name, trace in document.fields.items()
        },
    )
