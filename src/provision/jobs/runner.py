"""Runner: a job over the orgs of a fleet, from the selection to the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from provision.errors import (
    ApplyFailed,
    CannotError,
    ExitCode,
    GateRefused,
    OrgUnreachable,
    ProvisionError,
)
from provision.fleet.engine import engine
from provision.fleet.executor import Order, Orders
from provision.fleet.merge import merge
from provision.fleet.scheduler import Ended, Scheduler
from provision.fleet.stop_signal import InterruptSignal
from provision.jobs.apply import Apply
from provision.jobs.context import JobContext
from provision.jobs.job import Job, Ran
from provision.jobs.options import RolloutOptions
from provision.jobs.orgs import FleetOrgs
from provision.jobs.progress import Hooks
from provision.jobs.proposal import Proposal
from provision.jobs.start import rollout_of, started, travelling
from provision.jobs.unit import failed_row, org_row
from provision.jobs.view import RunView
from provision.report.findings import Findings
from provision.report.joined import joined
from provision.runs.rows import OrgRow
from provision.runs.run_log import RunLog

__all__ = ["Runner"]

_Keep = Callable[[OrgRow], None]


@dataclass(frozen=True, slots=True)
class Runner:
    """One job over the orgs of a fleet."""

    job: Job
    options: RolloutOptions
    shared: JobContext
    orgs: FleetOrgs
    hooks: Hooks
    view: RunView

    def run(self) -> Ran:
        """Do the job in all orgs; what came of it, and its exit code.

        Raises :class:`GateRefused` where the run as a whole is refused, or nobody approved it.
        """
        rollout_of(self.job, self.options, self.orgs)  # what is wrong with it is raised now
        with started(
            self.job, self.options, self.shared, self.orgs, self.hooks.progress.talk
        ) as run_log:
            if isinstance(self.job, Apply):
                return self._apply(self.job, run_log)
            left = run_log.left
            self._ask(run_log, left)
            orders = partial(_order, travelling(self.job, run_log))
            ended = self._travel(run_log, left, orders, run_log.add)
            return self._reported(run_log, ended)

    def _ask(self, run_log: RunLog, orgs: Sequence[str]) -> None:
        """Show what would be done in each org, if somebody decides, and raise unless it is."""
        question, preview = self.job.question(len(orgs)), self.job.preview()
        if not question or not orgs:
            return
        if preview is not None and self.hooks.approval.is_asked:
            rows: list[OrgRow] = []
            orders = partial(_order, travelling(preview, run_log))
            ended = self._scheduled(preview, run_log, orgs, orders, rows.append)
            if ended.reason:
                raise CannotError(f"{ended.reason} while planning; nothing was written")
            self.view.previewed(rows)
        self.hooks.approval.ask(question)

    def _apply(self, job: Apply, run_log: RunLog) -> Ran:
        """Show the plans of all orgs, have them approved at once, and do what was shown."""
        rollout = rollout_of(job, self.options, self.orgs)
        left = run_log.left
        proposal = self._proposal(job, run_log)
        failures = len(left) - len(proposal.plans)
        most = rollout.most_failures(len(left))
        if most is not None and failures >= most:
            return self._reported(run_log, Ended("too many orgs cannot even be planned"))
        self._approve(job, proposal, run_log)
        orders = partial(_approved_order, travelling(job, run_log), proposal.digests())

        def keep(row: OrgRow) -> None:
            run_log.add(proposal.with_cost(row))

        ended = self._travel(run_log, tuple(proposal.plans), orders, keep, failures)
        return self._reported(run_log, ended)

    def _proposal(self, job: Apply, run_log: RunLog) -> Proposal:
        """The plans of the orgs that are left. What cannot be planned is a row already."""
        rows: dict[str, OrgRow] = {}

        def keep(row: OrgRow) -> None:
            if row.exit_code.is_failure:
                run_log.add(row)
            else:
                rows[row.org] = row

        planning = travelling(job.planning(), run_log)
        orders = partial(_order, planning)
        ended = self._scheduled(planning, run_log, run_log.left, orders, keep)
        if ended.reason:
            raise CannotError(
                f"{ended.reason} while planning; nothing was written",
                next_step=f"Continue with --resume {run_log.header.run}.",
            )
        return Proposal.of([rows[org] for org in run_log.header.orgs if org in rows])

    def _approve(self, job: Apply, proposal: Proposal, run_log: RunLog) -> None:
        """Show the plans, and raise :class:`GateRefused` unless gates and the user allow them."""
        if proposal.plans:
            self.view.proposed(proposal.report)
        try:
            proposal.check_extent(job.gates.allow, self.shared.rules.thresholds)
            if proposal.changing:
                changing, total = len(proposal.changing), len(run_log.header.orgs)
                self.hooks.approval.ask(f"Apply this to {changing} of {total} orgs?")
        except GateRefused as error:
            self.view.refused(proposal.refused(error, tuple(run_log.rows.values())))
            raise

    def _travel(
        self,
        run_log: RunLog,
        orgs: Sequence[str],
        orders: Orders,
        keep: _Keep,
        failures: int = 0,
    ) -> Ended:
        """Do the work of ``orgs``; each row is kept as it comes. ``failures`` were before."""
        ended = self._scheduled(self.job, run_log, orgs, orders, keep, failures)
        for org in ended.under_way:
            keep(failed_row(self.job.verb, org, _left_under_way(self.job)))
        return ended

    def _scheduled(
        self,
        job: Job,
        run_log: RunLog,
        orgs: Sequence[str],
        orders: Orders,
        keep: _Keep,
        failures: int = 0,
    ) -> Ended:
        rollout = rollout_of(job, self.options, self.orgs)
        talk = self.hooks.progress.talk
        with (
            engine(self.options.executor, orders, rollout.concurrency) as executor,
            InterruptSignal(run_log.begin(), talk, may_be_left=job.may_be_left) as stop,
            self.view.rows(job.verb, len(orgs)) as shown,
        ):

            def on_row(row: OrgRow) -> None:
                keep(row)
                shown(row)

            # A fleet's own number is one of threads here; an engine says how much it can do.
            pace = replace(rollout, concurrency=self.options.concurrency or executor.at_once)
            missing_row = partial(_missing_row, job)
            ended = Scheduler(pace, executor, stop, on_row, missing_row, failures).run(orgs)
        for warning in self.shared.new_warnings():
            talk(warning)
        return ended

    def _reported(self, run_log: RunLog, ended: Ended) -> Ran:
        shared, progress = self.shared.shared_values(), self.hooks.progress
        if not self.job.only_checks:
            for finding in shared:
                progress.talk(finding.line)
        if self.job.writes:
            progress.written()
        record = run_log.as_record()
        # Of a shard: what other shards did is for `report merge` to say.
        merged = merge([replace(record, header=replace(record.header, shard=None))])
        report, code = joined(merged), merged.exit_code
        if isinstance(report, Findings):
            of_fleet = tuple(replace(each, app="fleet") for each in shared)
            report = replace(report, findings=(*report.findings, *of_fleet))
        if ended.reason:
            progress.talk(
                f"ended before all orgs were done: {ended.reason}\n"
                f"next: continue with --resume {run_log.header.run}"
            )
            code = ExitCode.worst({code, ExitCode.CANNOT})
        elif self.job.is_strict and self.job.only_checks and shared:
            code = ExitCode.worst({code, ExitCode.FOUND})
        if isinstance(report, Findings):
            report = replace(report, exit_code=code)
        return Ran(report, code, merged.orgs, merged.rows)


def _order(job: Job, org: str) -> Order:
    return partial(org_row, job, org)


def _approved_order(job: Job, approved: Mapping[str, frozenset[str]], org: str) -> Order:
    return partial(org_row, job, org, approved[org])


def _missing_row(job: Job, org: str, error: Exception) -> OrgRow:
    """The row of an org whose worker returned none. The job may have written to the org."""
    if isinstance(error, ProvisionError):
        return failed_row(job.verb, org, error)
    reason = f"the worker that did it is gone: {error or type(error).__name__}"
    if not job.writes:
        again = "Continue with --resume; what was done is not done twice."
        return failed_row(job.verb, org, OrgUnreachable(reason, next_step=again))
    unknown = ApplyFailed(
        f"{reason}. It is not known what it wrote to the org",
        next_step="Run `provision diff` to see what the org has, then continue with --resume; "
        "what was done is not done twice.",
    )
    return failed_row(job.verb, org, unknown)


def _left_under_way(job: Job) -> ProvisionError:
    reason = "interrupted twice while it was under way, and nobody waited for its end"
    if not job.writes:
        return CannotError(reason, next_step="Continue with --resume.")
    return ApplyFailed(
        reason,
        next_step="Run `provision diff` to see what the org has, or continue with --resume.",
    )
