"""The program: its verbs, and what its errors mean to the shell."""

from __future__ import annotations

import atexit
import errno
import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from provision.cli.console import print_bug, print_error
from provision.cli.elapsed import elapsed
from provision.cli.telling import is_written, lost_result, telling
from provision.cli.verb_group import VerbGroup
from provision.cli.verbs import verb_of
from provision.distribution import VERSION
from provision.errors import ApplyFailed, CannotError, ExitCode, ProvisionError
from provision.interruption import interrupt_on_signals
from provision.sensitive_text import is_credential, sensitive_kind

if TYPE_CHECKING:
    from typer._click import Context

__all__ = ["app", "main"]

app = typer.Typer(
    name="provision",
    cls=VerbGroup,
    help="External client apps for Salesforce orgs, as code.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,  # its tracebacks show local variables, secrets among them
    rich_markup_mode=None,  # plain help: rich would cost --help half its time
)


_NEW_OBJECTS: Final = 10_000
"""How many new objects there must be before the interpreter looks for garbage, in place of 700.

The modules and classes that are imported all stay. Looking for garbage among them, over and over,
takes a thirtieth of the time of a short run.
"""

_INTERRUPTED: Final = 130  # 128 and the number of SIGINT, as shells have it
_WRITTEN: Final = "The org was written to."
_LOOK: Final = "Run `provision diff` to see what the org has."
_REPORT: Final = "Run `provision diff` to see what the org has, and report the bug."

_NO_FOLDER: Final = CannotError(
    "the folder that it was run in does not exist any more",
    next_step="Run it in a folder that exists: `cd` to it again if it was made anew.",
)
_TOO_LONG: Final = CannotError(
    "the name of a file or a folder is longer than this machine allows; it is not shown, since it "
    "may be a secret instead of a path",
    next_step="Give the path of a file, not what stands in it.",
)


def _print_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"provision {VERSION}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    _ = version


def _refuse_credentials(arguments: Sequence[str]) -> None:
    """Raise :class:`CannotError` for a key or a token: typer quotes what it does not understand.

    Values of variables are the user's business, and so is the command of a sink.
    """
    for before, argument in pairwise(("", *arguments)):
        if before == "--var" or argument.startswith(("--var=", "cmd:", "--to=cmd:")):
            continue
        if argument.startswith("-----BEGIN"):
            kind = "the content of a PEM file"
        elif is_credential(argument):
            kind = sensitive_kind(argument) or "a secret"
        elif _has_password(argument) and before != "--state":
            kind = sensitive_kind(argument)
        else:
            continue
        raise CannotError(
            f"an argument holds {kind}, and none takes a key, a token or a password",
            next_step="Give the path of a key's file. A token goes into SF_ACCESS_TOKEN. All users "
            "of this machine can see arguments: replace what was given as one.",
        )


def _has_password(argument: str) -> bool:
    """Whether ``argument`` is a URL with a user or a password, and nothing else."""
    _, equals, value = argument.rpartition("=")
    url = value if equals and argument.startswith("--") else argument
    return (
        url.startswith(("https://", "http://"))
        and not argument.startswith("--state=")
        and " " not in url
        and bool(sensitive_kind(url))
    )


class _Ending(NamedTuple):
    """How a run ended: its exit code, and the error, which stderr has told, if there is one."""

    code: int
    error: ProvisionError | None = None

    @classmethod
    def of(cls, error: ProvisionError) -> _Ending:
        """The end by an error, which is printed."""
        print_error(error)
        return cls(error.exit_code, error)


class _Bug(ProvisionError):
    """A bug; its exit code is that of all errors that are not told apart."""


def main() -> None:
    """Run the program, and exit with what it came to (see :class:`ExitCode`)."""
    interrupt_on_signals()
    gc.set_threshold(_NEW_OBJECTS)
    atexit.register(gc.freeze)  # else all objects are searched for garbage when the process ends
    code: int = _INTERRUPTED
    # Once it is known what the verb came to, an interruption has nothing left to end.
    with suppress(KeyboardInterrupt), elapsed() as shown, telling(shown.note_written):
        ending = _ended()
        code = ending.code
        shown.end()
        _show_failure(ending, sys.argv[1:])
        sys.stdout.flush()
        lost = lost_result(ExitCode(code)) if code in set(ExitCode) else None
        if lost is not None:
            print_error(lost)
            code = lost.exit_code
    sys.exit(code)


def _ended() -> _Ending:
    """Run the verb, and tell the error that it came to.

    Once an org was written to, neither an interruption nor a bug has an exit code of its own.
    """
    try:
        _refuse_credentials(sys.argv[1:])
        code = app(prog_name="provision", standalone_mode=False)
        return _interrupted() if code == _INTERRUPTED else _Ending(code or ExitCode.OK)
    except typer.TyperException as error:
        return _misused(error)
    except ProvisionError as error:
        return _Ending.of(error)
    except SystemExit as ended:  # of completions
        return _Ending(ended.code if isinstance(ended.code, int) else ExitCode.OK)
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # noqa: BLE001  # the last resort: a bug of ours
        if not _has_folder():
            return _Ending.of(_NO_FOLDER)
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            return _Ending.of(_TOO_LONG)
        print_bug(error)
        if is_written():
            return _Ending.of(_after_write("a bug in provision stopped it", _REPORT))
        return _Ending(ExitCode.BUG, _Bug(f"this is a bug in provision: {error}"))


def _misused(error: typer.TyperException) -> _Ending:
    """Say what is wrong with a command line, and how to write it."""
    from provision.cli.usage_error import usage_message

    context: Context | None = getattr(error, "ctx", None)
    if context and error.message == context.get_help():  # a group of verbs, without a verb
        sys.stderr.write(f"{error.message}\n")
        return _Ending(ExitCode.CANNOT)
    path = context.command_path if context else "provision"
    if context:
        sys.stderr.write(f"{context.get_usage()}\n")
    return _Ending.of(CannotError(usage_message(error), next_step=f"See `{path} --help`."))


def _interrupted() -> _Ending:
    """An interruption that came outside of what writes to an org."""
    if is_written():
        return _Ending.of(_after_write("interrupted", _LOOK))
    return _Ending(_INTERRUPTED, CannotError("interrupted", next_step="Run it again."))


def _after_write(what: str, next_step: str) -> ApplyFailed:
    """What came after an org was written to."""
    error = ApplyFailed(f"{_WRITTEN}\n{what}, before the result was told", next_step=next_step)
    error.written = (_WRITTEN,)
    return error


def _show_failure(ending: _Ending, arguments: Sequence[str]) -> None:
    """Print the error in the format of the result, unless it is text, or a result is printed."""
    if ending.error is None:
        return
    from provision.cli.output import awaited_output
    from provision.report.format import Format

    output = awaited_output(arguments)
    if output is not None and output.format is not Format.TEXT:
        from provision.report.failed_run import FailedRun

        output.failed(FailedRun.of(verb_of(arguments), ending.code, ending.error))


def _has_folder() -> bool:
    """Whether there is a current directory: a shell stays in one that was deleted."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True
