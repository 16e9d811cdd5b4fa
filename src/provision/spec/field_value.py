"""A metadata field's value, from YAML to the form in which metadata holds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from provision.catalogue.canonical import SEPARATORS, split_names, split_urls
from provision.catalogue.certificate import certificate_der
from provision.catalogue.field import Field, Kind, unknown_field
from provision.catalogue.scope import SCOPES, scope_of
from provision.sensitive_text import is_credential, sensitive_kind
from provision.spec.base import as_flag, distinct, name_of
from provision.spec.hint import did_you_mean
from provision.spec.node import ExpandedText, MappingNode, Node, ScalarNode, SequenceNode
from provision.spec.position import Position

__all__ = [
    "FieldRefused",
    "FieldValue",
    "callback_url",
    "field_value",
    "token_of",
    "unknown_token_warning",
]

FieldScalar: TypeAlias = str | int | bool
FieldRecord: TypeAlias = Mapping[str, FieldScalar]
FieldValue: TypeAlias = FieldScalar | FieldRecord | tuple[FieldRecord, ...]
"""A value as metadata holds it: lists of names, scopes or URLs are one text, joined."""


class FieldRefused(ValueError):
    """A value that its field does not accept: a sentence, and the place if not the whole value."""

    def __init__(self, message: str, at: Position | None = None) -> None:
        super().__init__(message)
        self.at = at


_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_UNFIT: Final = re.compile(r"[\s\x00-\x1f\x7f<>\"]")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?P<rest>.+)")
_TOKEN: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_TOKEN_BY_FOLDED: Final = {scope.token.casefold(): scope.token for scope in SCOPES}
# WSDL against OBS: the same scope has another token in connected apps (facts, section 2).
_CONNECTED_APP_TOKENS: Final = {"SFAP": "SFApiPlatform"}
# OBS: bits of an sObject. No metadata sets them, and a deploy clears them.
_WITHOUT_TOKEN: Final = frozenset({"hub_api"})
_OF_NEW_ONES: Final = "; for a scope that is newer than this program, write its metadata token"


def field_value(field: Field, node: Node) -> FieldValue | None:
    """The value of ``field`` in ``node``; ``None`` for null. Raises :class:`FieldRefused`."""
    if isinstance(node, ScalarNode) and node.value is None:
        return None
    if field.kind in SEPARATORS:
        return _joined(field.kind, node)
    match field.kind, node:
        case Kind.RECORD, MappingNode():
            return _record(field, node)
        case Kind.RECORD, _:
            raise FieldRefused("it takes a mapping of fields to values")
        case Kind.RECORDS, SequenceNode():
            return tuple(_record(field, item) for item in node.items)
        case Kind.RECORDS, _:
            raise FieldRefused("it takes a list of mappings")
        case _, ScalarNode():
            return _scalar(field, node)
        case _:
            raise FieldRefused("it takes one value, not a list or a mapping")


def _joined(kind: Kind, node: Node) -> str:
    if isinstance(node, SequenceNode):
        words = [(_text(item), item.position) for item in node.items]
    elif isinstance(node, ScalarNode):
        split = split_urls if kind is Kind.URLS else split_names
        words = [(word, node.position) for word in split(_text(node))]
    else:
        raise FieldRefused(f"it takes a list, or {kind.value} as text")
    checked = []
    for word, at in words:
        try:
            checked.append(_CHECKS[kind](word))
            distinct(checked)
        except ValueError as error:
            raise FieldRefused(str(error), at) from None
    return SEPARATORS[kind].join(checked)


def _record(field: Field, node: Node) -> FieldRecord:
    if not isinstance(node, MappingNode):
        raise FieldRefused("it takes a mapping of fields to values", node.position)
    record: dict[str, FieldScalar] = {}
    for name, entry in node.entries.items():
        if not isinstance(entry.node, ScalarNode):
            raise FieldRefused(f"{name} takes one value", entry.key)
        if entry.node.value is None:
            raise FieldRefused(f"{name} cannot be null; leave it out", entry.node.position)
        # The catalogue's rules refuse an unknown name, together with all else that is wrong.
        record[name] = _scalar(field.child(name) or unknown_field(name), entry.node)
    return record


def _scalar(field: Field, node: ScalarNode) -> FieldScalar:
    match field.kind:
        case Kind.BOOLEAN:
            value = as_flag(node.value)
            if isinstance(value, bool):
                return value
            raise FieldRefused("it takes true or false", node.position)
        case Kind.INTEGER:
            return _integer(node)
        case Kind.CERTIFICATE:
            return _certificate(node)
        case _:
            return _text(node)


def _integer(node: ScalarNode) -> int:
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, ExpandedText) and _INTEGER.fullmatch(value):
        return int(value)
    raise FieldRefused("it takes a whole number", node.position)


def _certificate(node: ScalarNode) -> str:
    text = _text(node)
    try:
        certificate_der(text)
    except ValueError as error:
        raise FieldRefused(
            f"it takes a certificate as PEM or base64, and this is {error}"
        ) from None
    return text


def _text(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise FieldRefused("it takes text", node.position)
    if isinstance(node.value, str):
        return str(node.value)
    raise FieldRefused(f'it takes text; write it in quotes: "{node.raw}"', node.position)


def callback_url(text: str) -> str:
    """``text``, if it is a callback URL that an org would take.

    That is ``https://host...``, ``http://`` for this machine only, or the scheme of a mobile app.
    Raises :class:`ValueError` with the reason.
    """
    if is_credential(text):
        raise ValueError(f"it holds {sensitive_kind(text)} instead of a callback URL")
    if _UNFIT.search(text):
        raise ValueError(
            f"{text!r} is not a URL: it has spaces or characters that a URL cannot have"
        )
    if not _SCHEME.fullmatch(text):
        raise ValueError(f"{text!r} is not an absolute URL; write https://...")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        parts.port  # noqa: B018  # raises for a port that is none
    except ValueError as error:
        raise ValueError(f"{text!r} is not a URL: {error}") from None
    if parts.scheme in {"http", "https"} and not host:
        raise ValueError(f"{text!r} is not a URL: it has no host")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError(
            f"{text!r} sends authorization codes unencrypted: http is only for localhost "
            "and 127.0.0.1; write https"
        )
    return text


def token_of(word: str) -> str:
    """The metadata token of an OAuth name or a metadata token.

    An unknown token is returned as it is, because newer orgs have newer scopes. Raises
    :class:`ValueError` for an unknown OAuth name, or a token in the wrong case.
    """
    scope = scope_of(word)
    if scope:
        return scope.token
    meant = _CONNECTED_APP_TOKENS.get(word) or _TOKEN_BY_FOLDED.get(word.casefold())
    if meant:
        raise ValueError(f"{word} is not the metadata token of this scope; write {meant}")
    if word.casefold() in _WITHOUT_TOKEN:
        raise ValueError(f"metadata has no token for the scope {word}, so no spec can set it")
    if not _TOKEN.fullmatch(word):
        raise ValueError(
            f"there is no scope {word!r}{did_you_mean(word, _scope_words()) or _OF_NEW_ONES}"
        )
    return word


def unknown_token_warning(token: str) -> str | None:
    """The warning about a token that the catalogue does not know; ``None`` if it does."""
    if scope_of(token):
        return None
    nearest = did_you_mean(token, _scope_words())
    return f"{token} is a scope that this program does not know; the org decides{nearest}"


def _scope_words() -> Iterator[str]:
    for scope in SCOPES:
        yield from scope.names
        yield scope.token


_CHECKS: Final[Mapping[Kind, Callable[[str], str]]] = {
    Kind.NAMES: name_of,
    Kind.SCOPES: token_of,
    Kind.URLS: callback_url,
}
