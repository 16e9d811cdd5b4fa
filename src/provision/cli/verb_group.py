"""Verb group: commands that are imported when they run, and listed without that; their help."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from provision.cli.verbs import VERBS, Family, Verb

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter, Parameter

__all__ = ["VerbGroup"]

_ARGUMENTS = "Arguments"
_OPTIONS = "Options"
_EXAMPLES = "Examples:\n"


class VerbGroup(TyperGroup):
    """A group whose commands are a table: all verbs, if it is not given another.

    typer looks at every parameter of every command that it is given, for which that must have been
    imported. Here ``commands`` only stand for them: in lists, and where a name is misspelled.
    """

    def __init__(self, table: Sequence[Verb | Family] = VERBS, **options: Any) -> None:  # noqa: ANN401  # typer's own
        stand_ins = [TyperCommand(entry.name, help=entry.help) for entry in table]
        super().__init__(**{**options, "commands": stand_ins})
        self._table = {entry.name: entry for entry in table}

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002  # click's
        """The command itself, imported now."""
        match self._table.get(cmd_name):
            case Verb() as verb:
                return _command(verb)
            case Family(name, text, verbs):
                return VerbGroup(
                    verbs, name=name, help=text, no_args_is_help=True, rich_markup_mode=None
                )
            case None:
                return None

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands in a help text."""
        width = formatter.width - 6 - max(map(len, self.commands))
        rows = [
            (name, command.get_short_help_str(width)) for name, command in self.commands.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class _VerbCommand(TyperCommand):
    """A command whose help has a section for each panel of options, and examples.

    typer shows panels with rich alone, which takes longer to import than all the rest of a help.
    """

    def __init__(self, name: str | None, *, help: str | None = None, **options: Any) -> None:  # noqa: A002, ANN401  # typer's own
        text, _, examples = (help or "").partition(_EXAMPLES)
        super().__init__(name, help=text.rstrip(), **options)
        self._examples = examples.splitlines()

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The arguments, the verb's own options, and then each panel."""
        panels: dict[str, list[tuple[str, str]]] = {_ARGUMENTS: [], _OPTIONS: []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                panels.setdefault(_panel(parameter), []).append(_row(parameter, record))
        for panel, rows in panels.items():
            if rows:
                with formatter.section(panel):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """The examples, each on one line, so that it can be copied."""
        with formatter.section("Examples"):
            for example in self._examples:
                formatter.write(f"  {example.strip()}\n")


def _panel(parameter: Parameter) -> str:
    if parameter.param_type_name == "argument":
        return _ARGUMENTS
    return getattr(parameter, "rich_help_panel", None) or _OPTIONS


def _row(parameter: Parameter, record: tuple[str, str]) -> tuple[str, str]:
    """What a help text says of a parameter. The type of an argument is clear from its name."""
    name, text = record
    if parameter.param_type_name == "argument":
        name = f"{parameter.metavar}{'...' if parameter.nargs == -1 else ''}"
        text = text.removesuffix("[required]").rstrip()
    return name, text


def _command(verb: Verb) -> Command:
    function = getattr(import_module(f"provision.cli.{verb.module}"), verb.function)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(verb.name, cls=_VerbCommand)(function)
    return typer.main.get_command(alone)
