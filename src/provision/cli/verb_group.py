"""Verb group: commands that are imported when they are run, and listed without."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from provision.cli.verbs import VERBS, Family, Verb

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

__all__ = ["VerbGroup"]


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


def _command(verb: Verb) -> Command:
    function = getattr(import_module(f"provision.cli.{verb.module}"), verb.function)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(verb.name)(function)
    return typer.main.get_command(alone)
