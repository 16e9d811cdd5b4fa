"""The JSON Schema of fleet files, for editors."""

from __future__ import annotations

from provision.fleet.model import FleetDocument
from provision.spec.schema import JsonSchema, tidied

__all__ = ["fleet_schema"]


def fleet_schema() -> JsonSchema:
    """The schema (draft 2020-12) of a fleet file."""
    schema = tidied(FleetDocument.model_json_schema())
    for part, kind in (("orgs", "OrgEntry"), ("groups", "GroupEntry")):
        entries = schema["properties"][part]
        entries["additionalProperties"] = {
            "anyOf": [{"$ref": f"#/$defs/{kind}"}, {"type": "null"}],
        }
    login = schema["$defs"]["LoginEntry"]
    login["minProperties"] = login["maxProperties"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "provision fleet",
        **schema,
    }
