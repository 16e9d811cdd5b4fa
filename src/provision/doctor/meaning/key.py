"""The keys of a spec, and what they are for: from the JSON Schema, which has them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from provision.catalogue.catalogue import fields_set_by
from provision.doctor.meaning.meaning import Meaning
from provision.spec.schema import json_schema

__all__ = ["SpecKey", "key_meaning", "spec_keys"]

_Schema: TypeAlias = Mapping[str, Any]

_METADATA: Final = "metadata"  # below it are the fields of the catalogue
_BRANCHES: Final = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class SpecKey:
    """A key by its dotted path, what it is for, and the values it takes, if they are listed."""

    path: str
    text: str
    values: tuple[str, ...]


@cache
def spec_keys() -> Mapping[str, SpecKey]:
    """Every key of a spec, by dotted path; those of lists' items stand below the list."""
    schema = json_schema()
    return {key.path: key for key in _keys(schema, schema.get("$defs", {}), "")}


def key_meaning(key: SpecKey) -> Meaning:
    """What a key means, and which metadata fields it sets."""
    sets = ", ".join(f"{each.type.name}.{each.field.name}" for each in fields_set_by(key.path))
    keys = [path for path in spec_keys() if path.rpartition(".")[0] == key.path]
    facts = (
        ("what", key.text),
        ("values", ", ".join(key.values)),
        ("keys", ", ".join(path.rpartition(".")[2] for path in keys)),
        ("sets", sets),
    )
    return Meaning(f"{key.path} (key of a spec)", facts)


def _keys(node: _Schema, definitions: _Schema, above: str) -> Iterator[SpecKey]:
    for part in _alternatives(node, definitions):
        for name, child in part.get("properties", {}).items():
            path = f"{above}.{name}" if above else name
            yield SpecKey(path, child.get("description", ""), tuple(_values(child, definitions)))
            if path != _METADATA:
                yield from _keys(child, definitions, path)


def _alternatives(node: _Schema, definitions: _Schema) -> Iterator[_Schema]:
    """The node itself, and every schema that it is made of: of a list, that of its items."""
    yield node
    parts = [part for name in _BRANCHES for part in node.get(name, ())]
    if "$ref" in node:
        parts.append(definitions[node["$ref"].rpartition("/")[2]])
    if isinstance(node.get("items"), Mapping):
        parts.append(node["items"])
    for part in parts:
        yield from _alternatives(part, definitions)


def _values(node: _Schema, definitions: _Schema) -> Iterator[str]:
    for part in _alternatives(node, definitions):
        yield from (str(value) for value in part.get("enum", ()))
