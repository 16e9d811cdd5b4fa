"""Problems as they may be shown: without what came from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from provision.findings import Finding, in_order

__all__ = ["shown"]

_SHORTEST_SECRET: Final = 4  # hiding shorter texts would hide parts of every other word


def shown(
    problems: Iterable[Finding], sensitive: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """``problems`` in order, each once, with everything sensitive in them hidden."""
    return in_order(
        replace(problem, text=_redacted(problem.text, sensitive)) for problem in problems
    )


def _redacted(message: str, sensitive: frozenset[str]) -> str:
    for text in sorted(sensitive, key=len, reverse=True):
        if len(text) >= _SHORTEST_SECRET:
            for form in (text, repr(text)[1:-1]):
                message = message.replace(form, "***")
    return message
