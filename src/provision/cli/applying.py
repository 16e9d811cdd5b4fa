"""Applying: prepared plans onto an org, one after the other, each kept, said and proven."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provision.apply.lags import lags_of
from provision.apply.prepare import Prepared
from provision.apply.proof import Proof, Prover
from provision.apply.recording import Recorder, intent_of
from provision.apply.replanning import RecordLearned
from provision.apply.run import Applied, apply_plan, deployed
from provision.apply.switched_off import app_off
from provision.cli.connection import LOCAL
from provision.cli.console import Console, print_error
from provision.cli.handover import hand_over
from provision.cli.localorg import DEFAULT_PORT
from provision.cli.written_first import written_first
from provision.errors import (
    ExitCode,
    GateRefused,
    NotAttempted,
    NotProven,
    OrgError,
    ProvisionError,
)
from provision.handover.callback import Callback
from provision.handover.ports import SfPorts, sf_ports
from provision.org.org import WritableOrg
from provision.report.results import AppResult, Results
from provision.report.sf_command import sf_command, sf_login
from provision.report.sf_login import Handover, SfLogin
from provision.report.text import applied_text, proof_text

__all__ = ["Applier", "refused"]


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies plans to one org. ``speaks``: says on stdout what comes of each, as text.

    ``handover`` is what the `sf` CLI does with each app at the end. ``again`` plans an app of which
    the org has a record that the plan did not know, and has the new plan agreed to; without it,
    such an app is refused.
    """

    org: WritableOrg
    keeper: Recorder
    prover: Prover | None
    console: Console
    speaks: bool
    handover: Handover
    again: Callable[[Prepared, RecordLearned], Prepared] | None = None

    def results(self, prepared: Sequence[Prepared]) -> list[AppResult]:
        """What came of each. After a failure the rest is not attempted."""
        done: list[AppResult] = []
        for item in prepared:
            done.append(self._apply(item))
            if done[-1].error is not None and not isinstance(done[-1].error, NotProven):
                break
        left = prepared[len(done) :]
        if left and self.speaks:
            self.console.talk(f"Not attempted: {', '.join(item.spec.app for item in left)}.")
        return [*done, *map(self._not_attempted, left)]

    def _apply(self, item: Prepared) -> AppResult:
        app, org = item.spec.app, self.org
        done = _Done(item)
        try:
            with written_first(org.written):
                self._planned_and_done(done)
        except ProvisionError as error:
            if self.speaks:
                print_error(error)
            return done.result(org.name, error)
        if not done.item.plan.is_empty:
            org.written.correct(deployed(app, org.name), f"{app} is applied.")
            org.written.settle()
        return done.result(org.name)

    def _planned_and_done(self, done: _Done) -> None:
        """Do the steps; planned again for a record that the org names. Each plan knows one more."""
        while True:
            try:
                self._steps(done.item, done)
            except RecordLearned as learned:
                if self.again is None:
                    raise
                done.item = self.again(done.item, learned)
            else:
                return

    def _steps(self, item: Prepared, done: _Done) -> None:
        with self.keeper.recording(intent_of(item), self.org) as recording:
            done.applied = applied = apply_plan(item, self.org, self.console.talk, recording.note)
            recording.applied(applied)
            for notice in applied.notices:
                self.console.talk(f"notice: {notice}")
            self._say(applied_text(applied))
            if self.prover is not None:
                done.proof = _shown(self.prover, item, applied)
                self._say(proof_text(done.proof))
            if self.handover.login is not None:
                hand_over(item.spec, applied, self.org.session, self.handover, self.console)
            else:
                self._say(self._next_command(item, applied))

    def _not_attempted(self, item: Prepared) -> AppResult:
        error = NotAttempted(
            "not attempted, since another app failed before it",
            next_step="Settle what failed there, and apply again.",
        )
        return AppResult(item.spec, self.org.name, error.exit_code, plan=item.plan, error=error)

    def _say(self, text: str) -> None:
        if self.speaks and text:
            self.console.result(text)

    def _next_command(self, item: Prepared, applied: Applied) -> str:
        """How the `sf` CLI logs in with an app that is made for it, or where that was asked for.

        The embedded local org ends with this program.
        """
        app = sf_ports(item.spec, applied.actual.components.values())
        if app_off(item.spec) or not (app.ports or self.handover.is_dev_hub):
            return ""
        is_local = self.org.name == LOCAL
        url = f"http://localhost:{DEFAULT_PORT}" if is_local else self.org.session.instance_url
        command = sf_command(item.spec, applied, url, self.handover)
        if not command:
            return ""
        hint = self._port_hint(item, app)
        serve = f"provision localorg serve --port {DEFAULT_PORT}  # the embedded org ends here\n  "
        return f"next, for the sf CLI:\n  {serve if is_local else ''}{command}{hint}"

    def _port_hint(self, item: Prepared, app: SfPorts) -> str:
        """What must be done before a web login from this folder can come back to the CLI."""
        if sf_login(item.spec, self.handover) is not SfLogin.WEB or not app.ports:
            return ""
        callback = Callback.in_directory(app, Path.cwd())
        if callback.is_in_step:
            return ""
        return f"\n  # {callback.out_of_step}. {callback.mending(next(iter(app.ports), None))}."


@dataclass(slots=True)
class _Done:
    """How far one app came: planned, applied, proven."""

    item: Prepared
    applied: Applied | None = None
    proof: Proof | None = None

    def result(self, org: str, error: ProvisionError | None = None) -> AppResult:
        """What came of the app in ``org``."""
        code = error.exit_code if error else ExitCode.OK
        return AppResult(self.item.spec, org, code, self.item.plan, self.applied, self.proof, error)


def refused(prepared: Sequence[Prepared], org: str, error: GateRefused) -> Results:
    """What came of plans that were refused before any of them was applied."""
    results = (
        AppResult(item.spec, org, error.exit_code, plan=item.plan, error=error) for item in prepared
    )
    return Results("apply", tuple(results))


def _shown(prover: Prover, item: Prepared, applied: Applied) -> Proof:
    """The proof, which waits for what this run changed.

    What is applied stays applied when somebody ends the waiting.
    """
    try:
        return prover.prove(item.spec, applied.actual, lags_of(applied.plan))
    except KeyboardInterrupt as error:
        raise NotProven(
            "interrupted while proving; the app is applied and read back",
            next_step="Run `provision prove` later.",
        ) from error
    except OrgError as error:
        raise NotProven(
            f"the app is applied and read back, and the proof could not be made: {error.message}",
            next_step=f"{error.next_step} Then run `provision prove`.".lstrip(),
        ) from error
