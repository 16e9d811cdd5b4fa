"""From a tree to the document of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from provision.spec.field_value import FieldValue
from provision.spec.foreign_name import keys_for
from provision.spec.grammar import Grammar, Held
from provision.spec.model import (
    ClientCredentials,
    JwtBearer,
    Oauth,
    PermissionSetGrant,
    Policies,
    ProfileGrant,
    SpecDocument,
)
from provision.spec.node import MappingNode
from provision.spec.position import Positions

__all__ = ["Draft", "read_document"]

Draft: TypeAlias = Held[SpecDocument]

_GRAMMAR: Final = Grammar(
    "a spec",
    SpecDocument,
    parts={
        ("oauth",): Oauth,
        ("oauth", "jwt_bearer"): JwtBearer,
        ("oauth", "client_credentials"): ClientCredentials,
        ("policies",): Policies,
        ("policies", "profiles"): ProfileGrant,
        ("policies", "permission_sets"): PermissionSetGrant,
    },
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
    """Check ``root`` against the model; its `metadata:` block is read already."""

    def complete(values: dict[str, Any]) -> dict[str, Any]:
        known = {"app": _PLACEHOLDER, **values}
        return {**known, "metadata": metadata} if "metadata" in values else known

    draft = _GRAMMAR.hold(root, positions, directory, complete)
    if "app" in root.entries:
        return draft
    nameless = root.position.problem("app is missing: the app's developer name")
    return replace(draft, problems=(nameless, *draft.problems))
