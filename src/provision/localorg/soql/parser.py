"""From the text of a query to a :class:`Query`."""

from __future__ import annotations

import re
from typing import Final

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
from provision.localorg.store.rows import Json

__all__ = ["parse"]

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<datetime>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)
  | (?P<number>[+-]?\d+(?:\.\d+)?)
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<operator><=|>=|!=|<>|[=<>(),])
  )""",
    re.VERBOSE,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_OPERATORS: Final = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_WORDS: Final[dict[str, Json]] = {"true": True, "false": False, "null": None}
_DEEPEST: Final = 50
# Clauses that make no difference here.
_IGNORED: Final = (("WITH", "SECURITY_ENFORCED"), ("WITH", "USER_MODE"), ("WITH", "SYSTEM_MODE"))


def parse(text: str) -> Query:
    """The query in a text. Raises :class:`QueryError` (MALFORMED_QUERY)."""
    parser = _Parser(_tokens(text))
    query = parser.query()
    parser.expect_end()
    return query


def _malformed(message: str) -> QueryError:
    return QueryError("MALFORMED_QUERY", message)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None or match.lastgroup is None:
            raise _malformed(f"unexpected token: '{stripped[place:].strip()[:20]}'")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()
    return tokens


def _unquoted(token: str) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match.group(1), match.group(1)), token[1:-1])


class _Parser:
    """Recursive descent over the tokens of one query."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def query(self) -> Query:
        self._expect("SELECT")
        counts = self._counts()
        fields = () if counts else self._fields()
        self._expect("FROM")
        source = self._name()
        if self._at_name() and not self._at_clause():
            self._place += 1  # an alias, which paths do not need here
        where = self._condition() if self._take("WHERE") else None
        self._skip_ignored()
        order = self._order() if self._take("ORDER") else ()
        limit = self._count() if self._take("LIMIT") else None
        offset = self._count() if self._take("OFFSET") else 0
        return Query(fields, source, counts, where, order, limit, offset)

    def expect_end(self) -> None:
        if self._place < len(self._tokens):
            raise _malformed(f"unexpected token: '{self._tokens[self._place][1]}'")

    def _counts(self) -> bool:
        if not (self._peek().upper() == "COUNT" and self._peek(1) == "("):
            return False
        self._place += 2
        self._expect(")")
        return True

    def _fields(self) -> tuple[Path, ...]:
        fields = [self._path()]
        while self._take(","):
            fields.append(self._path())
        return tuple(fields)

    def _condition(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _malformed("the query is nested too deeply")
        first = self._factor()
        word = self._peek().upper()
        conditions = [first]
        while word in {"AND", "OR"} and self._take(word):
            conditions.append(self._factor())
        if self._peek().upper() in {"AND", "OR"}:
            # Unlike SQL, SOQL has no precedence between AND and OR: it requires parentheses.
            raise _malformed(f"unexpected token: '{self._peek()}'")
        self._depth -= 1
        if len(conditions) == 1:
            return first
        return And(tuple(conditions)) if word == "AND" else Or(tuple(conditions))

    def _factor(self) -> Condition:
        if self._take("NOT"):
            return Not(self._factor())
        if self._take("("):
            condition = self._condition()
            self._expect(")")
            return condition
        path = self._path()
        if self._take("NOT"):
            self._expect("IN")
            return self._in(path, negated=True)
        if self._take("IN"):
            return self._in(path, negated=False)
        if self._take("LIKE"):
            return Comparison(path, "LIKE", self._value())
        kind, token = self._next()
        if kind != "operator" or token not in _OPERATORS:
            raise _malformed(f"unexpected token: '{token}'")
        return Comparison(path, _OPERATORS[token], self._value())

    def _in(self, path: Path, *, negated: bool) -> In:
        self._expect("(")
        if self._peek().upper() == "SELECT":
            inner = self.query()
            self._expect(")")
            return In(path, inner, negated)
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._expect(")")
        return In(path, tuple(values), negated)

    def _order(self) -> tuple[OrderBy, ...]:
        self._expect("BY")
        orders = [self._one_order()]
        while self._take(","):
            orders.append(self._one_order())
        return tuple(orders)

    def _one_order(self) -> OrderBy:
        path = self._path()
        descending = self._take("DESC")
        if not descending:
            self._take("ASC")
        if self._take("NULLS"):
            last = self._take("LAST")
            if not last:
                self._expect("FIRST")
            return OrderBy(path, descending, last)
        return OrderBy(path, descending)

    def _count(self) -> int:
        kind, token = self._next()
        if kind != "number" or not token.isdecimal():
            raise _malformed(f"unexpected token: '{token}'")
        return int(token)

    def _value(self) -> Json:
        kind, token = self._next()
        if kind == "string":
            return _unquoted(token)
        if kind == "number":
            return float(token) if "." in token else int(token)
        if kind == "datetime":
            return token
        if kind == "name" and token.lower() in _WORDS:
            return _WORDS[token.lower()]
        raise _malformed(f"unexpected token: '{token}'")

    def _skip_ignored(self) -> None:
        for first, second in _IGNORED:
            if self._peek().upper() == first and self._peek(1).upper() == second:
                self._place += 2

    def _path(self) -> Path:
        return tuple(self._name().split("."))

    def _name(self) -> str:
        kind, token = self._next()
        if kind != "name":
            raise _malformed(f"unexpected token: '{token}'")
        return token

    def _at_name(self) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place][0] == "name"

    def _at_clause(self) -> bool:
        return self._peek().upper() in {"WHERE", "WITH", "ORDER", "LIMIT", "OFFSET", "GROUP"}

    def _peek(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._tokens[place][1] if place < len(self._tokens) else ""

    def _take(self, word: str) -> bool:
        if self._peek().upper() != word or self._tokens[self._place][0] == "string":
            return False
        self._place += 1
        return True

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise _malformed("unexpected end of query")
        token = self._tokens[self._place]
        self._place += 1
        return token

    def _expect(self, word: str) -> None:
        kind, token = self._next()
        if token.upper() != word or kind == "string":
            raise _malformed(f"expecting '{word}', found '{token}'")
