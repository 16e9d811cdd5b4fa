"""JsonObject: a JSON text in which a number can be changed without any other character."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

__all__ = ["JsonObject"]

_BOM: Final = "\ufeff"
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_LAST_LINE: Final = re.compile(r"\r?\n[ \t]*\Z")
_DEFAULT_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class _Member:
    """One member of the object: its name and value, and where both are in the text."""

    name: str
    value: object
    start: int
    colon: int
    value_start: int
    end: int


@dataclass(frozen=True, slots=True)
class JsonObject:
    """The object in ``text``. Its first member begins at ``opened`` or later."""

    text: str
    opened: int
    members: tuple[_Member, ...]

    @classmethod
    def read(cls, text: str) -> JsonObject:
        """The object of a text, with or without a byte order mark.

        Raises :class:`ValueError` with the position if the text is not JSON (which has no comments)
        or not an object.
        """
        begin = len(_BOM) if text.startswith(_BOM) else 0
        if not isinstance(_DECODER.decode(text[begin:]), dict):
            raise ValueError("it is not a JSON object")  # noqa: TRY004  # the text is wrong, not a type
        opened = _after_blanks(text, begin) + 1
        return cls(text, opened, _members(text, opened))

    def value(self, name: str) -> object:
        """The value of a member. If two have the same name, the last counts, as in JavaScript."""
        return next((each.value for each in reversed(self.members) if each.name == name), None)

    def written(self, name: str) -> str:
        """The value of a member as it is written; empty if there is no such member."""
        found = [each for each in self.members if each.name == name]
        return self.text[found[-1].value_start : found[-1].end] if found else ""

    def with_number(self, name: str, number: int) -> str:
        """The text with ``name`` set to ``number``, in its place or after the last member.

        A new member is written like the last one, with its indentation, line end and colon. Raises
        :class:`ValueError` if two members have the same name.
        """
        names = [each.name for each in self.members]
        twice = next((each for each in names if names.count(each) > 1), None)
        if twice is not None:
            raise ValueError(f"{json.dumps(twice)} is in it twice")
        for member in self.members:
            if member.name == name:
                return self._with(str(number), member.value_start, member.end)
        if not self.members:
            return self._first(f"{json.dumps(name)}: {number}")
        last = self.members[-1]
        colon = self.text[last.colon : last.value_start]
        if "\n" in colon:
            colon = ": "
        added = f",{self._lead()}{json.dumps(name)}{colon}{number}"
        return self._with(added, last.end, last.end)

    def _lead(self) -> str:
        """The blanks between a comma and the member after it."""
        last = self.members[-1]
        if len(self.members) > 1:
            before = self.text.index(",", self.members[-2].end) + 1
            return _own_line(self.text[before : last.start])
        lead = _own_line(self.text[self.opened : last.start])
        if "\n" in lead:
            return lead
        # On one line, a blank after the colon means that there is one after the comma too.
        return " " if self.text[last.value_start - 1].isspace() else ""

    def _first(self, member: str) -> str:
        inside = self.text[self.opened : _after_blanks(self.text, self.opened)]
        last_line = _LAST_LINE.search(inside)
        lead = f"{last_line[0]}{_DEFAULT_INDENT}" if last_line else inside
        return self._with(f"{lead}{member}", self.opened, self.opened)

    def _with(self, new: str, start: int, end: int) -> str:
        return f"{self.text[:start]}{new}{self.text[end:]}"


def _own_line(blanks: str) -> str:
    """The blanks before a member, without the empty lines above it."""
    last_line = _LAST_LINE.search(blanks)
    return last_line[0] if last_line else blanks


def _members(text: str, position: int) -> tuple[_Member, ...]:
    """The members of the object that opens before ``position``; the text is known to be JSON."""
    found = []
    start = _after_blanks(text, position)
    while text[start] != "}":
        name, colon = _DECODER.raw_decode(text, start)
        value_start = _after_blanks(text, text.index(":", colon) + 1)
        value, end = _DECODER.raw_decode(text, value_start)
        found.append(_Member(name, value, start, colon, value_start, end))
        start = _after_blanks(text, end)
        if text[start] == ",":
            start = _after_blanks(text, start + 1)
    return tuple(found)


def _after_blanks(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_no_json)
