"""Metadata fields: what the field catalogue knows of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from provision.catalogue.catalogue import CORE_TYPES, path_of
from provision.catalogue.field import Choice, Field, MetadataType
from provision.catalogue.judge import Harmless
from provision.doctor.meaning.key import spec_keys
from provision.doctor.meaning.meaning import Meaning

__all__ = ["KnownField", "field_meaning", "known_fields"]


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


def field_meaning(known: KnownField) -> Meaning:
    """What the catalogue says of a field, and the spec's key for it."""
    field = known.field
    key = spec_keys().get(field.key.name) if field.key else None
    return Meaning(
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
