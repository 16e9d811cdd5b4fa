"""`provision localorg`: the emulated org, for other clients."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Annotated, Final

import typer

from provision.cli.console import Console

__all__ = ["DEFAULT_PORT", "serve"]

DEFAULT_PORT: Final = 8080


def serve(
    port: Annotated[
        int, typer.Option("--port", help="Port for http; 0 for a free one.")
    ] = DEFAULT_PORT,
    https_port: Annotated[
        int, typer.Option("--https-port", help="Port for https; 0 for a free one.")
    ] = 0,
    database: Annotated[
        Path | None,
        typer.Option("--database", help="[default: .provision/localorg.db]", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say where it listens as JSON.")] = False,
) -> None:
    """Serve the local org on loopback until interrupted."""
    from provision.cli.workdir import working_directory
    from provision.localorg.server import Settings, running

    path = database or working_directory() / "localorg.db"
    settings = Settings(database=path, http_port=port, https_port=https_port)
    console = Console()
    with running(settings) as org:
        session = org.session()
        said = {
            "http": org.http_url,
            "https": org.https_url,
            "ca_file": str(org.ca_file),
            "org_id": org.org_id,
            "username": session.username,
            "access_token": session.access_token,
        }
        if as_json:
            console.result(json.dumps(said))
        else:
            console.result("\n".join(f"{name}: {value}" for name, value in said.items()))
        try:
            threading.Event().wait()
        except KeyboardInterrupt:  # Ctrl-C, or SIGTERM: see main
            console.talk("stopped")
