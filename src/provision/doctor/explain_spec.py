"""What specs and metadata consist of, explained: keys, fields, values, types, settings, scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from provision.catalogue.catalogue import CORE_TYPES, fields_set_by, path_of
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.field import Choice, Field, MetadataType
from provision.catalogue.judge import Harmless
from provision.catalogue.org_settings import SETTINGS_TYPES
from provision.catalogue.scope import SCOPES
from provision.doctor.glossary import SCOPES_ALLOW
from provision.spec.schema import json_schema

__all__ = [
    "Explanation",
    "KnownField",
    "explained_key",
    "keys_and_fields",
    "known_fields",
    "of_metadata",
    "of_value",
    "spec_keys",
]

_Schema: TypeAlias = Mapping[str, Any]

_METADATA: Final = "metadata"  # below it are the fields of the catalogue
_BRANCHES: Final = ("anyOf", "oneOf", "allOf")
_SETTINGS: Final = "Settings:"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a term means, as labelled facts. A fact without a text is not shown."""

    title: str
    facts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        shown = [(label, text) for label, text in self.facts if text]
        return "\n".join([self.title, *(f"  {label:<11} {text}" for label, text in shown)])


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


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field of the catalogue; ``parent`` is set where it is one of a record's."""

    type: MetadataType
    field: Field
    parent: Field | None = None

    @property
    def name(self) -> str:
        """Its own name, within the record for a field of one."""
        return f"{self.parent.name}.{self.field.name}" if self.parent else self.field.name

    @property
    def title(self) -> str:
        """Its full name."""
        return f"{self.type.name}.{self.name}"

    @property
    def path(self) -> str:
        """The path in a spec that sets it."""
        top = self.parent or self.field
        path = ".".join(path_of(self.type, top.name))
        return f"{path}.{self.field.name}" if self.parent else path


@cache
def known_fields() -> Sequence[KnownField]:
    """Every field of the catalogue, those of records too."""
    return tuple(_known_fields())


def _known_fields() -> Iterator[KnownField]:
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            yield KnownField(metadata_type, field)
            for child in field.children:
                yield KnownField(metadata_type, child, field)


def keys_and_fields(word: str) -> Iterator[Explanation]:
    """The keys of a spec that are called ``word``, with the fields that they set, and the fields.

    A key and a field have a short name and a full one.
    """
    folded = word.casefold()
    keys = [key for path, key in spec_keys().items() if folded in _names_of_key(path)]
    paths = {key.path for key in keys}
    yield from map(explained_key, keys)
    for known in known_fields():
        if known.path in paths or folded in _names_of_field(known):
            yield _explained_field(known)


def explained_key(key: SpecKey) -> Explanation:
    """What a key means, and which metadata fields it sets."""
    sets = ", ".join(f"{each.type.name}.{each.field.name}" for each in fields_set_by(key.path))
    keys = [path for path in spec_keys() if path.rpartition(".")[0] == key.path]
    facts = (
        ("what", key.text),
        ("values", ", ".join(key.values)),
        ("keys", ", ".join(path.rpartition(".")[2] for path in keys)),
        ("sets", sets),
    )
    return Explanation(f"{key.path} (key of a spec)", facts)


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


def _names_of_key(path: str) -> tuple[str, str]:
    return path.casefold(), path.rpartition(".")[2].casefold()


def _names_of_field(known: KnownField) -> tuple[str, ...]:
    title = known.title.casefold()
    return title, f"{_METADATA}.{title}", known.name.casefold(), known.field.name.casefold()


def _explained_field(known: KnownField) -> Explanation:
    field = known.field
    key = spec_keys().get(field.key.name) if field.key else None
    return Explanation(
        f"{known.title} (metadata field)",
        (
            ("what", key.text if key else ""),
            ("spec key", known.path if field.role.name in {"SPEC", "ON_CREATE"} else ""),
            ("kind", ", ".join(filter(None, (field.kind.value, field.unit)))),
            ("in Setup", field.setup.label if field.setup else ""),
            ("values", ", ".join(_value(choice) for choice in field.choices)),
            ("API", _versions_of(field, known.type.since)),
            ("default", _default(field)),
            ("decided by", field.role.value),
            ("only with", _only_with(field)),
            ("travels", "no: it belongs to one org" if field.org_bound else ""),
            ("shown", "never: it is a secret" if field.secret else ""),
            ("changed", _harmless(field)),
            ("stricter", f"the org refuses {field.refuses}" if field.refuses else ""),
            ("note", field.note),
            ("evidence", "; ".join(each.value for each in field.evidence) if field.note else ""),
        ),
    )


def _harmless(field: Field) -> str:
    """That a change harms nobody, and why; empty for any other field."""
    why = field.risk.why if isinstance(field.risk, Harmless) else ""
    return f"harmless: {why}" if why else ""


