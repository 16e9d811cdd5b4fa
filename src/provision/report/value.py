"""A field's value as a person reads it: in the spec's words, in one line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Final, TypeAlias

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import RawXml, Record, Scalar, Unset, Value
from provision.catalogue.field import Field, Kind
from provision.catalogue.scope import scope_of
from provision.redaction import HIDDEN, Redaction, visible

__all__ = ["SECRET", "certificate_digest", "counted", "scope_name", "shown"]

SECRET: Final = "(secret)"  # noqa: S105  # what stands in for one

_Something: TypeAlias = Scalar | Record | tuple[Record, ...] | RawXml

_LONGEST: Final = 120
_NAMED_FIRST: Final = ("key", "startIpAddress")
_DIGEST_SHOWN: Final = 23  # eight bytes, as AB:CD:...


def shown(field: Field, value: Value | None, redaction: Redaction) -> str:
    """``value`` of ``field``. What the org chooses for no value is said to be the default."""
    if value is None or isinstance(value, Unset):
        return _nothing(field, value, redaction)
    if field.secret:
        return SECRET
    return _said(field, value, redaction)


def scope_name(token: str) -> str:
    """OAuth's name of a scope; the metadata token itself where it has none."""
    scope = scope_of(token)
    return scope.names[0] if scope else token


def counted(number: int, unit: str) -> str:
    """A number of units: ``1 day``, ``90 days``. ``unit`` is in the plural."""
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}"


def certificate_digest(text: str) -> str:
    """The SHA-256 fingerprint of a certificate, as AB:CD:..., empty if it is none."""
    try:
        digest = hashlib.sha256(certificate_der(text)).hexdigest().upper()
    except ValueError:
        return ""
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _nothing(field: Field, value: Unset | None, redaction: Redaction) -> str:
    if isinstance(value, Unset):
        return "(unset)"
    default = False if field.kind is Kind.BOOLEAN and field.default is None else field.default
    if default is None:
        return "(nothing)"
    return f"{_said(field, default, redaction)} (default)"


def _said(field: Field, value: _Something, redaction: Redaction) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case RawXml():
            return _cut(redaction.line(value.text))
        case str():
            return _text(field, value, redaction)
        case int():
            return redaction.line(counted(value, field.unit) if field.unit else str(value))
        case tuple():
            return "; ".join(_record(record, redaction) for record in value) or "(none)"
        case _:
            return _record(value, redaction)


def _record(record: Record, redaction: Redaction) -> str:
    """The fields in one order, whoever wrote them: an org answers in another than a spec has."""
    names = sorted(record, key=lambda name: (name not in _NAMED_FIRST, name))
    pairs = ", ".join(f"{name}={_plain(record[name])}" for name in names)
    return redaction.line(pairs) or "(none)"


def _plain(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(field: Field, text: str, redaction: Redaction) -> str:
    match field.kind:
        case Kind.CERTIFICATE:
            digest = certificate_digest(text)
            start = digest[:_DIGEST_SHOWN]
            return f"certificate SHA-256 {start}:..." if digest else "an unreadable certificate"
        case Kind.SCOPES:
            return _listed(map(scope_name, split_names(redaction.exact(text))))
        case Kind.NAMES:
            return _listed(split_names(redaction.exact(text)))
        case Kind.URLS:
            return _listed(split_urls(redaction.exact(text)))
        case _:
            return _cut(_quoted(redaction.line(field.in_words(text))))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(visible(name) for name in sorted(names, key=str.casefold)) or "(none)"


def _quoted(text: str) -> str:
    """In quotes where it could be taken for something else: nothing, a default, an arrow."""
    odd = not text or text != text.strip() or text.startswith("(") or "->" in text
    return json.dumps(text, ensure_ascii=False) if odd and text != HIDDEN else text


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
