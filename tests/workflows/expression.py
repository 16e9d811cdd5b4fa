"""The expressions of GitHub's workflows, as far as ours use them; everything else is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)"
    r"|(?P<sign>&&|\|\||==|!=|!|\(|\)|,))"
)
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(always|cancelled|success|failure)\(\)")


class Refused(Exception):
    """What the runner under test does not know, and so must not be trusted to run."""


@dataclass
class Scope:
    """What the names in an expression stand for, and how the jobs or steps before it went."""

    contexts: Mapping[str, Any]
    failed: bool = False

    def fill(self, value: Any) -> Any:
        """A value of a workflow file with its expressions replaced."""
        if not isinstance(value, str):
            return value
        whole = _HOLE.fullmatch(value.strip())
        if whole and value.count("${{") == 1:
            return self.evaluate(whole[1])
        return _HOLE.sub(lambda hole: as_text(self.evaluate(hole[1])), value)

    def text(self, value: Any) -> str:
        return as_text(self.fill(value))

    def holds(self, condition: Any) -> bool:
        """Whether an `if:` lets a job or a step run."""
        if condition is None:
            return not self.failed
        body = str(condition).strip()
        whole = _HOLE.fullmatch(body)
        body = whole[1] if whole else body
        if not STATUS.search(body) and self.failed:
            return False
        return bool(self.evaluate(body))

    def evaluate(self, text: str) -> Any:
        reader = _Reader(self, _tokens(text))
        value = reader.either()
        if reader.rest:
            raise Refused(f"{text!r}: {reader.rest}")
        return value

    def named(self, path: str) -> Any:
        value: Any = self.contexts
        for part in path.split("."):
            if not isinstance(value, Mapping) or part not in value:
                raise Refused(f"{path}: there is no {part}")
            value = value[part]
        return value

    def call(self, name: str, arguments: list[Any]) -> Any:
        known: Mapping[str, Callable[..., Any]] = {
            "always": lambda: True,
            "cancelled": lambda: False,
            "success": lambda: not self.failed,
            "failure": lambda: self.failed,
            "fromJSON": json.loads,
            "format": lambda form, *values: form.format(*map(as_text, values)),
        }
        if name not in known:
            raise Refused(f"there is no function {name}")
        return known[name](*arguments)


def as_text(value: Any) -> str:
    if isinstance(value, Mapping | list):
        raise Refused("a whole mapping or list as text")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens = []
    at = 0
    text = text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise Refused(f"{text!r} at {text[at:]!r}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


@dataclass
class _Reader:
    scope: Scope
    rest: list[tuple[str, str]] = field(default_factory=list)

    def either(self) -> Any:
        value = self.both()
        while self._take("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Any:
        value = self.equality()
        while self._take("&&"):
            other = self.equality()
            value = value and other
        return value

    def equality(self) -> Any:
        value = self.single()
        for sign, wanted in (("==", True), ("!=", False)):
            if self._take(sign):
                return (as_text(value).casefold() == as_text(self.single()).casefold()) is wanted
        return value

    def single(self) -> Any:
        if self._take("!"):
            return not self.single()
        if self._take("("):
            value = self.either()
            self._need(")")
            return value
        if not self.rest:
            raise Refused("an expression ends too soon")
        kind, token = self.rest.pop(0)
        match kind:
            case "text":
                return token[1:-1].replace("''", "'")
            case "number":
                return int(token)
            case "name" if token in {"true", "false"}:
                return token == "true"
            case "name" if self._take("("):
                return self.scope.call(token, self._arguments())
            case "name":
                return self.scope.named(token)
        raise Refused(f"{token} where a value is wanted")

    def _arguments(self) -> list[Any]:
        arguments: list[Any] = []
        while not self._take(")"):
            if arguments:
                self._need(",")
            arguments.append(self.either())
        return arguments

    def _take(self, sign: str) -> bool:
        if self.rest and self.rest[0] == ("sign", sign):
            self.rest.pop(0)
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise Refused(f"{sign} is missing")
