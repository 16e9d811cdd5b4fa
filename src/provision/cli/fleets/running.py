"""Running: an errand over the orgs of a fleet, from the command line to the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from provision.cli.confirmation import confirm
from provision.cli.console import Console
from provision.cli.fleets.engine import engine
from provision.cli.fleets.errand import Errand
from provision.cli.fleets.options import FleetChoice
from provision.cli.fleets.progress import progress
from provision.cli.fleets.proposal import Proposal
from provision.cli.fleets.shelf import shelf_of
from provision.cli.fleets.start import course_of, errand_of, started
from provision.cli.fleets.unit import failed_row, org_row
from provision.cli.output import Output
from provision.cli.telling import note_written
from provision.errors import (
    ApplyFailed,
    CannotError,
    ExitCode,
    GateRefused,
    OrgUnreachable,
    ProvisionError,
)
from provision.findings import Finding
from provision.fleet.brake import RunBrake
from provision.fleet.conductor import Conductor, Ended
from provision.fleet.course import is_failure
from provision.fleet.executor import Order, Orders
from provision.fleet.journey import Journey
from provision.fleet.merge import Merged, merge
from provision.fleet.record import OrgRow
from provision.report.findings import Findings
from provision.report.joined import joined
from provision.report.text import TextRenderer

__all__ = ["FleetRun"]

_CHECKS: Final = frozenset({"doctor", "lint"})

_Keep = Callable[[OrgRow], None]
_Check = Callable[[tuple[str, ...]], None]


@dataclass(frozen=True, slots=True)
class FleetRun:
    """One command line over a fleet."""

    errand: Errand
    choice: FleetChoice
    out: Output
    console: Console

    def look(self) -> ExitCode:
        """Do a verb that only reads, and report; its exit code."""
        self.out.check()
        journey = started(self.errand, self.choice, self.console)
        orders = partial(_order, errand_of(self.errand, journey))
        return self._reported(journey, self._travel(journey, journey.left, orders, journey.add))

    def apply(self, *, ask: bool) -> ExitCode:
        """Show the plans of all orgs, ask once, and do what was shown; its exit code.

        Raises :class:`GateRefused` where the run as a whole is held, or nobody confirmed.
        """
        self.out.check()
        course = course_of(self.errand, self.choice)
        journey = started(self.errand, self.choice, self.console)
        left = journey.left
        proposal = self._proposal(journey)
        failures = len(left) - len(proposal.plans)
        most = course.most_failures(len(left))
        if most is not None and failures >= most:
            return self._reported(journey, Ended("too many orgs cannot even be planned"))
        self._approve(proposal, journey, ask=ask)
        orders = partial(_approved_order, errand_of(self.errand, journey), proposal.digests())

        def keep(row: OrgRow) -> None:
            journey.add(proposal.with_cost(row))

        ended = self._travel(journey, tuple(proposal.plans), orders, keep, failures)
        return self._reported(journey, ended)

    def act(self, check: _Check, show: Callable[[Merged], None]) -> ExitCode:
        """Do a verb that writes and has no plan, and ``show`` what came of it; its exit code.

        ``check`` is given the orgs before anything is done, and may raise what keeps it from that.
        """
        course_of(self.errand, self.choice)
        journey = started(self.errand, self.choice, self.console, check)
        orders = partial(_order, errand_of(self.errand, journey))
        ended = self._travel(journey, journey.left, orders, journey.add)
        return self._reported(journey, ended, show)

    def _proposal(self, journey: Journey) -> Proposal:
        """The plans of the orgs that are left. What cannot be planned is a row already."""
        rows: dict[str, OrgRow] = {}

        def keep(row: OrgRow) -> None:
            if is_failure(row.exit_code):
                journey.add(row)
            else:
                rows[row.org] = row

        errand = errand_of(self.errand, journey).of("plan")
        ended = self._conduct(errand, journey, journey.left, partial(_order, errand), keep)
        if ended.reason:
            raise CannotError(
                f"{ended.reason} while planning; nothing was written",
                next_step=f"Go on with --resume {journey.folder.name}.",
            )
        return Proposal.of([rows[org] for org in journey.header.orgs if org in rows])

    def _approve(self, proposal: Proposal, journey: Journey, *, ask: bool) -> None:
        """Show it, and raise :class:`GateRefused` unless it may and shall be done."""
        if proposal.plans:
            text = f"{TextRenderer().render(proposal.report)}\n"
            self.console.result(text) if self.out.is_talk else self.console.talk(text)
        try:
            thresholds = shelf_of(self.errand).rules.thresholds
            proposal.check_extent(self.errand.allow, thresholds)
            if ask and proposal.changing:
                changing, total = len(proposal.changing), len(journey.header.orgs)
                confirm(f"Apply this to {changing} of {total} orgs?")
        except GateRefused as error:
            if not self.out.is_talk:
                self.out.report(proposal.refused(error, tuple(journey.rows.values())))
            raise

    def _travel(
        self,
        journey: Journey,
        orgs: Sequence[str],
        orders: Orders,
        keep: _Keep,
        failures: int = 0,
    ) -> Ended:
        """Do the work of ``orgs``; each row is kept as it comes. ``failures`` were before."""
        ended = self._conduct(self.errand, journey, orgs, orders, keep, failures)
        for org in ended.under_way:
            keep(failed_row(self.errand.verb, org, _left_under_way(self.errand)))
        return ended

    def _conduct(
        self,
        errand: Errand,
        journey: Journey,
        orgs: Sequence[str],
        orders: Orders,
        keep: _Keep,
        failures: int = 0,
    ) -> Ended:
        course = course_of(errand, self.choice)
        with (
            engine(self.choice.executor, orders, course.concurrency) as executor,
            RunBrake(journey.folder, self.console.talk, may_be_left=errand.may_be_left) as brake,
            progress(errand.verb, len(orgs), self.console) as shown,
        ):

            def on_row(row: OrgRow) -> None:
                keep(row)
                shown.row(row)

            # A fleet's own number is one of threads here; an engine says how much it can do.
            pace = replace(course, concurrency=self.choice.concurrency or executor.at_once)
            lost = partial(_lost, errand)
            ended = Conductor(pace, executor, brake, on_row, lost, failures).run(orgs)
        for warning in shelf_of(errand).untold_warnings():
            self.console.talk(warning)
        return ended

    def _reported(
        self, journey: Journey, ended: Ended, show: Callable[[Merged], None] | None = None
    ) -> ExitCode:
        shared = shelf_of(self.errand).shared_values()
        if self.errand.verb not in _CHECKS:
            for told in shared:
                self.console.talk(told.line)
        if not self.errand.only_reads:
            note_written()
        record = journey.as_record()
        # Of a shard: what other shards did is for `report merge` to say.
        merged = merge([replace(record, header=replace(record.header, shard=None))])
        (show or partial(self._print, shared=shared))(merged)
        if ended.reason:
            self.console.talk(
                f"ended before all orgs were done: {ended.reason}\n"
                f"next: go on with --resume {journey.folder.name}"
            )
            return ExitCode.worst({merged.exit_code, ExitCode.CANNOT})
        if self.errand.strict and self.errand.verb in _CHECKS and shared:
            return ExitCode.worst({merged.exit_code, ExitCode.FOUND})
        return merged.exit_code

    def _print(self, merged: Merged, shared: Sequence[Finding]) -> None:
        report = joined(merged)
        if isinstance(report, Findings):
            of_fleet = tuple(replace(each, app="fleet") for each in shared)
            self.out.findings(replace(report, findings=(*report.findings, *of_fleet)))
        else:
            self.out.report(report)


def _order(errand: Errand, org: str) -> Order:
    return partial(org_row, errand, org)


def _approved_order(errand: Errand, seen: Mapping[str, frozenset[str]], org: str) -> Order:
    return partial(org_row, errand, org, seen[org])


def _lost(errand: Errand, org: str, error: Exception) -> OrgRow:
    """The row of an org of which no worker told how it went: a verb may have written there."""
    if isinstance(error, ProvisionError):
        return failed_row(errand.verb, org, error)
    said = f"the worker that did it is gone: {error or type(error).__name__}"
    if errand.only_reads:
        again = "Continue with --resume; what was done is not done twice."
        return failed_row(errand.verb, org, OrgUnreachable(said, next_step=again))
    lost = ApplyFailed(
        f"{said}. It is not known what it wrote to the org",
        next_step="Run `provision diff` to see what the org has, then continue with --resume; "
        "what was done is not done twice.",
    )
    return failed_row(errand.verb, org, lost)


def _left_under_way(errand: Errand) -> ProvisionError:
    said = "interrupted twice while it was under way, and nobody waited for its end"
    if errand.only_reads:
        return CannotError(said, next_step="Go on with --resume.")
    return ApplyFailed(
        said,
        next_step="Run `provision diff` to see what the org has, or go on with --resume.",
    )
