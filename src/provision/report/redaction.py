"""Redaction: what may be shown of a text that came from somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["HIDDEN", "Redaction", "visible"]

HIDDEN: Final = "(hidden)"

_SHORTEST: Final = 4  # shorter texts stand in every other word; they count as a whole text alone
_SHORTEST_LINE: Final = 12  # of a secret with several lines; shorter ones are ordinary words


class Redaction:
    """Hides sensitive texts, and makes control characters visible.

    An org answers with a name as it spells it, so case and blanks are ignored. Of a text with
    several lines, each long line is sensitive as well: errors quote single lines.

    A run over a fleet has thousands of sensitive texts, of which hardly any stands in a text: a
    pattern is made only of those whose longest word does.
    """

    __slots__ = ("_long", "_short")

    def __init__(self, sensitive: Iterable[str] = ()) -> None:
        forms = {form for text in sensitive if text.strip() for form in _forms(text)}
        self._short = frozenset(form.casefold() for form in forms if len(form) < _SHORTEST)
        long = sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)
        self._long = tuple((_longest_word(form), form) for form in long)

    def exact(self, text: str) -> str:
        """``text`` without what is sensitive, and otherwise as it is."""
        if text.strip().casefold() in self._short:
            return HIDDEN
        folded = _folded(text)
        there = tuple(form for word, form in self._long if word in folded)
        return _pattern(there).sub(HIDDEN, text) if there else text

    def line(self, text: str) -> str:
        """``text`` in one line that a terminal shows as it is."""
        return visible(self.exact(text))

    def lines(self, text: str) -> str:
        """``text`` that a terminal shows as it is, in its own lines."""
        return "\n".join(map(visible, self.exact(text).splitlines()))


def visible(text: str) -> str:
    """``text`` with escapes for what would not be seen, or would do something to a terminal.

    Control characters, invisible and direction-changing ones, lone surrogates: none is legal, or
    harmless, in every format.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


@lru_cache(maxsize=256)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    choices = "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)
    return re.compile(choices, re.IGNORECASE)


def _longest_word(form: str) -> str:
    return _folded(max(form.split(), key=len))


def _folded(text: str) -> str:
    """``text`` so that what a pattern takes for the same is the same, dotted i and dotless too."""
    return text.casefold().replace("\N{LATIN SMALL LETTER DOTLESS I}", "i").replace("\u0307", "")


@lru_cache(maxsize=16_384)
def _forms(text: str) -> tuple[str, ...]:
    return tuple(_each_form(text))


def _each_form(text: str) -> Iterator[str]:
    yield text.strip()
    yield repr(text.strip())[1:-1]  # as an error quotes it
    yield escape(text.strip())  # as metadata files write it
    lines = text.splitlines()
    if len(lines) > 1:
        yield from (line.strip() for line in lines if len(line.strip()) >= _SHORTEST_LINE)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
