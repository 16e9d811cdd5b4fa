"""Running: an errand over the orgs of a fleet, from the command line to the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from provision.apply.gating import check_extent
from provision.cli.confirmation import confirm
from provision.cli.console import Console
from provision.cli.fleets.engine import engine
from provision.cli.fleets.errand import Errand
from provision.cli.fleets.options import FleetChoice
from provision.cli.fleets.progress import progress
from provision.cli.fleets.shelf import shelf_of
from provision.cli.fleets.unit import failed_row, org_row
from provision.cli.fleets.work import digest_of
from provision.cli.keeping import STATE, run_base
from provision.cli.output import Output
from provision.cli.workdir import working_directory
from provision.errors import ApplyFailed, CannotError, ExitCode, OrgUnreachable
from provision.fleet.amount import Amount, amount_of
from provision.fleet.brake import RunBrake
from provision.fleet.changed import changed_since
from provision.fleet.conductor import Conductor, Ended
from provision.fleet.course import Course, is_failure
from provision.fleet.executor import Order, Orders
from provision.fleet.journey import Journey, begun, header_of, resumed
from provision.fleet.merge import merge
from provision.fleet.record import OrgRow
from provision.fleet.selection import select
from provision.fleet.shard import WHOLE, shard_of
from provision.report.body import body_from
from provision.report.entry import Entry
from provision.report.findings import Findings
from provision.report.joined import joined
from provision.report.report import Report
from provision.report.text import TextRenderer

__all__ = ["FleetRun"]

_Plans = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class FleetRun:
    """One command line over a fleet."""

    errand: Errand
    choice: FleetChoice
    out: Output
    console: Console

    @property
    def base(self) -> Path:
        """The directory of all runs."""
        return run_base(self.errand.run_dir).absolute()

    def look(self) -> ExitCode:
        """Do a verb that needs no plan to be seen first, and report; its exit code."""
        self.out.check()
        journey = self._journey()
        orders = partial(_order, self._errand_of(journey))
        return self._reported(journey, self._travel(journey, journey.left, orders))

    def write(self, *, ask: bool) -> ExitCode:
        """Show the plans of all orgs, ask once, and do what was shown; its exit code.

        Raises :class:`GateRefused` where the run as a whole is held, or nobody confirmed.
        """
        self.out.check()
        journey = self._journey()
        plans = self._plans(journey)
        self._show(plans)
        self._check_extent(plans)
        changing = sum(any(map(_changes, entries)) for entries in plans.values())
        if ask and changing:
            confirm(f"Apply this to {changing} of {len(journey.header.orgs)} orgs?")
        orders = partial(_approved_order, self._errand_of(journey), _seen(plans))
        return self._reported(journey, self._travel(journey, tuple(plans), orders))

    def _journey(self) -> Journey:
        """The run that goes on, or a new one with the orgs that are selected."""
        fleet = shelf_of(self.errand).fleet
        if self.errand.run_dir is None:
            working_directory()
        shard = shard_of(self.choice.shard) if self.choice.shard else WHOLE
        orgs = shard.of(select(fleet, self.choice.orgs, changed_since))
        names = [org.name for org in orgs]
        header = header_of(self.errand.verb, fleet.path, names, shard, datetime.now(UTC))
        if self.choice.resume:
            journey = resumed(self.base, self.choice.resume, header)
            self.console.talk(f"{len(journey.left)} of {len(journey.header.orgs)} orgs are left")
        else:
            journey = begun(self.base, header)
        self.console.talk(f"run {journey.header.run}: kept in {journey.folder}")
        return journey

    def _errand_of(self, journey: Journey) -> Errand:
        """The errand, with the journey's folder for the runs of the single orgs."""
        state = self.errand.state or str(self.base / STATE)
        return replace(self.errand, run_dir=journey.folder.absolute(), state=state)

    def _plans(self, journey: Journey) -> _Plans:
        """The plans of the orgs that are left. What cannot be planned is a row already."""
        rows: dict[str, OrgRow] = {}
        errand = self._errand_of(journey).of("plan")
        course = Course(self._course().concurrency)  # nothing is written: no need for waves
        orders = partial(_order, errand)
        keep = _keeper(rows)
        ended = self._conduct("plan", course, journey, journey.left, orders, keep)
        if ended.reason:
            raise CannotError(
                f"{ended.reason} while planning; nothing was written",
                next_step=f"Go on with --resume {journey.folder.name}.",
            )
        for row in rows.values():
            if is_failure(row.exit_code):
                journey.add(row)
        done = [rows[org] for org in journey.header.orgs if org in rows]
        return {
            row.org: body_from(row.body, row.org).entries
            for row in done
            if not is_failure(row.exit_code)
        }

    def _show(self, plans: _Plans) -> None:
        report = Report("plan", tuple(entry for entries in plans.values() for entry in entries))
        text = f"{TextRenderer().render(report)}\n"
        self.console.result(text) if self.out.is_talk else self.console.talk(text)

    def _check_extent(self, plans: _Plans) -> None:
        changing = [(org, e) for org, entries in plans.items() for e in entries if _changes(e)]
        orgs = {org for org, _ in changing}
        apps = {entry.app for _, entry in changing}
        check_extent(apps, orgs, self.errand.allow, shelf_of(self.errand).rules.thresholds)

    def _travel(self, journey: Journey, orgs: Sequence[str], orders: Orders) -> Ended:
        """Do the work of ``orgs``; each row is kept as it comes."""
        verb = self.errand.verb
        ended = self._conduct(verb, self._course(), journey, orgs, orders, journey.add)
        for org in ended.under_way:
            journey.add(failed_row(verb, org, _left_under_way()))
        return ended

    def _conduct(
        self,
        what: str,
        course: Course,
        journey: Journey,
        orgs: Sequence[str],
        orders: Orders,
        keep: Callable[[OrgRow], None],
    ) -> Ended:
        with (
            engine(self.choice.executor, orders, course.concurrency) as executor,
            RunBrake(journey.folder, self.console.talk) as brake,
            progress(what, len(orgs), self.console) as shown,
        ):

            def on_row(row: OrgRow) -> None:
                keep(row)
                shown.row(row)

            return Conductor(course, executor, brake, on_row, partial(_lost, what)).run(orgs)

    def _reported(self, journey: Journey, ended: Ended) -> ExitCode:
        merged = merge([journey.as_record()])
        report = joined(merged)
        self.out.findings(report) if isinstance(report, Findings) else self.out.report(report)
        if ended.reason:
            self.console.talk(
                f"ended before all orgs were done: {ended.reason}\n"
                f"next: go on with --resume {journey.folder.name}"
            )
        return merged.exit_code

    def _course(self) -> Course:
        """How to go: as the command line says, else as the fleet does."""
        run = shelf_of(self.errand).fleet.run
        waves = self.choice.waves.split(",") if self.choice.waves else run.waves
        stop = self.choice.stop_after or run.stop_after
        return Course(
            self.choice.concurrency or run.concurrency,
            tuple(_amount("--waves", wave) for wave in waves),
            _amount("--stop-after", stop) if stop else None,
        )


