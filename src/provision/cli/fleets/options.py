"""The options of verbs that go over fleets as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from provision.errors import CannotError

__all__ = [
    "Concurrency",
    "ExecutorUrl",
    "FleetChoice",
    "Orgs",
    "Resume",
    "SessionCacheDir",
    "ShardText",
    "StopAfter",
    "Waves",
    "is_over_fleet",
    "one_org",
    "refuse_over_fleet",
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
        help="Of a fleet: go on with a run, and do only what is left.",
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


@dataclass(frozen=True, slots=True)
class FleetChoice:
    """What the command line says of how to go over a fleet; empty is what the fleet says."""

    orgs: Sequence[str] | None
    shard: str
    concurrency: int | None
    resume: str
    session_cache: Path | None
    executor: str = ""
    waves: str = ""
    stop_after: str = ""

    def refuse_without_fleet(self) -> None:
        """Raise :class:`CannotError` for what means nothing for one org."""
        given = {
            "--shard": self.shard,
            "--concurrency": self.concurrency,
            "--waves": self.waves,
            "--stop-after": self.stop_after,
            "--resume": self.resume,
            "--executor": self.executor,
            "--session-cache": self.session_cache,
        }
        _refuse(given, "there is no fleet here", "Name a fleet file, or leave it out.")


def is_over_fleet(paths: Sequence[Path]) -> bool:
    """Whether the targets are a fleet. Raises :class:`CannotError` for one among others."""
    from provision.fleet.load import is_fleet

    fleets = [path for path in paths if is_fleet(path)]
    if fleets and len(paths) > 1:
        raise CannotError(
            f"{fleets[0]} is a fleet, and stands alone: it says itself which specs go where",
            next_step=f"Select with --org, as in --org spec:FILE of {fleets[0]}.",
        )
    return bool(fleets)


def one_org(names: Sequence[str] | None) -> str:
    """The one org of a command line without a fleet. Raises :class:`CannotError` for several."""
    if names and len(names) > 1:
        raise CannotError(
            "specs are for one --org at a time",
            next_step="Write a fleet file, and name that: docs/fleet.md.",
        )
    return names[0] if names else ""


def refuse_over_fleet(given: Mapping[str, object]) -> None:
    """Raise :class:`CannotError` for options, by name, that were given and are for one org."""
    _refuse(given, "that is for one org, and this is a fleet", "Name a spec, and an --org.")


def _refuse(given: Mapping[str, object], reason: str, next_step: str) -> None:
    named = [option for option, value in given.items() if value]
    if named:
        raise CannotError(f"{', '.join(named)}: {reason}", next_step=next_step)
