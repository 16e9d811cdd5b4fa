"""Keeping: where runs and last-applied records are kept, as the command line says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provision.cli.workdir import WORKING_DIRECTORY, working_directory

if TYPE_CHECKING:
    from provision.apply.recording import Recorder
    from provision.cli.console import Console

__all__ = ["STATE", "RunDir", "State", "recorder", "run_base"]

RunDir = Annotated[
    Path | None,
    typer.Option(
        "--run-dir",
        metavar="DIR",
        help="Where runs and snapshots are kept. [default: .provision/runs]",
        show_default=False,
    ),
]
State = Annotated[
    str,
    typer.Option(
        "--state",
        metavar="URI",
        help="Where last-applied records are: a directory, file:// or https:// (read only). "
        "[default: last-applied in the run directory]",
        show_default=False,
    ),
]

STATE = "last-applied"
"""Where records are, below the directory of all runs."""


def run_base(run_dir: Path | None) -> Path:
    """The directory of all runs."""
    return WORKING_DIRECTORY / "runs" if run_dir is None else run_dir


def recorder(
    run_dir: Path | None, state: str, console: Console, *, writes: bool = True
) -> Recorder:
    """What keeps runs and records; a verb that does not write makes no folder for them.

    Raises :class:`CannotError` for a state of an unknown kind.
    """
    from provision.apply.recording import Recorder
    from provision.apply.state_store import state_store

    if writes and run_dir is None:
        working_directory()
    base = run_base(run_dir)
    return Recorder(base, state_store(state, base / STATE, console.talk), console.talk)
