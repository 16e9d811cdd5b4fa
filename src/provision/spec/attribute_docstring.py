"""Attribute docstrings: the texts below the attributes of a class, which describe them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from itertools import pairwise
from textwrap import dedent

__all__ = ["attribute_docstrings"]


def attribute_docstrings(kind: type) -> Mapping[str, str]:
    """The docstrings of the attributes of ``kind`` and of its base classes, by name."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("provision."):  # others describe nothing that is ours
            found.update(_own_docstrings(base))
    return found


def _own_docstrings(kind: type) -> Iterator[tuple[str, str]]:
    definition = ast.parse(dedent(inspect.getsource(kind))).body[0]
    if not isinstance(definition, ast.ClassDef):
        return
    for statement, following in pairwise(definition.body):
        match statement, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
            case _:
                pass
