"""The options of `provision credentials`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provision.jobs.part import Part

__all__ = ["App", "FleetFile", "Force", "OpenSetting", "PartChoice", "Prefix", "Show", "To"]

App = Annotated[str, typer.Argument(metavar="APP", show_default=False)]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="SINK",
        help="file:PATH, env-file:PATH, keyring:SERVICE, or cmd:COMMAND for its standard input.",
        show_default=False,
    ),
]
Show = Annotated[bool, typer.Option("--show", help="Print it, on a terminal.")]
PartChoice = Annotated[Part, typer.Option("--part", help="What to hand over; both is JSON.")]
Prefix = Annotated[
    str,
    typer.Option(
        "--prefix",
        metavar="TEXT",
        help="Before the names in an env-file. [default: APP_]",
        show_default=False,
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Overwrite the file; print where there is no terminal.")
]
FleetFile = Annotated[
    Path | None,
    typer.Option(
        "--fleet", metavar="FLEET", help="Do it in the orgs of this fleet.", show_default=False
    ),
]
OpenSetting = Annotated[
    bool,
    typer.Option(
        "--open-setting",
        help="Open the org's setting that REST access to secrets needs, and close it again.",
    ),
]
