"""Command line: how the fields of option groups are written as options, and written back as such.

A group of options is a frozen dataclass. Each field has its declaration beside it, once:
``strict: Annotated[bool, Option("--strict", help="...")] = False``. The command line reads it to
build the group, and :func:`command_line` to write a group that was built.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Protocol, get_args, get_origin, get_type_hints

__all__ = [
    "Argument",
    "Option",
    "OptionGroup",
    "Panel",
    "command_line",
    "declared",
    "option_names",
    "shown",
]


class Panel(StrEnum):
    """The sections of a help text."""

    SPECS = "Specs"
    RULES = "Rules"
    ORG = "Org"
    FLEET = "Fleet"
    CREDENTIALS = "Credentials"
    SAFETY = "Safety"
    RECORDS = "Records"
    OUTPUT = "Output"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command line.

    ``default`` is the default in words, where the value of the field does not say it. ``least`` and
    ``most`` limit a number. The value of a ``private`` option is not shown, since it may be a
    secret. ``panel`` is the section of the help text, if it is not that of the group.
    """

    name: str
    short: str = ""
    help: str = ""
    metavar: str = ""
    default: str = ""
    least: float | None = None
    most: float | None = None
    private: bool = False
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A value of the command line that has no name. ``metavar`` stands for it in the help text."""

    metavar: str
    help: str = ""


class OptionGroup(Protocol):
    """A frozen dataclass whose fields are options. ``panel`` is its section of the help text."""

    panel: ClassVar[Panel]
    __dataclass_fields__: ClassVar[dict[str, Any]]


def declared(hint: object) -> tuple[Any, Option | Argument | None]:
    """The type in a type hint, and the declaration beside it, if there is one."""
    if get_origin(hint) is not Annotated:
        return hint, None
    kind, *rest = get_args(hint)
    return kind, next((each for each in rest if isinstance(each, Option | Argument)), None)


def command_line(group: OptionGroup) -> tuple[str, ...]:
    """The words that give ``group`` on a command line: what differs from its defaults."""
    return tuple(word for words in _words(group) for word in words)


def option_names(group: OptionGroup) -> tuple[str, ...]:
    """The names of the options of ``group`` that differ from their defaults."""
    return tuple(option.name for option, _ in _given(group) if isinstance(option, Option))


def shown(words: Sequence[str], *groups: OptionGroup) -> str:
    """A command to show: ``words`` and what gives ``groups``, quoted for a shell.

    Values of private options are left out.
    """
    given = (each for group in groups for each in _words(group, hides=True))
    return shlex.join([*words, *(word for each in given for word in each)])


def _words(group: OptionGroup, *, hides: bool = False) -> Iterator[tuple[str, ...]]:
    for declaration, value in _given(group):
        for each in _several(value):
            match declaration:
                case Argument():
                    yield (_text(each),)
                case Option(name=name) if value is True:
                    yield (name,)
                case Option(name=name, private=private):
                    text = _text(each)
                    yield _pair(name, _without_value(text) if private and hides else text)


def _given(group: OptionGroup) -> Iterator[tuple[Option | Argument, object]]:
    """The declarations of the fields that differ from their defaults, and their values."""
    hints = get_type_hints(type(group), include_extras=True)
    for field in fields(group):
        value = getattr(group, field.name)
        _, declaration = declared(hints[field.name])
        if declaration is not None and value != field.default:
            yield declaration, value


def _several(value: object) -> Sequence[object]:
    """The values of an option that may be repeated; a single one otherwise."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value if isinstance(value, tuple) else (value,)


def _pair(name: str, text: str) -> tuple[str, ...]:
    # A value that begins with a hyphen would be taken for an option.
    return (f"{name}={text}",) if text.startswith("-") else (name, text)


def _text(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _without_value(text: str) -> str:
    name, _, _ = text.partition("=")
    return f"{name}=..."
