"""A field's value as a person reads it. Secrets are never shown."""

from __future__ import annotations

import hashlib
from typing import Final

from provision.metadata.canonical import split_names, split_urls
from provision.metadata.certificate import certificate_der
from provision.metadata.component import RawXml, Unset, Value
from provision.metadata.field import Field, Kind

__all__ = ["shown"]

_LONGEST: Final = 120


def shown(field: Field, value: Value | None) -> str:
    """``value`` of ``field`` in one line; ``None`` and unset are said in words."""
    if field.secret and value is not None:
        return "(secret)"
    match value:
        case None:
            return "(nothing)"
        case Unset():
            return "(unset)"
        case bool():
            return "true" if value else "false"
        case RawXml():
            return _cut(value.text)
        case str():
            return _text(field, value)
        case int():
            return str(value)
        case tuple():
            return "; ".join(", ".join(f"{k}={v}" for k, v in record.items()) for record in value)
        case _:
            return ", ".join(f"{name}={inner}" for name, inner in value.items())


def _text(field: Field, text: str) -> str:
    match field.kind:
        case Kind.CERTIFICATE:
            return _certificate(text)
        case Kind.NAMES | Kind.SCOPES:
            return ", ".join(sorted(split_names(text), key=str.casefold)) or "(none)"
        case Kind.URLS:
            return ", ".join(split_urls(text)) or "(none)"
        case _:
            return _cut(" ".join(text.split()))


def _certificate(text: str) -> str:
    try:
        digest = hashlib.sha256(certificate_der(text)).hexdigest().upper()
    except ValueError:
        return "an unreadable certificate"
    start = ":".join(digest[at : at + 2] for at in range(0, 16, 2))
    return f"certificate SHA-256 {start}:..."


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