def _value(choice: Choice) -> str:
    listed = f"{choice.word} ({choice.value})" if choice.word else str(choice.value)
    bounded = choice.since or choice.until is not None
    return f"{listed} [API {_versions(choice.since, choice.until)}]" if bounded else listed


def _versions_of(field: Field, type_since: int) -> str:
    known = _versions(max(field.since, type_since), field.until)
    seen = f"; seen in files of {field.seen_since}, where the org decides"
    return known + (seen if field.seen_since else "")


def _versions(since: int, until: int | None) -> str:
    return f"{since} and later" if until is None else f"{since} to {until}"


def _default(field: Field) -> str:
    if field.default is None:
        return ""
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def _only_with(field: Field) -> str:
    if field.only_with is None:
        return ""
    name, values = field.only_with
    return f"{name} {' or '.join(values)}"


def of_value(word: str) -> Iterator[Explanation]:
    """Which fields take the value ``word``, by its name in metadata or in a spec."""
    facts = tuple(_takers(word.casefold()))
    if facts:
        yield Explanation(f"{word} (value of a field)", facts)


def _takers(folded: str) -> Iterator[tuple[str, str]]:
    for known in known_fields():
        for choice in known.field.choices:
            names = (str(choice.value), choice.word)
            if folded in {name.casefold() for name in names if name}:
                in_spec = f", in a spec {names[1]}" if names[1] else ""
                since = f", API {choice.since} and later" if choice.since else ""
                yield "of", f"{known.title} ({known.path}): {names[0]}{in_spec}{since}"


def of_metadata(word: str) -> Iterator[Explanation]:
    """The scope, metadata type, or setting of an org that is called ``word``.

    A scope goes by OAuth's names and by its metadata token, a type by its name, its folder and its
    suffix, settings by the name of their type or that of a manifest (``Settings:ConnectedApp``).
    """
    folded = word.casefold()
    yield from _scopes(folded)
    yield from _types(folded)
    for member, kind in SETTINGS_TYPES.items():
        if folded in {kind.name.casefold(), f"{_SETTINGS}{member}".casefold()}:
            yield _explained_settings(member, kind)
        for field in kind.fields:
            if field.name.casefold() == folded:
                yield _explained_setting(member, kind, field)


def _scopes(folded: str) -> Iterator[Explanation]:
    for scope in SCOPES:
        if folded in {name.casefold() for name in (*scope.names, scope.token)}:
            yield Explanation(
                f"{scope.names[0]} (OAuth scope)",
                (
                    ("allows", SCOPES_ALLOW.get(scope.token, "")),
                    ("in Setup", scope.label),
                    ("metadata", scope.token),
                    ("spec key", "oauth.scopes"),
                    ("API", f"{scope.since} and later"),
                ),
            )


def _types(folded: str) -> Iterator[Explanation]:
    for kind in CORE_TYPES:
        if folded in _names(kind):
            yield _explained_type(kind, "yes: spec keys and `metadata`")
    for dependent in DEPENDENT_TYPES:
        kind = dependent.metadata_type
        if folded in _names(kind):
            managed = "no: kept in snapshots, named in plans, brought back by rollback"
            versions = f"{dependent.since} and later"
            if dependent.seen_since:
                versions += f"; seen in files of {dependent.seen_since}, where the org decides"
            yield _explained_type(kind, managed, dependent.plugin_flag, dependent.note, versions)


def _explained_setting(member: str, kind: MetadataType, field: Field) -> Explanation:
    facts = (
        ("what", field.note or "A setting that provision reads and does not use yet."),
        ("where", f"{_SETTINGS}{member} ({kind.name})"),
        ("API", f"{field.since} and later"),
    )
    return Explanation(f"{field.name} (setting of an org)", facts)


def _names(kind: MetadataType) -> frozenset[str]:
    names = (kind.name, kind.directory, kind.suffix, f".{kind.suffix}", f"{kind.suffix}-meta.xml")
    return frozenset(name.casefold() for name in names)


def _explained_type(
    kind: MetadataType, managed: str, flag: str = "", note: str = "", versions: str = ""
) -> Explanation:
    return Explanation(
        f"{kind.name} (metadata type)",
        (
            ("managed", managed),
            ("file", f"{kind.directory}/NAME.{kind.suffix}"),
            ("API", versions or f"{kind.since} and later"),
            ("plugin", flag),
            ("fields", ", ".join(field.name for field in kind.fields) if not note else ""),
            ("note", note),
        ),
    )


def _explained_settings(member: str, kind: MetadataType) -> Explanation:
    facts = (
        ("in a list", f"type Settings, member {member}"),
        ("API", f"{kind.since} and later"),
        ("fields", ", ".join(field.name for field in kind.fields)),
    )
    return Explanation(f"{kind.name} (settings of an org)", facts)
