"""Pieces of Markdown. No text that they are given can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provision.findings import Severity
from provision.redaction import visible

__all__ = ["MARK", "bold", "code", "fenced", "prose", "table"]

MARK: Final = {Severity.ERROR: "🛑", Severity.WARNING: "⚠️", Severity.NOTE: "✏️", None: "✅"}
"""The symbol of each severity."""

# A character reference is plain text to every Markdown parser: it cannot end a table cell.
_SPECIAL: Final = re.compile(r"[&<>\"'`|\\*_\[\](){}#!~@:$^=+]")

# GitHub looks for user names and issue numbers after parsing; a zero-width space prevents that.
_NO_MENTION: Final = "&#8203;"


def prose(text: str) -> str:
    """A sentence in one line, without markup, links and mentions."""
    return _escaped(text, after_mark=_NO_MENTION)


def code(text: str) -> str:
    """A value in one line, in a fixed-width font. GitHub ignores names in it."""
    return f"<code>{_escaped(text)}</code>" if text else ""


def bold(text: str) -> str:
    """A word or two that stand out."""
    return f"<strong>{prose(text)}</strong>"


def fenced(text: str) -> str:
    """A text with its own line breaks."""
    return f"<pre>{'&#10;'.join(map(_escaped, text.splitlines()))}</pre>"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table. The functions above make its cells."""
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


def _escaped(text: str, after_mark: str = "") -> str:
    def reference(found: re.Match[str]) -> str:
        mark = found[0]
        return f"&#{ord(mark)};{after_mark if mark in '@#' else ''}"

    return _SPECIAL.sub(reference, visible(" ".join(text.split("\n"))))
