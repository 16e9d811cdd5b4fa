"""The JSON Schema of specs, for editors: from the models, and from the catalogue."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.field import Field, Kind, MetadataType, Role
from provision.spec.model import SpecDocument
from provision.spec.source import preset_names

__all__ = ["JsonSchema", "json_schema", "tidied"]

JsonSchema: TypeAlias = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE: Final = {"type": "string", "pattern": r"\$\{"}
_SECRET: Final = {"type": "string", "pattern": r"^\$\{(env|file|cmd):[^}]+\}$"}
_NULL: Final = {"type": "null"}
_SETTABLE: Final = frozenset({Role.SPEC, Role.ON_CREATE})


def json_schema() -> JsonSchema:
    """The schema (draft 2020-12) of a spec file, with every short form that the loader accepts."""
    schema = tidied(SpecDocument.model_json_schema())
    properties = schema["properties"]
    properties["extends"] = _extends()
    properties["metadata"] = _metadata(properties["metadata"]["description"])
    oauth = schema["$defs"]["Oauth"]["properties"]
    oauth["callback_url"] = {
        "anyOf": [{"type": "string"}, _NULL],
        "description": "Short for callback_urls with one URL.",
    }
    return {"$schema": _DIALECT, "title": "provision spec", **schema}


def tidied(value: Any) -> Any:  # noqa: ANN401  # JSON
    """The schema without titles and defaults, and with variables allowed where words are listed.

    A default of null would mislead: leaving a key out is not the same as setting it to null.
    """
    if isinstance(value, list):
        return [tidied(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {
        key: tidied(item)
        for key, item in value.items()
        if not (key == "title" and isinstance(item, str)) and key != "default"
    }
    if "enum" in result and result.get("type") == "string":
        described = {key: result.pop(key) for key in ("description",) if key in result}
        return {"anyOf": [result, _VARIABLE], **described}
    return result


def _extends() -> JsonSchema:
    name: JsonSchema = {"enum": list(preset_names())}
    return {
        "anyOf": [name, {"type": "array", "items": name}],
        "description": "The preset, or presets, that this spec extends.",
    }


def _metadata(description: str) -> JsonSchema:
    return {
        "type": "object",
        "description": description,
        "properties": {kind.name: _type(kind) for kind in CORE_TYPES},
        "additionalProperties": False,
    }


def _type(metadata_type: MetadataType) -> JsonSchema:
    return {
        "type": "object",
        "properties": {
            field.name: _described(field)
            for field in metadata_type.fields
            if field.role in _SETTABLE
        },
        "additionalProperties": False,
    }


def _described(field: Field) -> JsonSchema:
    nullable = not field.required and field.role is Role.SPEC
    forms = [*_forms(field), *([_NULL] if nullable else [])]
    schema: JsonSchema = {"anyOf": forms} if len(forms) > 1 else dict(forms[0])
    versions = f"API {field.since}" + (f" to {field.until}." if field.until else " and later.")
    unit = f"In {field.unit}." if field.unit else ""
    in_setup = f"In Setup: {field.setup.label}." if field.setup else ""
    described = " ".join(filter(None, (field.note, unit, in_setup, versions)))
    return {**schema, "description": described}


def _forms(field: Field) -> list[JsonSchema]:
    if field.secret:
        return [_SECRET]
    if field.choices:
        return [{"enum": [choice.value for choice in field.choices]}, _VARIABLE]
    match field.kind:
        case Kind.BOOLEAN:
            return [{"type": "boolean"}, _VARIABLE]
        case Kind.INTEGER:
            return [{"type": "integer"}, _VARIABLE]
        case Kind.NAMES | Kind.SCOPES | Kind.URLS:
            return [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
        case Kind.RECORD:
            return [_record(field)]
        case Kind.RECORDS:
            return [{"type": "array", "items": _record(field)}]
        case _:
            return [{"type": "string"}]


def _record(field: Field) -> JsonSchema:
    return {
        "type": "object",
        "properties": {
            child.name: {"anyOf": forms} if len(forms := _forms(child)) > 1 else forms[0]
            for child in field.children
        },
        "required": [child.name for child in field.children if child.required],
        "additionalProperties": False,
    }
