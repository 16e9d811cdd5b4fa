"""Values of ours as JSON, and back: what is read is equal to what was written."""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from provision.plan.saved_document import problems_of

__all__ = ["as_json", "from_json"]

_T = TypeVar("_T")
_adapters: Final[dict[type[Any], TypeAdapter[Any]]] = {}
_guard: Final = threading.Lock()  # orgs of a fleet are worked on in threads


def as_json(value: object) -> dict[str, object]:
    """A dataclass, with everything in it, as JSON values."""
    content: dict[str, object] = _adapter(type(value)).dump_python(value, mode="json")
    return content


def from_json(kind: type[_T], content: object) -> _T:
    """The value of ``kind`` that :func:`as_json` made ``content`` of.

    Nothing is coerced, no key is ignored and none is supplied. Raises ValueError, each line of
    which says what is wrong where.
    """
    adapter = _adapter(kind)
    try:
        # Not validate_json(): it refuses lone surrogates, which names of files may have.
        value: _T = adapter.validate_python(content)
    except ValidationError as error:
        raise ValueError("\n".join(problems_of(error))) from None
    if adapter.dump_python(value, mode="json") != content:
        raise ValueError("keys were added or left out, or values are of another type")
    return value


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    with _guard:
        if kind not in _adapters:  # made when first needed: it takes a while
            _adapters[kind] = TypeAdapter(kind)
        return _adapters[kind]
