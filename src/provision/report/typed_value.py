"""A field's value as data for a program: what JSON can hold of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from typing_extensions import TypeAliasType

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.component import RawXml, Record, Unset, Value
from provision.catalogue.field import Field, Kind
from provision.redaction import HIDDEN, Redaction, visible
from provision.report.value import certificate_digest

__all__ = ["Json", "typed"]

# Not a TypeAlias: pydantic, which reads kept entries, cannot resolve one that names itself.
Json = TypeAliasType("Json", "str | int | bool | Sequence[Json] | Mapping[str, Json] | None")

_HIDDEN: Final[Mapping[str, Json]] = {"hidden": True}


def typed(field: Field, value: Value | None, redaction: Redaction) -> Json:
    """``value`` of ``field`` as metadata holds it.

    Lists are sorted, as their order means nothing. A certificate is its fingerprint, and what must
    not be shown is ``{"hidden": true}``. No value, and an unset one, are null.
    """
    match value:
        case None | Unset():
            return None
        case _ if field.secret:
            return _HIDDEN
        case RawXml():
            return redaction.exact(value.text)
        case str():
            return _text(field, value, redaction)
        case bool():
            return value
        case int():
            return _number(value, redaction)
        case tuple():
            return [_record(record, redaction) for record in value]
        case _:
            return _record(value, redaction)


def _text(field: Field, text: str, redaction: Redaction) -> Json:
    exact = redaction.exact(text)
    match field.kind:
        case Kind.CERTIFICATE:
            return {"sha256": certificate_digest(text) or None}
        case Kind.NAMES | Kind.SCOPES:
            return sorted(split_names(exact), key=str.casefold)
        case Kind.URLS:
            return sorted(split_urls(exact), key=str.casefold)
        case _:
            return _HIDDEN if exact == HIDDEN else exact


def _number(number: int, redaction: Redaction) -> Json:
    hidden = redaction.exact(str(number)) != str(number)
    return _HIDDEN if hidden else number


def _record(record: Record, redaction: Redaction) -> Json:
    return {
        visible(name): redaction.exact(value) if isinstance(value, str) else value
        for name, value in record.items()
    }
