"""From the tree of a spec to its document, and what in the document does not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from provision.catalogue.catalogue import GLOBAL_OAUTH_SETTINGS
from provision.findings import Finding
from provision.spec.field_value import FieldValue, unknown_token_warning
from provision.spec.grammar import Grammar, Parsed
from provision.spec.hint import keys_for
from provision.spec.model import (
    Oauth,
    SpecDocument,
)
from provision.spec.node import MappingNode
from provision.spec.position import KeyPath, Positions, dotted

__all__ = ["Draft", "contradictions", "read_document"]

Draft: TypeAlias = Parsed[SpecDocument]

_GRAMMAR: Final = Grammar(
    "a spec",
    SpecDocument,
    more={(): ("extends",), ("oauth",): ("callback_url",)},
    elsewhere=keys_for,
)
_PLACEHOLDER: Final = "Placeholder"


def read_document(
    root: MappingNode,
    metadata: Mapping[str, Mapping[str, FieldValue | None]],
    positions: Positions,
    directory: Path,
) -> Draft:
    """Check ``root`` against the model. ``metadata`` is its `metadata:` block, already read."""

    def complete(values: dict[str, Any]) -> dict[str, Any]:
        known = {"app": _PLACEHOLDER, **values}
        return {**known, "metadata": metadata} if "metadata" in values else known

    draft = _GRAMMAR.parse(root, positions, directory, complete)
    if "app" in root.entries:
        return draft
    nameless = root.position.problem("app is missing: the app's developer name")
    return replace(draft, problems=(nameless, *draft.problems))


_KEY_CHOICE: KeyPath = ("oauth", "consumer_key")
_WRITTEN_KEY: KeyPath = ("metadata", GLOBAL_OAUTH_SETTINGS.name, "consumerKey")
_SCOPES: KeyPath = ("oauth", "scopes")


def contradictions(draft: Draft, positions: Positions) -> Iterator[Finding]:
    """Keys that contradict each other, and unknown scopes. Unknown values are not checked."""
    document = draft.document
    if document is None:
        return
    yield from _two_keys(positions)
    yield from _unknown_scopes(document.oauth, draft, positions)


def _two_keys(positions: Positions) -> Iterator[Finding]:
    if _KEY_CHOICE in positions and _WRITTEN_KEY in positions:
        yield positions.of_key(_WRITTEN_KEY).problem(
            f"{dotted(_WRITTEN_KEY)}: {dotted(_KEY_CHOICE)} at "
            f"{positions.of_key(_KEY_CHOICE)} has provision choose another key; remove one of them"
        )


def _unknown_scopes(oauth: Oauth | None, draft: Draft, positions: Positions) -> Iterator[Finding]:
    if oauth is None or not oauth.scopes or not draft.is_known(_SCOPES):
        return
    for index, token in enumerate(oauth.scopes):
        warning = unknown_token_warning(token)
        if warning:
            yield positions.of((*_SCOPES, index)).warning(f"oauth.scopes: {warning}")
