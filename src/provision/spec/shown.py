"""Problems as they may be shown: without what came from outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provision.errors import Problem

__all__ = ["shown"]

_SHORTEST_SECRET: Final = 4  # hiding shorter texts would hide parts of every other word


def shown(
    problems: Iterable[Problem], sensitive: frozenset[str] = frozenset()
) -> tuple[Problem, ...]:
    """``problems`` in order, each once, with everything sensitive in them hidden."""
    hidden = {
        Problem(problem.file, problem.line, problem.column, _redacted(problem.message, sensitive))
        for problem in problems
    }
    return tuple(sorted(hidden))


def _redacted(message: str, sensitive: frozenset[str]) -> str:
    for text in sorted(sensitive, key=len, reverse=True):
        if len(text) >= _SHORTEST_SECRET:
            for form in (text, repr(text)[1:-1]):
                message = message.replace(form, "***")
    return message
