"""A parsed SOQL query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from provision.localorg.store.rows import Json

__all__ = [
    "And",
    "Comparison",
    "Condition",
    "In",
    "Not",
    "Or",
    "OrderBy",
    "Path",
    "Query",
    "QueryError",
]

Path: TypeAlias = tuple[str, ...]
"""A field, after the relationships that lead to it: ``("Parent", "Profile", "Name")``."""


class QueryError(ValueError):
    """A query that the org refuses. ``code`` is MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE."""

    def __init__(
        self, code: Literal["MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE"], message: str
    ) -> None:
        super().__init__(message)
        self.code: Literal["MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE"] = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Comparison:
    """``field operator value``."""

    path: Path
    operator: str
    value: Json


@dataclass(frozen=True, slots=True)
class In:
    """``field [NOT] IN (values)`` or ``field [NOT] IN (SELECT ...)``."""

    path: Path
    values: tuple[Json, ...] | Query
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """``NOT condition``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    """All of the conditions."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the conditions."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Comparison | In | Not | And | Or


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One ordering. Empty values come first unless ``nulls_last`` is set, as in SOQL."""

    path: Path
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT. ``counts`` is true for ``SELECT COUNT()``."""

    fields: tuple[Path, ...]
    source: str
    counts: bool = False
    where: Condition | None = None
    order: tuple[OrderBy, ...] = ()
    limit: int | None = None
    offset: int = 0
