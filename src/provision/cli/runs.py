"""`provision runs`: what is kept of runs. Offline."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provision.cli.console import Console
from provision.cli.options import RunDir

if TYPE_CHECKING:
    from provision.jobs.runs import KeptRun

__all__ = ["list_runs", "show_run"]

_LIST: Final = "provision/runs/1"
_RUN: Final = "provision/kept-run/1"


class RunsFormat(StrEnum):
    """How runs are written."""

    TEXT = "text"
    JSON = "json"


_Format = Annotated[RunsFormat, typer.Option("--format", help="How the result is written.")]


def list_runs(run_dir: RunDir = None, output_format: _Format = RunsFormat.TEXT) -> None:
    """The runs that wrote to orgs or went over a fleet, the newest first. Offline."""
    from provision.jobs.runs import kept_runs
    from provision.jobs.workdir import run_base

    runs, console = kept_runs(run_base(run_dir)), Console()
    if output_format is RunsFormat.JSON:
        console.document(_json({"schema": _LIST, "runs": [_document(run) for run in runs]}))
    elif runs:
        console.result("\n".join(map(_line, runs)))
    else:
        console.talk(f"no run is kept in {run_base(run_dir)}")


def show_run(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run's id, or its directory.", show_default=False)
    ],
    run_dir: RunDir = None,
    output_format: _Format = RunsFormat.TEXT,
) -> None:
    """What a run did, in which orgs, and how to continue it or to roll it back. Offline."""
    from provision.apply.run_directory import find_run
    from provision.jobs.runs import kept_run_in
    from provision.jobs.workdir import run_base

    found, console = kept_run_in(find_run(run_base(run_dir), run)), Console()
    if output_format is RunsFormat.JSON:
        console.document(_json({"schema": _RUN, **_document(found)}))
    else:
        console.result("\n".join(_paragraph(found)))


def _line(run: KeptRun) -> str:
    orgs = run.orgs[0].org if len(run.orgs) == 1 else f"{len(run.orgs)} orgs"
    by = f", by {run.by}" if run.by else ""
    return f"{run.run}  {run.verb} in {orgs}: {run.outcome}{_exit(run)}{by}"


def _exit(run: KeptRun) -> str:
    return "" if run.exit_code is None else f" (exit {run.exit_code.value})"


def _paragraph(run: KeptRun) -> Iterator[str]:
    yield f"run: {run.run}"
    yield f"verb: {run.verb}{f' of {run.target}' if run.target else ''}"
    yield f"started: {run.started}{f', by {run.by}' if run.by else ''}"
    if run.ended:
        yield f"ended: {run.ended}"
    if run.lifted:
        yield f"gates lifted: {', '.join(run.lifted)}"
    yield f"outcome: {run.outcome}{_exit(run)}"
    yield f"kept in: {run.directory}"
    yield ""
    for org in run.orgs:
        yield f"{org.org}: {org.summary or 'nothing is known of it'}"
        for app in org.apps:
            made = ", created" if app.created else ""
            yield f"  {app.app}: {app.verb}{made}: {app.outcome.splitlines()[0]}"
    steps = list(_next_steps(run))
    if steps:
        yield ""
        yield from steps


def _next_steps(run: KeptRun) -> Iterator[str]:
    if run.is_under_way:
        yield "next: wait until it has ended"
        return
    if run.left and run.is_of_fleet:
        yield f"to continue: run the same command with --resume {run.run}"
    if run.can_roll_back:
        yield f"to go back: provision rollback {run.run}"


def _document(run: KeptRun) -> dict[str, object]:
    return {
        **dataclasses.asdict(run),
        "exit_code": run.exit_code,
        "outcome": run.outcome,
        "can_roll_back": run.can_roll_back,
    }


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2)
