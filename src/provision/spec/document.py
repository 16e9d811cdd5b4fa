"""From a tree to the document: the model's complaints, at their places, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from provision.errors import Problem
from provision.spec.base import SpecModel
from provision.spec.field_value import FieldValue
from provision.spec.model import (
    ClientCredentials,
    JwtBearer,
    Oauth,
    PermissionSetGrant,
    Policies,
    ProfileGrant,
    SpecDocument,
)
from provision.spec.node import MappingNode, Node, ScalarNode, holes, node_at, plain, with_hole
from provision.spec.position import KeyPath, Position, Positions, dotted
from provision.spec.refusal import REFUSAL
from provision.spec.suggestion import did_you_mean

__all__ = ["Draft", "read_document"]

_MODELS: Final[Mapping[tuple[str, ...], type[SpecModel]]] = {
    (): SpecDocument,
    ("oauth",): Oauth,
    ("oauth", "jwt_bearer"): JwtBearer,
    ("oauth", "client_credentials"): ClientCredentials,
    ("policies",): Policies,
    ("policies", "profiles"): ProfileGrant,
    ("policies", "permission_sets"): PermissionSetGrant,
}
_OTHER_KEYS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    (): ("extends",),
    ("oauth",): ("callback_url",),
}
_PLACEHOLDER: Final = "Placeholder"


@dataclass(frozen=True, slots=True)
class Draft:
    """The document as far as it can be read: what is wrong is left out of it, and a problem."""

    document: SpecDocument | None
    problems: tuple[Problem, ...]
    holes: frozenset[KeyPath]

    def is_known(self, path: KeyPath) -> bool:
        """Whether everything at ``path`` could be read."""
        return not any(hole[: len(path)] == path for hole in self.holes)


def read_document(
    root: MappingNode,
    metadata: Mapping[str, Mapping[str, FieldValue | None]],
    positions: Positions,
    directory: Path,
) -> Draft:
    """Check ``root`` against the model; its `metadata:` block is read already.

    Whatever the model refuses becomes a problem and a hole, and the rest is checked again: so that
    one wrong value hides no other, and what depends on several values can still be checked.
    """
    tree: Node = root
    problems: list[Problem] = []
    if "app" not in root.entries:
        problems.append(root.position.problem("app is missing: the app's developer name"))
    while True:
        missing = frozenset(holes(tree))
        values = plain(tree)
        data = {"app": _PLACEHOLDER, **values.value} if isinstance(values.value, dict) else {}
        if "metadata" in data:
            data["metadata"] = metadata
        try:
            document = SpecDocument.model_validate(data, context={"directory": directory})
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
        else:
            return Draft(document, tuple(problems), missing)
        for details in found:
            path = values.path_in_tree(_location(details))
            if not any(hole[: len(path)] == path for hole in missing):
                problems.append(_problem(details, path, tree, positions))
            # What lacks something is itself what cannot be read.
            tree = with_hole(tree, path[:-1] if details["type"] == "missing" else path)
        if not isinstance(tree, MappingNode) or frozenset(holes(tree)) == missing:
            return Draft(None, tuple(problems), missing)


def _location(details: ErrorDetails) -> KeyPath:
    if details["type"] == REFUSAL:
        return (*details["loc"], *details.get("ctx", {}).get("at", ()))
    return details["loc"]


def _problem(details: ErrorDetails, path: KeyPath, root: Node, positions: Positions) -> Problem:
    position, message = _complaint(details, path, root, positions)
    return position.problem(message)


def _complaint(
    details: ErrorDetails, path: KeyPath, root: Node, positions: Positions
) -> tuple[Position, str]:
    match details["type"]:
        case "extra_forbidden":
            return positions.of_key(path), _unknown(path)
        case "missing":
            return positions.of_key(path[:-1]), f"{dotted(path[:-1])}: {path[-1]} is missing"
        case error_type:
            node = node_at(root, path)
            reason = _reason(error_type, details, node)
            return positions.of(path), f"{dotted(path)}: {reason}"


def _unknown(path: KeyPath) -> str:
    parent = tuple(part for part in path[:-1] if isinstance(part, str))
    model = _MODELS.get(parent)
    known = [*(model.model_fields if model else ()), *_OTHER_KEYS.get(parent, ())]
    key = str(path[-1])
    hint = did_you_mean(key, known) or f"; there are {', '.join(known)}"
    where = f"{dotted(path[:-1])} has" if parent else "a spec has"
    return f"{where} no key {key}{hint}"


def _reason(error_type: str, details: ErrorDetails, node: Node | None) -> str:
    if error_type == REFUSAL:
        return details["msg"]
    scalar = node if isinstance(node, ScalarNode) else None
    if scalar is not None and scalar.value is None:
        return "it cannot be null"
    match error_type:
        case "string_type" | "is_instance_of" if scalar is not None:
            return f'it takes text; write it in quotes: "{scalar.raw}"'
        case "string_type" | "is_instance_of":  # the latter for paths
            return "it takes text, not a list or a mapping"
        case "bool_type":
            return "it takes true or false"
        case "literal_error":
            expected = str(details.get("ctx", {}).get("expected", ""))
            words = expected.replace(" or ", ", ").replace("'", "").split(", ")
            nearest = did_you_mean(scalar.raw, words) if scalar else ""
            return f"it takes {expected.replace(chr(39), '')}{nearest}"
        case "tuple_type" if scalar is not None:
            return f"it takes a list; write [{scalar.raw}]"
        case "tuple_type":
            return "it takes a list"
        case "model_type" | "mapping_type" | "dict_type":
            return "it takes a mapping of keys to values"
        case _:
            return details["msg"]
