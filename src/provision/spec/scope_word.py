"""Scopes as specs write them, to the tokens that metadata holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from provision.catalogue.scope import SCOPES, scope_of
from provision.spec.suggestion import did_you_mean

__all__ = ["token_of", "unknown_token_warning"]

_TOKEN: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_TOKEN_BY_FOLDED: Final = {scope.token.casefold(): scope.token for scope in SCOPES}
# WSDL against OBS: the same scope has another token in connected apps (facts, section 2).
_CONNECTED_APP_TOKENS: Final = {"SFAP": "SFApiPlatform"}
# OBS: bits of an sObject. No metadata sets them, and a deploy clears them.
_WITHOUT_TOKEN: Final = frozenset({"hub_api"})
_OF_NEW_ONES: Final = "; a scope newer than this program is written as its metadata token"


def token_of(word: str) -> str:
    """The metadata token of an OAuth name or a metadata token.

    A token that the catalogue does not know passes as it is: newer orgs have newer scopes. Raises
    :class:`ValueError` for what is no scope: an unknown OAuth name, or a token in the wrong case.
    """
    scope = scope_of(word)
    if scope:
        return scope.token
    meant = _CONNECTED_APP_TOKENS.get(word) or _TOKEN_BY_FOLDED.get(word.casefold())
    if meant:
        raise ValueError(f"{word} is not how metadata spells this scope; write {meant}")
    if word.casefold() in _WITHOUT_TOKEN:
        raise ValueError(f"metadata has no token for the scope {word}, so no spec can set it")
    if not _TOKEN.fullmatch(word):
        raise ValueError(
            f"there is no scope {word!r}{did_you_mean(word, _words()) or _OF_NEW_ONES}"
        )
    return word


def unknown_token_warning(token: str) -> str | None:
    """What to say of a token that the catalogue does not know; ``None`` if it does."""
    if scope_of(token):
        return None
    nearest = did_you_mean(token, _words())
    return f"{token} is a scope that this program does not know; the org decides{nearest}"


def _words() -> Iterator[str]:
    for scope in SCOPES:
        yield from scope.names
        yield scope.token
