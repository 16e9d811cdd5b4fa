"""The JSON Schema of a line of a run's record, for programs that read one."""

from __future__ import annotations

from pydantic import TypeAdapter

from provision.runs.rows import SCHEMA, OrgRow, RunHeader
from provision.spec.schema import JsonSchema

__all__ = ["record_schema"]


def record_schema() -> JsonSchema:
    """The schema (draft 2020-12): a line is the run, the first, or an org."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "provision fleet run: a line of the record",
        "anyOf": [_line(TypeAdapter(kind).json_schema()) for kind in (RunHeader, OrgRow)],
    }


def _line(schema: JsonSchema) -> JsonSchema:
    """The schema of a value with what :func:`provision.runs.rows.append` writes beside it."""
    properties = {"schema": {"const": SCHEMA}, **schema["properties"]}
    codes = schema.pop("$defs", {})
    if "exit_code" in properties:
        properties["exit_code"] = {"enum": codes["ExitCode"]["enum"]}
    return {
        **schema,
        "properties": properties,
        "required": ["schema", *schema["required"]],
        "additionalProperties": False,
    }
