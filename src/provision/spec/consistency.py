"""Keys of a spec that cannot stand beside each other, and scopes that are not known.

What does not go together in the app that it describes is in :mod:`provision.spec.combination`.
"""

from __future__ import annotations

from collections.abc import Iterator

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.findings import Finding
from provision.spec.document import Draft
from provision.spec.field_value import unknown_token_warning
from provision.spec.model import Oauth
from provision.spec.position import KeyPath, Positions, dotted

__all__ = ["consistency"]

_KEY_CHOICE: KeyPath = ("oauth", "consumer_key")
_WRITTEN_KEY: KeyPath = ("metadata", GLOBAL_OAUTH_SETTINGS.name, "consumerKey")
_SCOPES: KeyPath = ("oauth", "scopes")


def consistency(draft: Draft, positions: Positions) -> Iterator[Finding]:
    """Problems and warnings: what does not go together. What is not known is not judged."""
    document = draft.document
    if document is None:
        return
    yield from _two_keys(positions)
    yield from _unknown_scopes(document.oauth, draft, positions)


def _two_keys(positions: Positions) -> Iterator[Finding]:
    if _KEY_CHOICE in positions and _WRITTEN_KEY in positions:
        yield positions.of_key(_WRITTEN_KEY).problem(
            f"{dotted(_WRITTEN_KEY)}: {dotted(_KEY_CHOICE)} at "
            f"{positions.of_key(_KEY_CHOICE)} has another key chosen; leave one out"
        )


def _unknown_scopes(oauth: Oauth | None, draft: Draft, positions: Positions) -> Iterator[Finding]:
    if oauth is None or not oauth.scopes or not draft.is_known(_SCOPES):
        return
    for index, token in enumerate(oauth.scopes):
        warning = unknown_token_warning(token)
        if warning:
            yield positions.of((*_SCOPES, index)).warning(f"oauth.scopes: {warning}")
