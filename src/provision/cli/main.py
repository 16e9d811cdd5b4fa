"""The program: its verbs, and what its errors mean to the shell."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

from provision import __version__
from provision.cli.console import print_error
from provision.cli.verb_group import VerbGroup
from provision.errors import CannotError, ExitCode, ProvisionError

__all__ = ["app", "main"]

app = typer.Typer(
    name="provision",
    cls=VerbGroup,
    help="External client apps for Salesforce orgs, as code.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, secrets among them
    rich_markup_mode=None,  # plain help: rich would cost --help half its time
)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _print_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"provision {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    _ = version


def _refuse_keys(arguments: Sequence[str]) -> None:
    """Raise :class:`CannotError` for the text of a key: it would be quoted as an unknown option."""
    if any(argument.startswith("-----BEGIN") for argument in arguments):
        raise CannotError(
            "an argument holds the content of a PEM file, where the path of a file is due",
            next_step="Give the path. Arguments can be seen by all users of this machine: if it "
            "was a private key, make a new pair with `provision keys new NAME`.",
        )


def main() -> None:
    """Run the program, and exit with what it came to (see :class:`ExitCode`)."""
    # A CI runner that cancels a job says SIGTERM: that is undone like Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _refuse_keys(sys.argv[1:])
        app(prog_name="provision")
    except ProvisionError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001  # the last resort: a bug of ours
        traceback.print_exc()
        sys.stderr.write(f"error: this is a bug in provision: {error}\n")
        sys.exit(ExitCode.BUG)
