"""Grammar: the keys that a file may have, and messages about those that it gets wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from provision.findings import Finding
from provision.spec.base import REFUSAL, SpecModel
from provision.spec.hint import did_you_mean
from provision.spec.node import MappingNode, Node, ScalarNode, holes, node_at, plain, with_holes
from provision.spec.position import KeyPath, Position, Positions, dotted

__all__ = ["Grammar", "Parsed"]

_ANY: Final = "*"
"""In the path of a part: any key, such as the name of an org in a fleet."""

_KEY: Final = "[key]"
"""What pydantic adds to the path of a key that is itself wrong."""

Model = TypeVar("Model", bound=SpecModel)


def _nothing(key: str) -> str:
    del key
    return ""


_Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Model]):
    """A document without the values that are wrong, and a problem for each of those."""

    document: Model | None
    problems: tuple[Finding, ...]
    holes: frozenset[KeyPath]

    def is_known(self, path: KeyPath) -> bool:
        """Whether everything at ``path`` could be read."""
        return not any(hole[: len(path)] == path for hole in self.holes)


@dataclass(frozen=True, slots=True)
class Grammar(Generic[Model]):
    """The model of a kind of file, which messages call ``what`` ("a spec").

    ``more`` are the keys that a path takes besides those of its model. ``elsewhere`` is the hint
    for an unknown key that has a meaning in another place. Both are only for messages.
    """

    what: str
    model: type[Model]
    more: Mapping[_Keys, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Callable[[str], str] = _nothing

    def parse(
        self,
        root: MappingNode,
        positions: Positions,
        directory: Path,
        complete: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> Parsed[Model]:
        """Check ``root`` against the model. ``complete`` adds values that other code has read.

        A value that the model refuses becomes a problem and a hole, and the rest is checked again.
        So one wrong value does not hide another one, and a check of several values still happens.
        """
        tree: Node = root
        problems: list[Finding] = []
        while True:
            missing = frozenset(holes(tree))
            values = plain(tree)
            data = complete(values.value if isinstance(values.value, dict) else {})
            try:
                document = self.model.model_validate(data, context={"directory": directory})
            except ValidationError as error:
                found = error.errors(include_url=False, include_input=False)
            else:
                return Parsed(document, tuple(problems), missing)
            known = _above(missing)
            refused: list[KeyPath] = []
            for details in found:
                path = values.path_in_tree(_location(details))
                if path not in known:
                    position, message = self._complaint(details, path, tree, positions)
                    problems.append(position.problem(message))
                # If a key is missing, the mapping that lacks it cannot be read.
                refused.append(path[:-1] if details["type"] == "missing" else path)
            tree = with_holes(tree, refused)
            if not isinstance(tree, MappingNode) or frozenset(holes(tree)) == missing:
                return Parsed(None, tuple(problems), missing)

    def _complaint(
        self, details: ErrorDetails, path: KeyPath, root: Node, positions: Positions
    ) -> tuple[Position, str]:
        match details["type"]:
            case "extra_forbidden":
                return positions.of_key(path), self._unknown(path)
            case "missing":
                return positions.of_key(path[:-1]), f"{dotted(path[:-1])}: {path[-1]} is missing"
            case error_type:
                node = node_at(root, path)
                reason = _reason(error_type, details, node)
                return positions.of(path), f"{dotted(path)}: {reason}"

    def _unknown(self, path: KeyPath) -> str:
        parent = tuple(part for part in path[:-1] if isinstance(part, str))
        model = _at(dict(_models_below(self.model)), parent) if parent else self.model
        known = [*(model.model_fields if model else ()), *(_at(self.more, parent) or ())]
        key = str(path[-1])
        listed = f"; the keys are {', '.join(known)}"
        hint = self.elsewhere(key) or did_you_mean(key, known) or listed
        where = f"{dotted(path[:-1])} has" if parent else f"{self.what} has"
        return f"{where} no key {key}{hint}"


def _models_below(
    model: type[SpecModel], path: _Keys = ()
) -> Iterator[tuple[_Keys, type[SpecModel]]]:
    """The models of the parts of a file, by path (without the indexes of lists)."""
    for name, info in model.model_fields.items():
        for inner, keys in _models_in(info.annotation):
            here = (*path, name, *keys)
            yield here, inner
            yield from _models_below(inner, here)


def _models_in(annotation: object) -> Iterator[tuple[type[SpecModel], _Keys]]:
    """The models in an annotation; those of a mapping's values stand below any key of it."""
    if isinstance(annotation, type) and issubclass(annotation, SpecModel):
        yield annotation, ()
    is_mapping = get_origin(annotation) in {Mapping, dict}
    for part in get_args(annotation):
        for model, keys in _models_in(part):
            yield model, ((_ANY, *keys) if is_mapping else keys)


def _above(holes: Iterable[KeyPath]) -> frozenset[KeyPath]:
    """The paths of all that has one of ``holes`` in it, or is one."""
    return frozenset(hole[:end] for hole in holes for end in range(len(hole) + 1))


Part = TypeVar("Part")


def _at(parts: Mapping[_Keys, Part], path: _Keys) -> Part | None:
    """What ``parts`` has at ``path``; any key of the file matches :data:`_ANY`."""
    fitting = (
        part
        for pattern, part in parts.items()
        if len(pattern) == len(path)
        and all(one in {_ANY, other} for one, other in zip(pattern, path, strict=True))
    )
    return next(fitting, None)


def _location(details: ErrorDetails) -> KeyPath:
    where = tuple(part for part in details["loc"] if part != _KEY)
    if details["type"] == REFUSAL:
        return (*where, *details.get("ctx", {}).get("at", ()))
    return where


_PLAIN_REASONS: Final[Mapping[str, str]] = {
    "bool_type": "it takes true or false",
    "int_type": "it takes a whole number",
    "greater_than_equal": "it takes {ge} or more",
    "less_than_equal": "it takes {le} or less",
    "model_type": "it takes a mapping of keys to values",
    "mapping_type": "it takes a mapping of keys to values",
    "dict_type": "it takes a mapping of keys to values",
}


def _reason(error_type: str, details: ErrorDetails, node: Node | None) -> str:
    if error_type == REFUSAL:
        return details["msg"]
    scalar = node if isinstance(node, ScalarNode) else None
    if scalar is not None and scalar.value is None:
        return "it cannot be null"
    context = details.get("ctx", {})
    match error_type:
        case "string_type" | "is_instance_of" if scalar is not None:
            return f'it takes text; write it in quotes: "{scalar.raw}"'
        case "string_type" | "is_instance_of":  # the latter for paths
            return "it takes text, not a list or a mapping"
        case "literal_error":
            expected = str(context.get("expected", ""))
            words = expected.replace(" or ", ", ").replace("'", "").split(", ")
            nearest = did_you_mean(scalar.raw, words) if scalar else ""
            return f"it takes {expected.replace(chr(39), '')}{nearest}"
        case "tuple_type":
            return f"it takes a list; write [{scalar.raw}]" if scalar else "it takes a list"
        case _:
            reason = _PLAIN_REASONS.get(error_type)
            return reason.format_map(context) if reason else details["msg"]
