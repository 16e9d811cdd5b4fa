"""Entries: the result of each app in each org, without secrets, for any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provision.apply.proof_kind import Shows
from provision.errors import ExitCode
from provision.findings import Finding, Severity
from provision.plan.plan import Plan
from provision.report.plan_words import (
    differences,
    has_expired_certificate,
    missing_status,
    risk_of,
    unmanaged_records,
    weakening,
)
from provision.report.row import SEVERITY_OF, rows
from provision.spec.position import Position

__all__ = ["AppliedNote", "Entry", "Failure", "ProofNote", "tally"]

_FAILED: Final = {
    ExitCode.CANNOT: "cannot be done",
    ExitCode.UNREACHABLE: "not reached",
    ExitCode.APPLY_FAILED: "apply failed",
    ExitCode.REFUSED: "refused",
    ExitCode.NOT_PROVEN: "not proven",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An error: what happened, what to do next, and the problems in the spec.

    ``status`` is a word or two for it, if those of the exit code are not right.
    """

    message: str
    next_step: str
    exit_code: ExitCode
    problems: tuple[Finding, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class AppliedNote:
    """What an apply left in the org."""

    consumer_key: str
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProofNote:
    """A proof: how it was tried, as which user, the result, and further proofs.

    ``shows`` tells whether it was a login, a refusal that the spec asks for, or only a probe.
    """

    kind: str
    username: str
    detail: str
    also: tuple[ProofNote, ...] = ()
    shows: Shows = Shows.LOGIN

    @property
    def text(self) -> str:
        """What it shows, in a sentence. A probe alone proves nothing, and the sentence says so."""
        who = f" as {self.username}" if self.username else ""
        if self.shows is Shows.PROBE:
            return f"probed, without a login ({self.kind}): {self.detail}"
        if self.shows is Shows.REFUSAL:
            return f"proven: the login is refused, as asked ({self.kind}{who}: {self.detail})"
        return f"proven by {self.kind}{who}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of one app in one org. ``position`` is where the spec names the app.

    ``plan`` is a redacted plan. An org that failed before any spec was read for it is an entry as
    well: ``app`` is empty, there is no position, and there is a failure. ``done`` is
    what a verb did that has no plan.
    """

    app: str
    org: str
    exit_code: ExitCode
    position: Position | None
    plan: Plan | None = None
    applied: AppliedNote | None = None
    proof: ProofNote | None = None
    failure: Failure | None = None
    done: str = ""

    @property
    def proofs(self) -> tuple[ProofNote, ...]:
        """The proof and its further proofs."""
        return (self.proof, *self.proof.also) if self.proof else ()

    @property
    def status(self) -> str:
        """The result in a word or two."""
        if self.failure:
            return self.failure.status or _FAILED.get(self.failure.exit_code, "failed")
        if self.applied:
            done = "applied" if self.plan and not self.plan.is_empty else "in sync"
            return f"{done}, {self._shown}" if self.proof else done
        if self.plan is None:
            return self._shown if self.proof else "done"
        return _planned(self.plan)

    @property
    def _shown(self) -> str:
        return "probed" if all(note.shows is Shows.PROBE for note in self.proofs) else "proven"

    @property
    def severity(self) -> Severity | None:
        """How severe the result is, ``None`` if all is well."""
        if self.failure or (self.plan and self.plan.gates and not self.applied):
            return Severity.ERROR
        if self.applied or self.plan is None:
            return Severity.WARNING if self.applied and self.applied.notices else None
        # A note has no effect, so that all is well in spite of it.
        severities = {advice.severity for advice in self.plan.advice} - {Severity.NOTE}
        if self.plan.expired:
            severities.add(Severity.WARNING)
        if self.plan.drift and self.plan.drift.is_missing:
            severities.add(Severity.ERROR)
        if not self.plan.is_empty:
            severities |= {Severity.NOTE, *(row.severity for row in rows(self.plan))}
            severities |= {SEVERITY_OF[risk_of(change).level] for change in self.plan.access}
            lacking = self.plan.drift.access if self.plan.drift else ()
            severities |= {SEVERITY_OF[risk.level] for risk in lacking}
        return next((item for item in Severity if item in severities), None)

    @property
    def is_fine(self) -> bool:
        """Whether nothing has to be done or looked into."""
        return self.severity is None and self.exit_code is ExitCode.OK

    @property
    def says_more(self) -> bool:
        """Whether it says more than its status."""
        plan = self.plan
        more = plan and (
            not plan.is_empty
            or plan.gates
            or plan.accepted
            or plan.advice
            or unmanaged_records(plan)
        )
        return bool(more or self.failure or self.applied or self.proof or self.done)


def tally(all_entries: Sequence[Entry]) -> str:
    """How many entries there are of each status: ``2 in sync; 1 with differences``."""
    counts = Counter(
        "with differences" if " difference" in entry.status else entry.status
        for entry in all_entries
    )
    return "; ".join(f"{count} {status}" for status, count in counts.items())


_DIFFERENCES: Final = ("difference", "differences")


def _planned(plan: Plan) -> str:
    held = ", held by a gate" if plan.gates else ""
    if plan.drift and plan.drift.is_missing:
        return f"{missing_status(plan.drift)}{held}"
    if plan.creates_app:
        return f"to be created{held}"
    if not plan.is_empty:
        count, weaker_count = differences(plan), weakening(plan)
        weaker = f", {weaker_count} weakening" if weaker_count else ""
        return f"{count} {_DIFFERENCES[count != 1]}{weaker}{held}"
    if has_expired_certificate(plan):
        return f"certificate expired{held}"
    return f"in sync, {len(plan.accepted)} accepted" if plan.accepted else f"in sync{held}"
