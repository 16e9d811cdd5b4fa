"""The options of verbs that go over fleets as well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Concurrency",
    "ExecutorUrl",
    "Orgs",
    "Resume",
    "SessionCacheDir",
    "ShardText",
    "StopAfter",
    "Waves",
]

Orgs = Annotated[
    list[str] | None,
    typer.Option(
        "--org",
        metavar="NAME",
        help="'local' for the embedded local org, or an alias or username of the sf CLI. "
        "[default: the session in the environment, else the sf CLI's target-org] "
        "Of a fleet: a NAME, a pattern, tag:NAME, group:NAME, spec:FILE, changed:REVISION; "
        "repeatable. [default: all]",
        show_default=False,
    ),
]
ShardText = Annotated[
    str,
    typer.Option(
        "--shard", metavar="N/COUNT", help="Of a fleet: this part of the orgs.", show_default=False
    ),
]
Concurrency = Annotated[
    int | None,
    typer.Option(
        "--concurrency",
        metavar="N",
        min=1,
        max=256,
        help="Of a fleet: so many orgs at once. [default: the fleet's, or 8; with --executor as "
        "many as its workers have threads]",
        show_default=False,
    ),
]
Waves = Annotated[
    str,
    typer.Option(
        "--waves",
        metavar="N,P%,...",
        help="Of a fleet: so many orgs first (1 is a canary), then so many, then the rest. "
        "[default: the fleet's, or all at once]",
        show_default=False,
    ),
]
StopAfter = Annotated[
    str,
    typer.Option(
        "--stop-after",
        metavar="N|P%",
        help="Of a fleet: end it after so many failures. [default: the fleet's, or after a wave "
        "with one]",
        show_default=False,
    ),
]
Resume = Annotated[
    str,
    typer.Option(
        "--resume",
        metavar="RUN",
        help="Of a fleet: continue a run, and do only what is left.",
        show_default=False,
    ),
]
ExecutorUrl = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="URL",
        help="Of a fleet: do it on the workers of dask://HOST:PORT.",
        show_default=False,
    ),
]
SessionCacheDir = Annotated[
    Path | None,
    typer.Option(
        "--session-cache",
        metavar="DIR",
        help="Of a fleet: keep sessions there for the next run, encrypted with "
        "PROVISION_SESSION_KEY.",
        show_default=False,
    ),
]
