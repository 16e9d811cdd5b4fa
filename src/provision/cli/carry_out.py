"""Carrying out a job for a command line: with live text, and the result in any format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from provision.cli.live import FleetView, LiveProgress, approval
from provision.cli.output import Output
from provision.errors import CannotError
from provision.jobs.command_line import option_names
from provision.jobs.job import Ran
from provision.jobs.options import OrgOptions, RolloutOptions
from provision.jobs.progress import Hooks
from provision.jobs.run import run_job
from provision.jobs.target import FleetTarget
from provision.redaction import SECRETS
from provision.report.entry import Entry
from provision.report.findings import Findings
from provision.report.report import Report
from provision.report.results import Results

if TYPE_CHECKING:
    from provision.jobs.handover import AppHandover
    from provision.jobs.job import Job
    from provision.secret.sink import Sink

__all__ = ["carry_out", "hooks_for", "ran_quietly", "refuse_for_fleet", "show"]

_NO_ROLLOUT = RolloutOptions()


def carry_out(
    job: Job,
    out: Output,
    rollout: RolloutOptions = _NO_ROLLOUT,
    hooks: Hooks | None = None,
    *,
    yes: bool = True,
) -> Ran:
    """Do ``job``, show what comes of it, and give that.

    Raises :class:`~provision.errors.ProvisionError`.
    """
    ran = ran_quietly(job, out, rollout, hooks or hooks_for(out, yes=yes))
    if not (job.shows_parts and out.is_talk and not isinstance(job.target, FleetTarget)):
        show(job, ran, out)
    return ran


def ran_quietly(job: Job, out: Output, rollout: RolloutOptions, hooks: Hooks) -> Ran:
    """Do ``job``, without showing the result. Raises what :func:`carry_out` raises."""
    if not isinstance(job.target, FleetTarget):
        _refuse_for_one_org(rollout, job.org)
    return run_job(job, os.environ, hooks, rollout, FleetView(out))


def hooks_for(
    out: Output,
    *,
    yes: bool,
    handover: AppHandover | None = None,
    sink: Sink | None = None,
) -> Hooks:
    """What a terminal adds to a job."""
    hooks = Hooks(LiveProgress(out), approval(yes=yes), sink=sink)
    return hooks if handover is None else Hooks(hooks.progress, hooks.approval, handover, sink)


def show(job: Job, ran: Ran, out: Output, app: str = "") -> None:
    """Print what came of a job, for the only ``app`` that it was about, if there is one.

    A text was shown as it came, if that is what the user reads.
    """
    match ran.result:
        case Results() as results:
            out.results(results)
        case Report() as report:
            out.report(report)
        case Findings() as findings:
            out.findings(findings)
        case str() as done if not out.is_talk:
            [org] = ran.orgs
            done = SECRETS.lines(done)
            out.report(Report(job.verb, (Entry(app, org, ran.exit_code, None, done=done),)))


def refuse_for_fleet(target: object, given: Sequence[tuple[str, object]]) -> None:
    """Raise :class:`CannotError` for options, by name, that were given and are for one org."""
    if isinstance(target, FleetTarget):
        named = [option for option, value in given if value]
        _refuse(named, "that is for one org, and this is a fleet", "Name a spec, and an --org.")


def _refuse_for_one_org(rollout: RolloutOptions, org: OrgOptions) -> None:
    of_fleets = (replace(rollout, orgs=()), OrgOptions(session_cache=org.session_cache))
    named = [name for group in of_fleets for name in option_names(group)]
    _refuse(named, "there is no fleet here", "Name a fleet file, or leave it out.")


def _refuse(named: Sequence[str], reason: str, next_step: str) -> None:
    if named:
        raise CannotError(f"{', '.join(named)}: {reason}", next_step=next_step)
