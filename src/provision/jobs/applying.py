"""Applying: prepared plans onto an org, one after the other. Each is kept, shown and proven."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provision.apply.freshness import RecordLearned, check_known
from provision.apply.prepare import Prepared
from provision.apply.proof import Proof
from provision.apply.propagation import lag_refusals
from provision.apply.prover import Prover
from provision.apply.recording import intent_of
from provision.apply.run import Applied, apply_plan, deployed
from provision.errors import (
    ExitCode,
    LoginRefused,
    NotAttempted,
    NotProven,
    OrgError,
    ProvisionError,
)
from provision.jobs.context import OrgContext
from provision.org.failure import SESSION_GONE
from provision.report.results import AppResult

__all__ = ["Applier", "Replanner"]


@dataclass(frozen=True, slots=True)
class Replanner:
    """Plans an app again of which the org has a record that its plan did not know.

    ``prepare`` reads the org again, ``check`` raises :class:`GateRefused` for a plan that a gate
    refuses.
    """

    context: OrgContext
    prepare: Callable[[Prepared], Prepared]
    check: Callable[[Prepared], None]

    def again(self, item: Prepared, learned: RecordLearned) -> Prepared:
        """The new plan for ``item``, once it is shown and approved. Raises :class:`GateRefused`."""
        anew = self.prepare(item)
        check_known(anew.plan.actual, learned)
        self.context.progress.replanned(learned.notice, anew.plan)
        self.check(anew)
        if not anew.plan.is_empty:
            self.context.approval.ask(f"Apply this to {self.context.org.name}?")
        return anew


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies plans to the org of a context.

    Without a ``prover`` no app is proven. Without a ``replanner``, an app of which the org has a
    record that the plan did not know is refused.
    """

    context: OrgContext
    prover: Prover | None
    replanner: Replanner | None

    def results(self, prepared: Sequence[Prepared]) -> tuple[AppResult, ...]:
        """What came of each. After a failure the rest is not attempted."""
        done: list[AppResult] = []
        for item in prepared:
            done.append(self._apply(item))
            if done[-1].error is not None and not isinstance(done[-1].error, NotProven):
                break
        left = prepared[len(done) :]
        if left:
            names = ", ".join(item.spec.app for item in left)
            self.context.progress.talk(f"Not attempted: {names}.")
        return (*done, *map(self._not_attempted, left))

    def _apply(self, item: Prepared) -> AppResult:
        app, org, written = item.spec.app, self.context.org.name, self.context.written
        done = _Done(item)
        try:
            with self.context.written_first():
                self._planned_and_done(done)
        except ProvisionError as error:
            if self._is_to_be_repeated(error):
                raise
            self.context.progress.failed(error)
            return done.result(org, error)
        if not done.item.plan.is_empty:
            written.correct(deployed(app, org), f"{app} is applied.")
            written.settle()
        return done.result(org)

    def _is_to_be_repeated(self, error: ProvisionError) -> bool:
        """Whether the session ended after the plans were approved, before anything was written.

        Hours may lie between; whoever opened the org opens it again.
        """
        is_gone = isinstance(error, LoginRefused) and error.code == SESSION_GONE
        return is_gone and self.context.approved is not None and not self.context.written

    def _planned_and_done(self, done: _Done) -> None:
        """Do the steps; planned again for a record that the org names. Each plan knows one more."""
        while True:
            try:
                self._steps(done.item, done)
            except RecordLearned as learned:
                if self.replanner is None:
                    raise
                done.item = self.replanner.again(done.item, learned)
            else:
                return

    def _steps(self, item: Prepared, done: _Done) -> None:
        org, progress = self.context.writable(), self.context.progress
        with self.context.recorder.recording(intent_of(item), org) as recording:
            done.applied = applied = apply_plan(item, org, progress.talk, recording.note)
            recording.applied(applied)
            for notice in applied.notices:
                progress.talk(f"notice: {notice}")
            progress.show(applied)
            if self.prover is not None:
                done.proof = _proven(self.prover, item, applied)
                progress.show(done.proof)
            following = self.context.hooks.handover.hand_over(item, applied, org.session)
            if following:
                progress.show(following)

    def _not_attempted(self, item: Prepared) -> AppResult:
        error = NotAttempted(
            "not attempted, since another app failed before it",
            next_step="Settle what failed there, and apply again.",
        )
        org = self.context.org.name
        return AppResult(item.spec, org, error.exit_code, plan=item.plan, error=error)


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


def _proven(prover: Prover, item: Prepared, applied: Applied) -> Proof:
    """The proof, which waits for what this run changed.

    What is applied stays applied when somebody ends the waiting.
    """
    try:
        return prover.prove(item.spec, applied.actual, lag_refusals(applied.plan))
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
