"""A field's value as a person reads it: in the spec's words, in one line.

Values are those of a redacted plan: see ``redacted_plan.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from provision.catalogue.canonical import split_names, split_urls
from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.certificate import certificate_der
from provision.catalogue.component import RawXml, Record, Scalar, Unset, Value
from provision.catalogue.field import Field, Kind
from provision.catalogue.scope import scope_of
from provision.redaction import HIDDEN, visible

__all__ = [
    "POLICY",
    "REFRESH_TOKEN",
    "SECRET",
    "certificate_digest",
    "refresh_token_policy",
    "scalar_words",
    "scope_name",
    "shown",
]

SECRET: Final = "(secret)"  # noqa: S105  # a placeholder, no secret

POLICY: Final = "refreshTokenPolicyType"
_PERIOD: Final = "refreshTokenValidityPeriod"
_UNIT: Final = "refreshTokenValidityUnit"

REFRESH_TOKEN: Final = frozenset({POLICY, _PERIOD, _UNIT})
"""The names of the three fields of the OAuth policies that are one key in a spec."""

_POLICY_FIELDS: Final = {
    field.name: field for field in OAUTH_POLICIES.fields if field.name in REFRESH_TOKEN
}
_LONGEST: Final = 120
_NAMED_FIRST: Final = ("key", "startIpAddress")
_SHA256: Final = "SHA-256 "
_DIGEST_SHOWN: Final = 23  # eight bytes, as AB:CD:...


def shown(field: Field, value: Value | None) -> str:
    """``value`` of ``field``. No value is shown as the default that the org has then."""
    if isinstance(value, Unset):
        return "(unset)"
    if value is None:
        return _default(field)
    return SECRET if field.secret else _words(field, value)


def scalar_words(field: Field, value: str | int) -> str:
    """A text or a number in the spec's words: ``admin_approved``, ``15 minutes``."""
    if isinstance(value, str):
        return field.in_words(value)
    return _counted(value, field.unit) if field.unit else str(value)


def refresh_token_policy(fields: Mapping[str, Value | None]) -> str:
    """The refresh-token policy in the spec's words: ``lifetime 90 days``.

    A field that is not in ``fields`` has the org's default.
    """
    if isinstance(fields.get(POLICY), Unset):
        return "(unset)"
    kind, period, unit = (str(_set(fields, name)) for name in (POLICY, _PERIOD, _UNIT))
    words = _POLICY_FIELDS[POLICY].in_words(kind)
    if HIDDEN in (kind, period, unit):
        return HIDDEN
    if not _POLICY_FIELDS[_PERIOD].applies({POLICY: kind}):
        return visible(words)
    return visible(f"{words} {_counted(period, unit.lower())}")


def scope_name(token: str) -> str:
    """OAuth's name of a scope; the metadata token itself where it has none."""
    scope = scope_of(token)
    return scope.names[0] if scope else token


def certificate_digest(text: str) -> str:
    """What a report has in place of a certificate: its fingerprint, as ``SHA-256 AB:CD:...``.

    Empty if ``text`` is no certificate.
    """
    try:
        digest = hashlib.sha256(certificate_der(text)).hexdigest().upper()
    except ValueError:
        return ""
    return _SHA256 + ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _counted(number: int | str, unit: str) -> str:
    """A number of units: ``1 day``, ``90 days``. ``unit`` is in the plural."""
    return f"{number} {unit.removesuffix('s') if str(number) == '1' else unit}"


def _set(fields: Mapping[str, Value | None], name: str) -> Value | None:
    value = fields.get(name)
    return _POLICY_FIELDS[name].default if value is None or isinstance(value, Unset) else value


def _default(field: Field) -> str:
    default = False if field.kind is Kind.BOOLEAN and field.default is None else field.default
    return "(nothing)" if default is None else f"{_words(field, default)} (default)"


def _words(field: Field, value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case RawXml():
            return _cut(visible(value.text))
        case str():
            return _text(field, value)
        case int():
            return scalar_words(field, value)
        case tuple():
            return "; ".join(map(_record, value)) or "(none)"
        case Mapping():
            return _record(value)
        case _:
            return "(unset)"


def _record(record: Record) -> str:
    """A record with its fields in one order: orgs and specs have different orders."""
    names = sorted(record, key=lambda name: (name not in _NAMED_FIRST, name))
    pairs = ", ".join(f"{name}={_plain(record[name])}" for name in names)
    return visible(pairs) or "(none)"


def _plain(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(field: Field, text: str) -> str:
    match field.kind:
        case Kind.CERTIFICATE:
            digest = text.removeprefix(_SHA256)
            start = digest[:_DIGEST_SHOWN]
            return f"certificate SHA-256 {start}:..." if digest else "an unreadable certificate"
        case Kind.SCOPES:
            return _listed(map(scope_name, split_names(text)))
        case Kind.NAMES:
            return _listed(split_names(text))
        case Kind.URLS:
            return _listed(split_urls(text))
        case _:
            return _cut(_quoted(visible(field.in_words(text))))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(visible(name) for name in sorted(names, key=str.casefold)) or "(none)"


def _quoted(text: str) -> str:
    """``text``, in quotes if it could be mistaken for no value, a default or an arrow."""
    is_odd = not text or text != text.strip() or text.startswith("(") or "->" in text
    return json.dumps(text, ensure_ascii=False) if is_odd and text != HIDDEN else text


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
