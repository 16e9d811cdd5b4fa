"""Metadata types: those of an app, managed or not, and the org's settings about apps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from provision.catalogue.catalogue import CORE_TYPES
from provision.catalogue.dependent_types import DEPENDENT_TYPES
from provision.catalogue.field import Field, MetadataType
from provision.catalogue.org_settings import SETTINGS_TYPES
from provision.doctor.meaning.meaning import Meaning

__all__ = ["setting_meaning", "type_meaning"]

_SETTINGS: Final = "Settings:"


def type_meaning(word: str) -> Meaning | None:
    """What a metadata type is, by its name, its folder or its suffix; ``None`` for what is none.

    The org's settings go by the name of their type, or by that of a manifest
    (``Settings:ConnectedApp``).
    """
    folded = word.casefold()
    for kind in CORE_TYPES:
        if folded in _names(kind):
            return _meaning(kind, "yes: spec keys and `metadata`")
    for dependent in DEPENDENT_TYPES:
        kind = dependent.metadata_type
        if folded in _names(kind):
            managed = "no: kept in snapshots, named in plans, brought back by rollback"
            versions = f"{dependent.since} and later"
            if dependent.seen_since:
                versions += f"; seen in files of {dependent.seen_since}, where the org decides"
            return _meaning(kind, managed, dependent.plugin_flag, dependent.note, versions)
    for member, kind in SETTINGS_TYPES.items():
        if folded in {kind.name.casefold(), f"{_SETTINGS}{member}".casefold()}:
            return _settings_meaning(member, kind)
    return None


def setting_meaning(word: str) -> Meaning | None:
    """What a setting of the org is, by the name of its field; ``None`` for what is none."""
    for member, kind, field in _settings():
        if field.name.casefold() == word.casefold():
            facts = (
                ("what", field.note or "A setting that provision reads and has no use for yet."),
                ("where", f"{_SETTINGS}{member} ({kind.name})"),
                ("API", f"{field.since} and later"),
            )
            return Meaning(f"{field.name} (setting of an org)", facts)
    return None


def _settings() -> Iterator[tuple[str, MetadataType, Field]]:
    for member, kind in SETTINGS_TYPES.items():
        for field in kind.fields:
            yield member, kind, field


def _names(kind: MetadataType) -> frozenset[str]:
    names = (kind.name, kind.directory, kind.suffix, f".{kind.suffix}", f"{kind.suffix}-meta.xml")
    return frozenset(name.casefold() for name in names)


def _meaning(
    kind: MetadataType, managed: str, flag: str = "", note: str = "", versions: str = ""
) -> Meaning:
    return Meaning(
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


def _settings_meaning(member: str, kind: MetadataType) -> Meaning:
    facts = (
        ("in a list", f"type Settings, member {member}"),
        ("API", f"{kind.since} and later"),
        ("fields", ", ".join(field.name for field in kind.fields)),
    )
    return Meaning(f"{kind.name} (settings of an org)", facts)
