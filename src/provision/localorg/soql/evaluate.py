"""Running a query on records."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from provision.localorg.domain.sobject import Column, SObject
from provision.localorg.domain.sobjects import sobject_named
from provision.localorg.soql.query import (
    And,
    Comparison,
    Condition,
    In,
    Not,
    Or,
    OrderBy,
    Path,
    Query,
    QueryError,
)
from provision.localorg.store.ids import long_id
from provision.localorg.store.rows import Json, Row

__all__ = ["Found", "Link", "Resolved", "Source", "evaluate", "resolved"]


class Source:
    """Where a query finds records: all of an sObject, or one by id."""

    def __init__(
        self,
        all_rows: Callable[[SObject], list[Row]],
        one_row: Callable[[SObject, str], Row | None],
        knows: Callable[[str], bool],
        others: Mapping[str, SObject] | None = None,
    ) -> None:
        """``others`` are further sObjects of this source, by name in lower case."""
        self.all_rows = all_rows
        self.one_row = one_row
        self._knows = knows
        self._others = others or {}

    def sobject(self, name: str) -> SObject:
        """The sObject of a name. Raises :class:`QueryError` (INVALID_TYPE)."""
        sobject = self._others.get(name.lower()) or sobject_named(name)
        if sobject is None or not self._knows(sobject.name):
            raise QueryError(
                "INVALID_TYPE",
                f"sObject type '{name}' is not supported. If you are attempting to use a custom"
                " object, be sure to append the '__c' after the entity name. Please reference your"
                " WSDL or the describe call for the appropriate names.",
            )
        return sobject


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a query: the number of records, and the records themselves."""

    sobject: SObject
    total: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a path: the id column, the relationship's name, and where it leads."""

    column: str
    relationship: str
    leads_to: SObject


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a path stands for: the links that it follows, and the column at its end."""

    links: tuple[Link, ...]
    sobject: SObject
    column: Column


def resolved(source: Source, sobject: SObject, path: Path) -> Resolved:
    """What a path stands for. Raises :class:`QueryError` (INVALID_FIELD)."""
    names = path[1:] if len(path) > 1 and path[0].lower() == sobject.name.lower() else path
    links: list[Link] = []
    here = sobject
    for name in names[:-1]:
        column = here.relationship(name)
        if column is None:
            raise QueryError(
                "INVALID_FIELD",
                f"Didn't understand relationship '{name}' in field path. If you are attempting to"
                " use a custom relationship, be sure to append the '__r' after the custom"
                " relationship name.",
            )
        here = source.sobject(column.references)
        links.append(Link(column.name, column.relationship, here))
    last = here.column(names[-1])
    if last is None:
        raise QueryError("INVALID_FIELD", f"No such column '{names[-1]}' on entity '{here.name}'.")
    return Resolved(tuple(links), here, last)


def _read(source: Source, row: Row, path: Resolved) -> Json:
    here: Row | None = row
    for link in path.links:
        target = here.get(link.column) if here else None
        here = source.one_row(link.leads_to, str(target)) if target else None
    return here.get(path.column.name) if here else None


def evaluate(source: Source, query: Query) -> Found:
    """Run a query. Raises :class:`QueryError`."""
    sobject = source.sobject(query.source)
    for path in query.fields:
        resolved(source, sobject, path)
    test = _test(source, sobject, query.where)
    rows = [row for row in source.all_rows(sobject) if test(row)]
    for order in reversed(query.order):
        rows.sort(key=_sort_key(source, sobject, order), reverse=order.descending)
    end = None if query.limit is None else query.offset + query.limit
    rows = rows[query.offset : end]
    return Found(sobject, len(rows), [] if query.counts else rows)


def _sort_key(
    source: Source, sobject: SObject, order: OrderBy
) -> Callable[[Row], tuple[bool, bool, str | float]]:
    path = resolved(source, sobject, order.path)
    empty_sorts_high = order.nulls_last is not order.descending

    def key(row: Row) -> tuple[bool, bool, str | float]:
        value = _read(source, row, path)
        number = isinstance(value, (int, float))
        plain = float(value) if isinstance(value, (int, float)) else str(value or "").casefold()
        return ((value is None) is empty_sorts_high, number, plain)

    return key


Test: TypeAlias = Callable[[Row], bool]


def _test(source: Source, sobject: SObject, condition: Condition | None) -> Test:
    match condition:
        case None:
            return lambda _row: True
        case And():
            parts = [_test(source, sobject, part) for part in condition.conditions]
            return lambda row: all(part(row) for part in parts)
        case Or():
            parts = [_test(source, sobject, part) for part in condition.conditions]
            return lambda row: any(part(row) for part in parts)
        case Not():
            inner = _test(source, sobject, condition.condition)
            return lambda row: not inner(row)
        case In():
            return _in_test(source, sobject, condition)
        case Comparison():
            return _comparison_test(source, sobject, condition)


def _in_test(source: Source, sobject: SObject, condition: In) -> Test:
    path = resolved(source, sobject, condition.path)
    fold = _folder(path.column)
    if isinstance(condition.values, Query):
        inner = condition.values
        if len(inner.fields) != 1:
            raise QueryError("MALFORMED_QUERY", "a semi join selects exactly one field")
        found = evaluate(source, inner)
        inner_path = resolved(source, found.sobject, inner.fields[0])
        wanted = {fold(_read(source, row, inner_path)) for row in found.rows}
    else:
        wanted = {fold(value) for value in condition.values}
    return lambda row: (fold(_read(source, row, path)) in wanted) is not condition.negated


def _folder(column: Column) -> Callable[[Json], Json]:
    """Normalises a column's values for comparison: ids to 18 characters, text to lower case."""
    if column.type in {"id", "reference"}:
        return lambda value: long_id(value) if isinstance(value, str) else value
    return lambda value: value.casefold() if isinstance(value, str) else value


_ORDERINGS: Final[Mapping[str, Callable[[str | float, str | float], bool]]] = {
    "<": lambda left, right: left < right,  # type: ignore[operator]  # both are of one type
    ">": lambda left, right: left > right,  # type: ignore[operator]
    "<=": lambda left, right: left <= right,  # type: ignore[operator]
    ">=": lambda left, right: left >= right,  # type: ignore[operator]
}


def _comparison_test(source: Source, sobject: SObject, condition: Comparison) -> Test:
    path = resolved(source, sobject, condition.path)
    wanted = condition.value
    fold = _folder(path.column)
    if condition.operator == "=":
        return lambda row: fold(_read(source, row, path)) == fold(wanted)
    if condition.operator == "!=":
        return lambda row: fold(_read(source, row, path)) != fold(wanted)
    if condition.operator == "LIKE":
        pattern = _like(str(wanted))
        return lambda row: pattern.fullmatch(str(_read(source, row, path) or "")) is not None
    compare = _ORDERINGS[condition.operator]

    def ordered(row: Row) -> bool:
        left, right = _comparable(_read(source, row, path)), _comparable(wanted)
        if left is None or right is None or isinstance(left, str) is not isinstance(right, str):
            return False
        return compare(left, right)

    return ordered


def _comparable(value: Json) -> str | float | None:
    if value is None or isinstance(value, (int, float)):
        return value
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return value.casefold()


def _like(pattern: str) -> re.Pattern[str]:
    translated = "".join({"%": ".*", "_": "."}.get(char) or re.escape(char) for char in pattern)
    return re.compile(translated, re.IGNORECASE | re.DOTALL)
