"""`provision keys`: private keys and certificates on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from provision.cli.option_groups import takes_options
from provision.cli.output import PlainOutput
from provision.cli.telling import note_files
from provision.errors import CannotError, ExitCode
from provision.jobs.command_line import Argument, Option

if TYPE_CHECKING:
    from provision.keys.inspection import Inspection

__all__ = ["new", "show"]

_NEW: Final = "provision/keys-new/1"
_SHOW: Final = "provision/keys-show/1"

_PassphraseEnv: TypeAlias = Annotated[
    str,
    Option(
        "--passphrase-env",
        metavar="NAME",
        help="Name of the environment variable that has the key's passphrase.",
    ),
]


@takes_options
def new(
    name: Annotated[str, Argument("NAME", "What the files are called.")],
    out: PlainOutput,
    directory: Annotated[
        Path, Option("--directory", metavar="DIR", help="Directory of the two files.")
    ] = Path("keys"),
    bits: Annotated[
        int, Option("--bits", metavar="BITS", least=2048, most=4096, help="RSA key size.")
    ] = 2048,
    days: Annotated[
        int,
        Option(
            "--days",
            metavar="DAYS",
            least=1,
            most=3650,
            help="Days for which the certificate is valid.",
        ),
    ] = 365,
    subject: Annotated[
        str,
        Option(
            "--subject",
            metavar="NAME",
            help="Common name, or a full name such as CN=ci,O=Acme (RFC 4514).",
            default="NAME",
        ),
    ] = "",
    csr: Annotated[
        bool,
        Option(
            "--csr",
            help="Make DIR/NAME.csr, a request for your own CA, instead of a certificate.",
        ),
    ] = False,
    passphrase_env: _PassphraseEnv = "",
) -> ExitCode:
    """Create DIR/NAME.key and a self-signed DIR/NAME.crt. Never overwrites.

    Only you can read the key (mode 0600).

    Examples:
        provision keys new ci
        provision keys new ci --csr --subject CN=ci,O=Acme
    """
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
    made = [str(key), str(other)]
    out.facts("\n".join(made), _NEW, {"files": made})
    return ExitCode.OK


@takes_options
def show(
    files: Annotated[tuple[Path, ...], Argument("FILE", "Files of keys and certificates.")],
    out: PlainOutput,
    passphrase_env: _PassphraseEnv = "",
) -> ExitCode:
    """Inspect key and certificate files: exit 4 if there is a fault.

    A fault is a key that does not match its certificate, or a certificate that is expired.

    Examples:
        provision keys show keys/ci.key keys/ci.crt
    """
    from datetime import UTC, datetime

    from provision.keys.inspection import inspect, read_contents

    contents = read_contents(files, _passphrase(passphrase_env))
    inspections = inspect(contents, datetime.now(UTC))
    is_faulty = any(inspection.faults for inspection in inspections)
    code = ExitCode.FOUND if is_faulty else ExitCode.OK
    listed = [_content(each) for each in inspections]
    text = "\n".join(map(_text, inspections))
    out.facts(text, _SHOW, {"exit_code": int(code), "files": listed})
    return code


def _text(inspection: Inspection) -> str:
    facts = [f"  {label:<11} {value}" for label, value in inspection.facts]
    faults = [f"  {'WRONG':<11} {fault}" for fault in inspection.faults]
    return "\n".join([str(inspection.path), *facts, *faults])


def _content(inspection: Inspection) -> dict[str, object]:
    return {
        "path": str(inspection.path),
        "facts": dict(inspection.facts),
        "faults": list(inspection.faults),
    }


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
