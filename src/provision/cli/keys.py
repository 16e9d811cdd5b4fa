"""`provision keys`: private keys and certificates on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.console import Console
from provision.cli.telling import note_files
from provision.errors import CannotError, ExitCode

if TYPE_CHECKING:
    from provision.keys.inspection import Inspection

__all__ = ["new", "show"]

_PassphraseEnv = Annotated[
    str,
    typer.Option(
        "--passphrase-env",
        metavar="NAME",
        help="Environment variable with the key's passphrase.",
        show_default=False,
    ),
]


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    directory: Annotated[
        Path, typer.Option("--directory", metavar="DIR", help="Where to put the two files.")
    ] = Path("keys"),
    bits: Annotated[int, typer.Option("--bits", min=2048, max=4096, help="RSA key size.")] = 2048,
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, help="How long the certificate is valid.")
    ] = 365,
    subject: Annotated[
        str,
        typer.Option(
            "--subject",
            help="Common name, or full name as in CN=ci,O=Acme (RFC 4514). [default: NAME]",
            show_default=False,
        ),
    ] = "",
    csr: Annotated[
        bool, typer.Option("--csr", help="A request for your own CA, DIR/NAME.csr, instead.")
    ] = False,
    passphrase_env: _PassphraseEnv = "",
) -> None:
    """Create DIR/NAME.key (mode 0600) and a self-signed DIR/NAME.crt. Never overwrites."""
    from datetime import UTC, datetime

    from provision.keys.pair import new_pair
    from provision.keys.request import new_request

    passphrase = _passphrase(passphrase_env)
    whom = subject or name
    if csr:
        key, other = new_request(name, directory, bits=bits, subject=whom, passphrase=passphrase)
    else:
        now = datetime.now(UTC)
        key, other = new_pair(
            name, directory, bits=bits, subject=whom, days=days, now=now, passphrase=passphrase
        )
    note_files()
    Console().result(f"{key}\n{other}")


def show(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", show_default=False)],
    passphrase_env: _PassphraseEnv = "",
) -> None:
    """What key and certificate files hold, and whether they match: exit 4 if not, or expired."""
    from datetime import UTC, datetime

    from provision.keys.inspection import inspect, read_contents

    contents = read_contents(files, _passphrase(passphrase_env))
    inspections = inspect(contents, datetime.now(UTC))
    Console().result("\n".join(map(_text, inspections)))
    if any(inspection.faults for inspection in inspections):
        raise typer.Exit(ExitCode.FOUND)


def _text(inspection: Inspection) -> str:
    facts = [f"  {label:<11} {value}" for label, value in inspection.facts]
    faults = [f"  {'WRONG':<11} {fault}" for fault in inspection.faults]
    return "\n".join([str(inspection.path), *facts, *faults])


def _passphrase(variable: str) -> str | None:
    """The passphrase in an environment variable. Raises :class:`CannotError` if it is not set."""
    if not variable:
        return None
    passphrase = os.environ.get(variable, "")
    if not passphrase:
        raise CannotError(
            "the environment variable that --passphrase-env names is empty or not set",
            next_step="Set the variable to the passphrase, and give its name: --passphrase-env "
            "takes a name, so that no passphrase stands in a process list.",
        )
    return passphrase
