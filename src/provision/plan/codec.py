"""Codec: values of this program as JSON, and back. What is read equals what was written.

Saved plans, last-applied records, rows of fleet runs and JSON reports are all written by it. A type
that JSON has no form for says its own (:class:`~provision.catalogue.json_form.JsonForm`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from provision.errors import CannotError

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

__all__ = ["as_json", "from_json", "json_schema", "object_of", "problems_of"]

_T = TypeVar("_T")
_adapters: Final[dict[type[Any], TypeAdapter[Any]]] = {}
_making: Final = threading.Lock()  # orgs of a fleet are worked on in threads

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def as_json(value: object) -> dict[str, Any]:
    """A dataclass, with everything in it, as JSON values. Every field is there, in its order."""
    content: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    return content


def from_json(kind: type[_T], content: object) -> _T:
    """The value of ``kind`` that :func:`as_json` made ``content`` of.

    Nothing is coerced, no key is ignored and none is supplied. Raises ValueError, each line of
    which says what is wrong where.
    """
    from pydantic import ValidationError

    adapter = _adapter(kind)
    try:
        # Not validate_json(): it refuses lone surrogates, which names of files may have.
        value: _T = adapter.validate_python(content)
    except ValidationError as error:
        raise ValueError("\n".join(problems_of(error))) from None
    differences = list(_differences(content, adapter.dump_python(value, mode="json"), ()))
    if differences:
        raise ValueError("\n".join(differences))
    return value


def json_schema(kind: type[Any]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what :func:`as_json` makes of values of ``kind``."""
    schema = _adapter(kind).json_schema(mode="serialization")
    return {"$schema": _DIALECT, **_published(schema)}


def object_of(text: str, refusal: str, next_step: str) -> dict[str, Any]:
    """The JSON object in ``text``. No key may be in it twice. Raises :class:`CannotError`."""
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise CannotError(f"{refusal}: {error}", next_step=next_step) from None
    if not isinstance(content, dict):
        raise CannotError(f"{refusal}: it is not a JSON object", next_step=next_step)
    return content


def problems_of(error: ValidationError) -> list[str]:
    """What is wrong with a document, and where in it. Values are not repeated."""
    return [
        f"{_path(found['loc'])}: {found['msg'].removeprefix('Value error, ')}"
        for found in error.errors(include_input=False, include_url=False)
    ]


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    with _making:
        if kind not in _adapters:  # making one takes a while
            _adapters[kind] = TypeAdapter(kind)
        return _adapters[kind]


def _differences(read: object, written: object, path: tuple[str | int, ...]) -> Iterator[str]:
    """In what the document that was ``read`` is not as its value is ``written``.

    pydantic ignores keys, supplies defaults and converts: none of it may happen unnoticed.
    """
    match read, written:
        case dict(), dict():
            for key in read.keys() - written.keys():
                yield f"{_path((*path, key))}: there is no such key"
            for key in written:
                if key in read:
                    yield from _differences(read[key], written[key], (*path, key))
                else:
                    yield f"{_path((*path, key))}: it is missing"
        case list(), list() if len(read) == len(written):
            for index, (one, other) in enumerate(zip(read, written, strict=True)):
                yield from _differences(one, other, (*path, index))
        case _ if type(read) is not type(written) or read != written:
            yield f"{_path(path)}: the value is of another type or in another form"
        case _:
            pass


def _path(parts: Sequence[str | int]) -> str:
    return ".".join(map(str, parts)) or "the document"


def _published(schema: Any) -> Any:  # noqa: ANN401  # any part of a JSON Schema
    """``schema`` without docstrings. Objects have all of their keys, and no others."""
    match schema:
        case {"type": "object", "properties": _} | {"type": _, "enum": _}:
            parts = {
                name: _published(part)
                for name, part in schema.items()
                if name not in {"title", "description"}
            }
            if "properties" not in parts:
                return parts
            keys = list(parts["properties"])
            return {**parts, "required": keys, "additionalProperties": False}
        case dict():
            is_titled = isinstance(schema.get("title"), str)
            parts = {
                name: part for name, part in schema.items() if name != "title" or not is_titled
            }
            return {name: _published(part) for name, part in parts.items()}
        case list():
            return [_published(part) for part in schema]
        case _:
            return schema


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r} is there twice")
        result[key] = value
    return result
