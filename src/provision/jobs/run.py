"""Run: a job over its orgs, one or many, from the start to the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from provision.errors import CannotError, ProvisionError
from provision.jobs.context import JobContext, open_context
from provision.jobs.job import Job, Outcome, Ran
from provision.jobs.opening import done_in_org, folder_of_org
from provision.jobs.options import RolloutOptions
from provision.jobs.orgs import FleetOrgs
from provision.jobs.progress import Hooks
from provision.jobs.target import FilesTarget
from provision.jobs.unit import exit_code_of, failed_row, kept_form, row_of
from provision.jobs.view import Hidden, RunView
from provision.jobs.workdir import run_base, working_directory
from provision.org.http import calls_of, http_session
from provision.runs.rows import OrgRow
from provision.runs.run_lock import run_lock
from provision.runs.run_log import RunLog, header_of
from provision.runs.shard import WHOLE

__all__ = ["kept_run", "run_in_one", "run_job"]


def run_job(
    job: Job,
    environ: Mapping[str, str],
    hooks: Hooks = Hooks(),
    options: RolloutOptions = RolloutOptions(),
    view: RunView = Hidden(),
) -> Ran:
    """Do ``job`` in each of its orgs.

    One org is done here and now: the job itself asks, and its error is raised. Of many, each org is
    a row of the run, and ``view`` shows how it goes. Raises :class:`ProvisionError`.
    """
    with open_context(job, environ) as shared:
        if isinstance(shared.orgs, FleetOrgs):
            # Late: one org needs neither waves nor engines.
            from provision.jobs.runner import Runner

            runner = Runner(job, options, shared, shared.orgs, hooks, view)
            return runner.run()
        if isinstance(job.target, FilesTarget):
            return _run_offline(job, shared, hooks)
        return run_in_one(job, shared, hooks)


def run_in_one(job: Job, shared: JobContext, hooks: Hooks) -> Ran:
    """Do ``job`` in the only org of ``shared``. What it writes is kept as a run.

    Raises :class:`ProvisionError`.
    """
    [name] = shared.orgs.names
    with http_session(job.org.http_timeout, shared.orgs.ca_file) as http:

        def work(runs: Callable[[], Path]) -> Outcome:
            try:
                return done_in_org(job, name, http, hooks, runs)
            finally:
                for warning in shared.new_warnings():
                    hooks.progress.talk(warning)

        outcome, row = kept_run(
            job,
            shared.orgs.path,
            name,
            work,
            calls=lambda: calls_of(http).made,
            say=hooks.progress.talk,
        )
        return Ran(outcome, row.exit_code, (name,), {name: row})


def kept_run(
    job: Job,
    path: Path,
    org: str,
    work: Callable[[Callable[[], Path]], Outcome],
    calls: Callable[[], int],
    say: Callable[[str], None],
) -> tuple[Outcome, OrgRow]:
    """Do the ``work`` of ``job`` in ``org``, and keep it as a run once it begins to write.

    The run is called after ``path``. ``work`` is given what makes the folder of the org's runs,
    ``calls`` tells how many calls were made to the org, ``say`` is told what cannot be kept. Raises
    what ``work`` raises.
    """
    if job.writes and job.keep.run_dir is None:
        working_directory()
    header = header_of(
        job.name,
        path,
        [org],
        WHOLE,
        datetime.now(UTC),
        job.lifted,
        only_checks=job.only_checks,
    )
    run_log = RunLog(run_base(job.keep.run_dir), header)
    began = time.time()
    with ExitStack() as stack:

        def runs() -> Path:
            is_new = run_log.folder is None
            folder = run_log.begin()
            if is_new:
                stack.enter_context(run_lock(folder, header.by))
            return folder_of_org(folder, org)

        try:
            outcome = work(runs)
        except ProvisionError as error:
            _keep(failed_row(job.verb, org, error), run_log, say)
            raise
        row = row_of(org, kept_form(outcome), began, calls())
        _keep(row, run_log, say)
        return outcome, row


def _keep(row: OrgRow, run_log: RunLog, say: Callable[[str], None]) -> None:
    """Add the row of a run that was begun. What was written to the org is written all the same."""
    if run_log.folder is None:
        return
    try:
        run_log.add(row)
    except CannotError as error:
        say(f"notice: how the run ended cannot be kept: {error.message}")


def _run_offline(job: Job, shared: JobContext, hooks: Hooks) -> Ran:
    [name] = shared.orgs.names
    specs = shared.specs(shared.orgs.org(name), shared.given)
    for warning in shared.new_warnings():
        hooks.progress.talk(warning)
    outcome = job.run_offline(specs, shared)
    return Ran(outcome, exit_code_of(kept_form(outcome)), (), {})
