"""`provision localorg`: the emulated org, for other clients."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from provision.cli.console import Console
from provision.jobs.workdir import database_path

__all__ = ["DEFAULT_PORT", "reset", "serve", "status"]

DEFAULT_PORT: Final = 8080

Database = Annotated[
    Path | None,
    typer.Option(
        "--database",
        metavar="FILE",
        help="Where the org is kept. [default: .provision/localorg.db]",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


def serve(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port for http; 0 for a free one.")
    ] = DEFAULT_PORT,
    https_port: Annotated[
        int,
        typer.Option("--https-port", min=0, max=65535, help="Port for https; 0 for a free one."),
    ] = 0,
    database: Database = None,
    seed: Annotated[
        Path | None,
        typer.Option(
            "--seed",
            metavar="FILE",
            help="Orgs, users, profiles to begin with (YAML); heeded while there are none.",
            show_default=False,
        ),
    ] = None,
    faults: Annotated[
        Path | None,
        typer.Option(
            "--faults", metavar="FILE", help="Faults and latency (YAML).", show_default=False
        ),
    ] = None,
    quirk: Annotated[
        list[str] | None,
        typer.Option(
            "--quirk",
            metavar="NAME=VALUE",
            help="How the org behaves where sources disagree (docs/local-org.md). Repeatable.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the local org on loopback until interrupted."""
    from provision.localorg import LocalOrg, Quirks

    local = LocalOrg(
        database=database_path(database),
        quirks=Quirks.of(*quirk or ()),
        port=port,
        https_port=https_port,
        seed=seed,
        faults=faults,
    )
    console = Console()
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
        _print(details, console, as_json=as_json)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:  # Ctrl-C, or SIGTERM: see main
            console.talk("stopped")


def status(database: Database = None, as_json: AsJson = False) -> None:
    """Show whether the local org is served, where, and what is in it."""
    from provision.localorg.operate import status as status_of

    found = status_of(database_path(database))
    details: dict[str, object] = {
        "database": str(found.database),
        "served": found.server is not None,
    }
    if found.server is not None:
        details |= {"http": found.server.http_url, "https": found.server.https_url}
    _print(details | dict(found.details), Console(), as_json=as_json)


def reset(database: Database = None) -> None:
    """Bring the local org back to its seed: everything that was made in it is gone."""
    from provision.localorg.operate import reset as reset_it

    path = database_path(database)
    reset_it(path)
    Console().result(f"{path}: reset")


def _print(details: Mapping[str, object], console: Console, *, as_json: bool) -> None:
    if as_json:
        console.result(json.dumps(details))
    else:
        console.result("\n".join(f"{name}: {value}" for name, value in details.items()))
