"""Start: a run over many orgs, new or continued, before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from provision.errors import CannotError
from provision.fleet.amount import Amount, amount_of
from provision.fleet.changed import changed_since
from provision.fleet.fleet import FleetOrg
from provision.fleet.rollout import Rollout
from provision.fleet.selection import select
from provision.fleet.shared_value import refuse_shared_keys
from provision.jobs.context import JobContext
from provision.jobs.job import Job
from provision.jobs.options import RolloutOptions
from provision.jobs.orgs import FleetOrgs
from provision.jobs.workdir import STATE, run_base, working_directory
from provision.runs.rows import RunHeader
from provision.runs.run_lock import run_lock
from provision.runs.run_log import RunLog, folder_of_run, header_of, resumed
from provision.runs.shard import WHOLE, shard_of

__all__ = ["rollout_of", "started", "travelling"]

_MOST_NAMES: Final = 5

AnyJob = TypeVar("AnyJob", bound=Job)


@contextmanager
def started(
    job: Job,
    options: RolloutOptions,
    shared: JobContext,
    orgs: FleetOrgs,
    say: Callable[[str], None],
) -> Iterator[RunLog]:
    """The run that continues, or a new one of the orgs that are selected, with its lock held.

    Raises :class:`ProvisionError` for a fleet or a command line that is wrong, and where another
    process works on the run.
    """
    if job.keep.run_dir is None:
        working_directory()
    base = run_base(job.keep.run_dir).absolute()
    if options.resume and options.orgs:
        raise CannotError(
            "--resume continues with the orgs of its run, and takes no --org",
            next_step="Leave --org out, or begin a new run without --resume.",
        )
    new = None if options.resume else _new(job, options, shared, orgs, say).begin()
    folder = new or folder_of_run(base, options.resume)
    header = _header(job, options, orgs, ())
    with run_lock(folder, header.by):
        run_log = resumed(base, str(folder), header)
        if options.resume:
            job.check_orgs(run_log.left)
            say(f"{len(run_log.left)} of {len(run_log.header.orgs)} orgs are left")
        say(f"run {run_log.header.run}: kept in {run_log.folder}")
        yield run_log


def _new(
    job: Job,
    options: RolloutOptions,
    shared: JobContext,
    orgs: FleetOrgs,
    say: Callable[[str], None],
) -> RunLog:
    """A new run, which is not begun."""
    selected = job.selected(select(orgs.fleet, options.orgs, changed_since))
    selected = _with_specs(selected, job, orgs.path, say)
    shard = shard_of(options.shard) if options.shard else WHOLE
    names = tuple(org.name for org in shard.of(selected))
    job.check_orgs(names)
    if job.needs_specs:
        refuse_shared_keys(orgs.fleet, names, shared.given)
    base = run_base(job.keep.run_dir).absolute()
    return RunLog(base, _header(job, options, orgs, names))


def _header(job: Job, options: RolloutOptions, orgs: FleetOrgs, names: Sequence[str]) -> RunHeader:
    shard = shard_of(options.shard) if options.shard else WHOLE
    return header_of(
        job.name,
        orgs.path,
        names,
        shard,
        datetime.now(UTC),
        job.lifted,
        only_checks=job.only_checks,
    )


def travelling(job: AnyJob, run_log: RunLog) -> AnyJob:
    """The job with the run's folder for what is kept of the single orgs.

    Its paths are absolute: it may be done by a process that is in another folder.
    """
    state = job.keep.state or str(run_base(job.keep.run_dir).absolute() / STATE)
    return replace(
        job,
        specs=replace(job.specs, templates=_absolute(job.specs.templates)),
        rules=replace(job.rules, rules=_absolute(job.rules.rules)),
        org=replace(job.org, session_cache=_absolute(job.org.session_cache)),
        keep=replace(
            job.keep,
            run_dir=run_log.begin().absolute(),
            state=state if ":" in state else str(Path(state).absolute()),
        ),
    )


def rollout_of(job: Job, options: RolloutOptions, orgs: FleetOrgs) -> Rollout:
    """How to go over the orgs: as the command line says, else as the fleet does.

    What writes nothing needs no waves, and goes over all orgs whatever comes of some.
    """
    run = orgs.run
    concurrency = options.concurrency or run.concurrency
    if not job.writes:
        return Rollout(concurrency)
    waves = options.waves.split(",") if options.waves else run.waves
    stop = options.stop_after or run.stop_after
    return Rollout(
        concurrency,
        tuple(_amount("--waves", wave) for wave in waves),
        _amount("--stop-after", stop) if stop else None,
    )


def _with_specs(
    orgs: Sequence[FleetOrg], job: Job, fleet: Path, say: Callable[[str], None]
) -> tuple[FleetOrg, ...]:
    """The orgs that have something to be done. Raises :class:`CannotError` if none has."""
    if not job.needs_specs:
        return tuple(orgs)
    without = [org.name for org in orgs if not org.specs]
    if len(without) == len(orgs):
        raise CannotError(
            f"{fleet}: none of the orgs that are selected has a spec",
            next_step="Name their specs, or those of a group or of all (`defaults:`).",
        )
    if without:
        named = ", ".join(without[:_MOST_NAMES]) + (", ..." if len(without) > _MOST_NAMES else "")
        say(f"without a spec, and left out: {len(without)} orgs ({named})")
    return tuple(org for org in orgs if org.specs)


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None


def _amount(option: str, text: str) -> Amount:
    try:
        return amount_of(text)
    except ValueError as error:
        raise CannotError(f"{option} {text!r}: {error}", next_step=f"Write {option} 5%.") from None
