"""`provision credentials` over a fleet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.cli.confirmation import confirm
from provision.cli.console import Console
from provision.cli.fleets.errand import Errand
from provision.cli.fleets.options import FleetChoice
from provision.cli.fleets.running import FleetRun
from provision.cli.fleets.sinks import check_sinks
from provision.cli.output import Output
from provision.errors import ExitCode
from provision.fleet.merge import Merged
from provision.report.format import Format
from provision.report.joined import joined
from provision.report.report import Report

__all__ = ["CredentialsRun"]


@dataclass(frozen=True, slots=True)
class CredentialsRun:
    """Staging or rotating an app's credentials over the orgs of a fleet."""

    errand: Errand
    choice: FleetChoice
    console: Console

    def stage(self) -> ExitCode:
        """Make new pairs, each handed to its sink; the exit code.

        Every sink is checked before anything is staged in any org.
        """
        run = self._run()
        return run.act(lambda orgs: check_sinks(self.errand, orgs), self._print)

    def rotate(self, *, ask: bool) -> ExitCode:
        """Put the staged pairs in use; the exit code. Raises :class:`GateRefused`."""

        def approve(orgs: tuple[str, ...]) -> None:
            if ask and orgs:
                which = f"the staged key and secret of {self.errand.app}"
                confirm(f"Put {which} in use in {len(orgs)} org{'s' if len(orgs) != 1 else ''}?")

        return self._run().act(approve, self._print)

    def _run(self) -> FleetRun:
        out = Output(Format.TEXT, None, self.console)
        return FleetRun(self.errand, self.choice, out, self.console)

    def _print(self, merged: Merged) -> None:
        self.console.result("\n".join(_lines(merged)))


def _lines(merged: Merged) -> Iterator[str]:
    report = joined(merged)
    entries = report.entries if isinstance(report, Report) else ()
    # One entry an org, in the same order. What it calls the org may be hidden.
    for org, entry in zip(merged.orgs, entries, strict=True):
        if entry.failure is None:
            yield f"{org}: {merged.rows[org].summary}"
        else:
            yield f"{org}: error: {entry.failure.message}"
            if entry.failure.next_step:
                yield f"    next: {entry.failure.next_step}"
    done = sum(entry.failure is None for entry in entries)
    yield f"{done} of {len(merged.orgs)} orgs done."
