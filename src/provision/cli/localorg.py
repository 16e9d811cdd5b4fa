"""`provision localorg`: the emulated org, for other clients."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from provision.cli.elapsed import no_elapsed
from provision.cli.option_groups import takes_options
from provision.cli.output import PlainOutput
from provision.errors import ExitCode
from provision.jobs.command_line import Option
from provision.jobs.workdir import database_path
from provision.report.format import Format

__all__ = ["DEFAULT_PORT", "reset", "serve", "status"]

DEFAULT_PORT: Final = 8080

_SCHEMA: Final = "provision/localorg/1"

_Database: TypeAlias = Annotated[
    Path | None,
    Option(
        "--database",
        metavar="FILE",
        help="File that keeps the org.",
        default=".provision/localorg.db",
    ),
]
_AsJson: TypeAlias = Annotated[bool, Option("--json", help="The same as --format json.")]


@takes_options
def serve(
    out: PlainOutput,
    port: Annotated[
        int,
        Option(
            "--port", metavar="PORT", least=0, most=65535, help="Port for http; 0 for a free one."
        ),
    ] = DEFAULT_PORT,
    https_port: Annotated[
        int,
        Option(
            "--https-port",
            metavar="PORT",
            least=0,
            most=65535,
            help="Port for https; 0 for a free one.",
        ),
    ] = 0,
    database: _Database = None,
    seed: Annotated[
        Path | None,
        Option(
            "--seed",
            metavar="FILE",
            help="YAML file of the orgs, users and profiles of a new database.",
        ),
    ] = None,
    faults: Annotated[
        Path | None, Option("--faults", metavar="FILE", help="YAML file of faults and latency.")
    ] = None,
    quirk: Annotated[
        tuple[str, ...],
        Option(
            "--quirk",
            metavar="NAME=VALUE",
            help="How the org behaves where sources disagree (docs/local-org.md). Repeatable.",
        ),
    ] = (),
    as_json: _AsJson = False,
) -> ExitCode:
    """Serve the local org on loopback until interrupted.

    Examples:
        provision localorg serve
        provision localorg serve --port 0 --json --seed seed.yaml
    """
    from provision.localorg import LocalOrg, Quirks

    local = LocalOrg(
        database=database_path(database),
        quirks=Quirks.of(*quirk),
        port=port,
        https_port=https_port,
        seed=seed,
        faults=faults,
    )
    with local as org:
        session = org.session()
        details = {
            "http": org.url,
            "https": org.https_url,
            "ca_file": str(org.ca_file),
            "org_id": org.org_id,
            "username": session.username,
            "access_token": session.access_token,
        }
        _print(details, out, as_json=as_json)
        try:
            with no_elapsed():
                threading.Event().wait()
        except KeyboardInterrupt:  # Ctrl-C, or SIGTERM: see main
            out.console.talk("stopped")
    return ExitCode.OK


@takes_options
def status(out: PlainOutput, database: _Database = None, as_json: _AsJson = False) -> ExitCode:
    """Show whether the local org is served, where, and its content.

    Examples:
        provision localorg status --format json
    """
    from provision.localorg.operate import status as status_of

    found = status_of(database_path(database))
    details: dict[str, object] = {
        "database": str(found.database),
        "served": found.server is not None,
    }
    if found.server is not None:
        details |= {"http": found.server.http_url, "https": found.server.https_url}
    _print(details | dict(found.details), out, as_json=as_json)
    return ExitCode.OK


@takes_options
def reset(out: PlainOutput, database: _Database = None) -> ExitCode:
    """Reset the local org to its seed. Everything made in it is deleted.

    Examples:
        provision localorg reset
    """
    from provision.localorg.operate import reset as reset_it

    path = database_path(database)
    reset_it(path)
    out.facts(f"{path}: reset", _SCHEMA, {"database": str(path), "reset": True})
    return ExitCode.OK


def _print(details: Mapping[str, object], out: PlainOutput, *, as_json: bool) -> None:
    """Print them; as JSON on one line, since a program that waits for them reads a line."""
    if as_json or out.format is Format.JSON:
        out.document(json.dumps({"schema": _SCHEMA, **details}))
    else:
        text = "\n".join(f"{name}: {value}" for name, value in details.items())
        out.facts(text, _SCHEMA, details)