def _order(errand: Errand, org: str) -> Order:
    return partial(org_row, errand, org)


def _approved_order(errand: Errand, seen: Mapping[str, frozenset[str]], org: str) -> Order:
    return partial(org_row, errand, org, seen[org])


def _seen(plans: _Plans) -> dict[str, frozenset[str]]:
    """The digests of the plans that were shown, by org."""
    return {
        org: frozenset(digest_of(entry.plan) for entry in entries if entry.plan)
        for org, entries in plans.items()
    }


def _changes(entry: Entry) -> bool:
    return entry.plan is not None and not entry.plan.is_empty


def _keeper(rows: dict[str, OrgRow]) -> Callable[[OrgRow], None]:
    def keep(row: OrgRow) -> None:
        rows[row.org] = row

    return keep


def _lost(verb: str, org: str, error: Exception) -> OrgRow:
    lost = OrgUnreachable(
        f"whoever worked on it is gone: {error or type(error).__name__}",
        next_step="Go on with --resume; what was done is not done twice.",
    )
    return failed_row(verb, org, lost)


def _left_under_way() -> ApplyFailed:
    return ApplyFailed(
        "interrupted twice while it was under way, and nobody waited for its end",
        next_step="Run `provision diff` to see what the org has, or go on with --resume.",
    )


def _amount(option: str, text: str) -> Amount:
    try:
        return amount_of(text)
    except ValueError as error:
        raise CannotError(f"{option} {text!r}: {error}", next_step=f"Write {option} 5%.") from None
