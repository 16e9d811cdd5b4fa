"""`provision runs`: what is kept of runs. Offline."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from provision.cli.option_groups import Without, takes_options
from provision.cli.output import PlainOutput
from provision.errors import ExitCode
from provision.jobs.command_line import Argument
from provision.jobs.options import KeepOptions

if TYPE_CHECKING:
    from provision.jobs.runs import KeptRun

__all__ = ["list_runs", "show_run"]

_LIST: Final = "provision/runs/1"
_RUN: Final = "provision/kept-run/1"


_Keep: TypeAlias = Annotated[KeepOptions, Without("state")]


@takes_options
def list_runs(keep: _Keep, out: PlainOutput) -> ExitCode:
    """List past runs, the newest first. Offline.

    Examples:
        provision runs list
        provision runs list --run-dir /srv/runs --format json
    """
    from provision.jobs.runs import kept_runs
    from provision.jobs.workdir import run_base

    base = run_base(keep.run_dir)
    runs = kept_runs(base)
    out.facts("\n".join(map(_line, runs)), _LIST, {"runs": [_document(run) for run in runs]})
    if not runs:
        out.console.talk(f"no run is kept in {base}")
    return ExitCode.OK


@takes_options
def show_run(
    run: Annotated[str, Argument("RUN", "The id of a run, or its directory.")],
    keep: _Keep,
    out: PlainOutput,
) -> ExitCode:
    """Show what a run did, and how to continue or undo it. Offline.

    Examples:
        provision runs show 20260131T120000Z-apply-spec
    """
    from provision.jobs.runs import kept_run_in
    from provision.jobs.workdir import run_base
    from provision.runs.run_directory import find_run

    found = kept_run_in(find_run(run_base(keep.run_dir), run))
    out.facts("\n".join(_paragraph(found)), _RUN, _document(found))
    return ExitCode.OK


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
