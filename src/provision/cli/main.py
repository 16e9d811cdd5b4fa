"""The program: its verbs, and what its errors mean to the shell."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from provision import __version__
from provision.cli.console import print_error
from provision.cli.elapsed import elapsed
from provision.cli.telling import lost_result, telling
from provision.cli.verb_group import VerbGroup
from provision.errors import CannotError, ExitCode, ProvisionError
from provision.interruption import interrupt_on_signals

__all__ = ["app", "main"]

app = typer.Typer(
    name="provision",
    cls=VerbGroup,
    help="External client apps for Salesforce orgs, as code.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, secrets among them
    rich_markup_mode=None,  # plain help: rich would cost --help half its time
)


_NO_FOLDER: Final = CannotError(
    "the folder that it was run in does not exist any more",
    next_step="Run it in a folder that exists: `cd` to it again if it was made anew.",
)


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
    interrupt_on_signals()
    with elapsed() as shown, telling(shown.note_written):
        code = _ended()
        shown.end()
        sys.stdout.flush()
        lost = lost_result(ExitCode(code)) if code in set(ExitCode) else None
        if lost is not None:
            print_error(lost)
            code = lost.exit_code
    sys.exit(code)


def _ended() -> int:
    """Run the verb; the exit code of what it came to."""
    try:
        _refuse_keys(sys.argv[1:])
        app(prog_name="provision")
    except ProvisionError as error:
        print_error(error)
        return error.exit_code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.OK
    except Exception as error:  # noqa: BLE001  # the last resort: a bug of ours
        if not _has_folder():
            print_error(_NO_FOLDER)
            return _NO_FOLDER.exit_code
        traceback.print_exc()
        sys.stderr.write(f"error: this is a bug in provision: {error}\n")
        return ExitCode.BUG
    return ExitCode.OK


def _has_folder() -> bool:
    """Whether there is a current directory: a shell stays in one that was deleted."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True
