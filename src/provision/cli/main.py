"""The program: its verbs, and what its errors mean to the shell."""

from __future__ import annotations

import signal
import sys
import traceback
from types import FrameType
from typing import Annotated

import typer

from provision import __version__
from provision.cli import (
    apply,
    credentials,
    destroy,
    doctor,
    explain,
    fleet_file,
    keys,
    lint,
    localorg,
    onboard,
    plan,
    prove,
    render,
    report,
    rollback,
    rotate,
    schema,
    validate,
)
from provision.cli.console import print_error
from provision.errors import ExitCode, ProvisionError

__all__ = ["app", "main"]

app = typer.Typer(
    name="provision",
    help="External client apps for Salesforce orgs, as code.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, secrets among them
    rich_markup_mode=None,  # plain help: rich would cost --help half its time
)
app.command()(validate.validate)
app.command()(render.render)
app.command()(plan.plan)
app.command()(plan.diff)
app.command()(apply.apply)
app.command()(destroy.destroy)
app.command()(rollback.rollback)
app.command()(prove.prove)
app.command()(lint.lint)
app.command()(doctor.doctor)
app.command()(onboard.onboard)
app.command()(explain.explain)
app.command()(schema.schema)

_fleet = typer.Typer(help="A fleet file: the orgs that there are.", no_args_is_help=True)
_fleet.command("list")(fleet_file.list_orgs)
_fleet.command("import")(fleet_file.import_orgs)
app.add_typer(_fleet, name="fleet")

_keys = typer.Typer(help="Private keys and certificates on this machine.", no_args_is_help=True)
_keys.command("new")(keys.new)
_keys.command("show")(keys.show)
app.add_typer(_keys, name="keys")

_credentials = typer.Typer(help="Consumer keys and secrets of an org's apps.", no_args_is_help=True)
_credentials.command("show")(credentials.show)
_credentials.command("stage")(credentials.stage)
_credentials.command("rotate")(credentials.rotate)
_credentials.command("revoke")(credentials.revoke)
app.add_typer(_credentials, name="credentials")

_rotate = typer.Typer(help="What an app logs in with, changed for new.", no_args_is_help=True)
_rotate.command("certificate")(rotate.certificate)
app.add_typer(_rotate, name="rotate")

_report = typer.Typer(help="What runs over many orgs left, as reports.", no_args_is_help=True)
_report.command("merge")(report.merge)
app.add_typer(_report, name="report")

_localorg = typer.Typer(help="The emulated org, for other clients.", no_args_is_help=True)
_localorg.command("serve")(localorg.serve)
_localorg.command("status")(localorg.status)
_localorg.command("reset")(localorg.reset)
app.add_typer(_localorg, name="localorg")


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


def main() -> None:
    """Run the program, and exit with what it came to (see :class:`ExitCode`)."""
    # A CI runner that cancels a job says SIGTERM: that is undone like Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app(prog_name="provision")
    except ProvisionError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001  # the last resort: a bug of ours
        traceback.print_exc()
        sys.stderr.write(f"error: this is a bug in provision: {error}\n")
        sys.exit(ExitCode.BUG)
